/** What a tracker can be told, and what it makes of it. */
import type { Clock } from '../core/clock.ts'
import type { Duration } from '../core/duration.ts'
import { duration, integer, optional, ratio, resolveOptions, show, text } from '../core/options.ts'
import { policyChecks } from '../core/policy.ts'
import type { Random } from '../core/random.ts'
import { type RecoverOptions, type RecoveryAction, recoverCheck } from './monitor/recover-options.ts'
import { type AvailabilityStore, storeCheck } from './persistence/store.ts'
import { type AccountingOptions, type AccountingPreset, accountingCheck } from './report/accounting.ts'
import { type AvailabilitySnapshot, snapshotCheck } from './snapshot/snapshot.ts'

export interface AvailabilityTrackerOptions {
  /** Stands in its events. Default `'availabilityTracker'`. */
  readonly name?: string
  /** Default: that of the first policy watched, if it has one, else the real clock. */
  readonly clock?: Clock
  /** For jitter. Default `Math.random`. */
  readonly random?: Random
  /** What counts as what; echoed in every report. */
  readonly accounting?: AccountingPreset | AccountingOptions
  /** An event that happened longer ago is refused, and counted in the report. Above 0. Default 1 h. */
  readonly lateTolerance?: Duration
  /** A wall clock further off the monotonic clock than this shows a suspend, or was set. Above 0. Default 1 s. */
  readonly clockTolerance?: Duration
  /** A restart that took no longer is bridged; a longer one is unknown time. 0 or more. Default 1 min. */
  readonly restartTolerance?: Duration
  /** Failed calls in a row that mean down, for policies without a circuit breaker. An integer >= 1. Default 5. */
  readonly consecutiveFailures?: number
  /** Transitions kept of each component; older ones become hours, and later days. An integer >= 100. Default 20,000. */
  readonly keep?: number
  /** A snapshot to go on from. */
  readonly restore?: AvailabilitySnapshot
  /** Keeps the history, so that it survives restarts. Not together with `restore`. */
  readonly store?: AvailabilityStore
  /** How often the store is told that the tracker is still there: after a crash so much time at most is unknown too. Above 0. Default 10 s. */
  readonly heartbeat?: Duration
  /** How many records may wait for a store that is slow or fails. An integer >= 1. Default 10,000. */
  readonly buffer?: number
  /** How often the store is given all that is known in place of single records; also after 10,000 of these. Above 0. Default 1 h. */
  readonly snapshotEvery?: Duration
}

export interface WatchOptions {
  /** The component to feed. Default: the policy's name. */
  readonly component?: string
  /** Default: the tracker's. */
  readonly consecutiveFailures?: number
  /**
   * Where no call came out for so long, nothing is known of it any more: a dead man's switch. Above 0. Default: never, silence
   * changes no state. What is isolated stays in maintenance.
   */
  readonly staleAfter?: Duration
}

export interface ComponentOptions {
  /**
   * What is told by hand holds for so long; then, where the teller has told nothing more, nothing is known any more: a dead
   * man's switch. Above 0. Default: it holds until the next word. Maintenance and incidents do not run out.
   */
  readonly staleAfter?: Duration
}

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
  /** What to do while the component is down, whoever says so; a function alone is its `run`. Default: nothing. */
  readonly recover?: RecoverOptions | RecoveryAction
}

export type Resolved = ReturnType<typeof resolveTrackerOptions>

export function resolveTrackerOptions(given: unknown) {
  const options = resolveOptions('availabilityTracker', given, {
    name: policyChecks.name,
    clock: policyChecks.clock,
    random: policyChecks.random,
    accounting: accountingCheck,
    lateTolerance: optional(duration('> 0'), 3_600_000 as number),
    clockTolerance: optional(duration('> 0'), 1000 as number),
    restartTolerance: optional(duration('>= 0'), 60_000 as number),
    consecutiveFailures: optional(integer(1), 5 as number),
    keep: optional(integer(100), 20_000 as number),
    restore: optional(snapshotCheck, undefined),
    store: optional(storeCheck, undefined),
    heartbeat: optional(duration('> 0'), 10_000 as number),
    buffer: optional(integer(1), 10_000 as number),
    snapshotEvery: optional(duration('> 0'), 3_600_000 as number),
  })
  if (options.store !== undefined && options.restore !== undefined) {
    throw new TypeError('availabilityTracker: restore must be left out where there is a store, got an object')
  }
  return options
}

export function resolveWatchOptions(given: unknown) {
  return resolveOptions('availabilityTracker', given, {
    component: optional(text, undefined),
    consecutiveFailures: optional(integer(1), undefined),
    staleAfter: optional(duration('> 0'), undefined),
  })
}

export function resolveComponentOptions(given: unknown) {
  return resolveOptions('availabilityTracker', given, { staleAfter: optional(duration('> 0'), undefined) })
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
