/** What may be done about a component that is down, and how often. */
import { type Backoff, type BackoffFunction, backoff, exponential } from '../../core/backoff.ts'
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { type Check, duration, functionOf, integer, optional, resolveOptions, shorthand } from '../../core/options.ts'
import type { AnyPolicy, BasePolicy } from '../../core/policy.ts'
import { policyOf } from '../../core/policy-of.ts'

/** What a recovery action is given. */
export interface RecoveryContext {
  /** The component's name. */
  readonly component: string
  /** Aborted when the component serves again by itself, the time is over, or the probe is stopped. */
  readonly signal: AbortSignal
  /** Which attempt of this outage it is, from 1. */
  readonly attempt: number
  /** When the outage began, in `time`. */
  readonly since: Milliseconds
  /** What the latest failed check failed with. */
  readonly error: unknown
}

/** Brings a component back. What throws, rejects, gives `false` or a `Response` that is not `ok` has failed. */
export type RecoveryAction = (context: RecoveryContext) => unknown

export interface RecoverOptions {
  readonly run: RecoveryAction
  /** The action runs under it: a retry, a timeout, a pipeline. Default: none. */
  readonly policy?: AnyPolicy
  /** How long the component has to be down first. 0 or more. Default 0: from the moment it is known. */
  readonly after?: Duration
  /**
   * How long after one attempt has ended the next one may begin, if the component is still down; a function that gives
   * `Infinity` gives up. Default `exponential({ base: '10s', max: '5m', jitter: 'equal' })`.
   */
  readonly backoff?: Duration | Backoff | BackoffFunction
  /** Attempts in one outage. An integer >= 1 or `Infinity`. Default `Infinity`. */
  readonly limit?: number
  /** An attempt that takes longer has failed. Above 0. Default 1 min. */
  readonly timeout?: Duration
}

export const defaultBackoff = exponential({ base: '10s', max: '5m', jitter: 'equal' })

const policyCheck: Check<BasePolicy> = (value, fail) => policyOf(value) ?? fail('a policy')

export type ResolvedRecover = ReturnType<typeof resolveRecover>

function resolveRecover(given: unknown) {
  return resolveOptions('availabilityTracker: recover', shorthand('run', given), {
    run: functionOf<RecoveryAction>(),
    policy: optional(policyCheck, undefined),
    after: optional(duration('>= 0'), 0 as number),
    backoff: optional(backoff, defaultBackoff),
    limit: optional(integer(1, true), Number.POSITIVE_INFINITY as number),
    timeout: optional(duration('> 0'), 60_000 as number),
  })
}

export const recoverCheck: Check<ResolvedRecover> = (value) => resolveRecover(value)
