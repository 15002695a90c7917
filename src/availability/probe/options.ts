/** How often a component is checked, and what its results mean. */
import type { Duration } from '../../core/duration.ts'
import { duration, integer, optional, ratio, resolveOptions, show } from '../../core/options.ts'
import { type RecoverOptions, type RecoveryAction, recoverCheck } from './recover-options.ts'

export interface ProbeOptions {
  /** From the start of one check to the start of the next; at once where one takes longer. Above 0. Default 10 s. */
  readonly every?: Duration
  /** How far that is stretched or shrunk at random, so that processes do not ask in step. A ratio. Default 0.1. */
  readonly jitter?: number
  /** The same while the latest results do not agree with the state. Above 0, at most `every`. Default: `every`. */
  readonly fast?: Duration
  /** A check that takes longer has failed. Above 0. Default: `every`, and at most 5 s. */
  readonly timeout?: Duration
  /** Checks in a row that must succeed before it is up. An integer >= 1. Default 2. */
  readonly rise?: number
  /** Checks in a row that must fail before it is down. An integer >= 1. Default 3. */
  readonly fall?: number
  /** What to do while the component is down, whichever source reports it; a function alone is its `run`. Default: nothing. */
  readonly recover?: RecoverOptions | RecoveryAction
}

export type ResolvedProbe = ReturnType<typeof resolveProbeOptions>

export function resolveProbeOptions(given: unknown) {
  const options = resolveOptions('availabilityTracker', given, {
    every: optional(duration('> 0'), 10_000 as number),
    jitter: optional(ratio, 0.1 as number),
    fast: optional(duration('> 0'), undefined),
    timeout: optional(duration('> 0'), undefined),
    rise: optional(integer(1), 2 as number),
    fall: optional(integer(1), 3 as number),
    recover: optional(recoverCheck, undefined),
  })
  const { every, fast = every, timeout = Math.min(every, 5000) } = options
  if (fast > every) throw new TypeError(`availabilityTracker: fast must be at most every, got ${show(fast)}`)
  return { ...options, fast, timeout }
}
