/** The options of a circuit breaker, given and resolved. */
import { type Backoff, type BackoffFunction, backoff, constant } from '../core/backoff.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import {
  type Check,
  duration,
  integer,
  isRecord,
  optional,
  ratio,
  refuseOption,
  resolveOptions,
} from '../core/options.ts'
import { checkJudging, type JudgingOptions, judgingChecks } from '../core/outcome.ts'
import type { PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { type CircuitSnapshot, snapshotCheck } from './snapshot.ts'

/** Only the rules that are named are on; with none named it is `{ failureRate: 0.5, minimumCalls: 10, window: '30s' }`. */
export interface CircuitBreakerOptions<Accepts = unknown> extends PolicyOptions, JudgingOptions<Accepts> {
  /** Rule: trip after this many failures in a row, an integer >= 1. */
  readonly consecutiveFailures?: number
  /** Rule: trip when failures / calls in the window reaches this, 0 to 1. */
  readonly failureRate?: number
  /** Rule: trip when slow calls / calls in the window reaches this, 0 to 1. Needs `slowCallAfter`. */
  readonly slowCallRate?: number
  /** A call that takes longer is slow, and counts as soon as it is, also while it runs. Above 0. Alone: rate 0.5. */
  readonly slowCallAfter?: Duration
  /** What the rates look at: a time, or the latest `calls`. Default 30 s. */
  readonly window?: Duration | { readonly calls: number }
  /** Rates need this many calls in the window, an integer >= 1, at most `window.calls`. Default 10, or `window.calls` if less. */
  readonly minimumCalls?: number
  /**
   * How long it stays open; a backoff grows with each opening in a row, and a function of `{ attempt, error, previous }` gives
   * ms, where `attempt` counts the openings in a row from 1. Default 30 s.
   */
  readonly openFor?: Duration | Backoff | BackoffFunction
  /** No rule trips it for this long after its first call; it counts outcomes from the start. >= 0. Default: none. */
  readonly warmUp?: Duration
  /** Calls admitted half-open, an integer >= 1. Default 1. */
  readonly probes?: number
  /** A snapshot to continue from. */
  readonly restore?: CircuitSnapshot
}

export const defaults = Object.freeze({
  failureRate: 0.5,
  slowCallRate: 0.5,
  window: 30_000,
  minimumCalls: 10,
  openFor: 30_000,
  probes: 1,
})

const windowCheck: Check<Milliseconds | { readonly calls: number }> = (value, fail) => {
  if (!isRecord(value)) return duration('> 0')(value, () => fail('a duration > 0 or { calls: an integer >= 1 }'))
  const names = Object.keys(value)
  if (names.length !== 1 || names[0] !== 'calls') return fail('a duration > 0 or { calls: an integer >= 1 }')
  return Object.freeze({
    calls: integer(1)(value['calls'], () => fail('a duration > 0 or { calls: an integer >= 1 }')),
  })
}

/** The options of `trip`, resolved. */
export function resolveTrip(given: unknown) {
  return resolveOptions('circuitBreaker: trip', given, { openFor: optional(duration('>= 0'), undefined) })
}

/** The resolved options. */
export type ResolvedBreakerOptions = ReturnType<typeof resolveBreakerOptions>

export function resolveBreakerOptions(given: unknown) {
  const options = resolveOptions('circuitBreaker', given, {
    ...policyChecks,
    consecutiveFailures: optional(integer(1), undefined),
    failureRate: optional(ratio, undefined),
    slowCallRate: optional(ratio, undefined),
    slowCallAfter: optional(duration('> 0'), undefined),
    window: optional(windowCheck, defaults.window as number),
    minimumCalls: optional(integer(1), undefined),
    openFor: optional(backoff, constant(defaults.openFor)),
    warmUp: optional(duration('>= 0'), undefined),
    probes: optional(integer(1), defaults.probes as number),
    ...judgingChecks,
    restore: optional(snapshotCheck, undefined),
  })
  checkJudging('circuitBreaker', options)
  const { consecutiveFailures, slowCallAfter, window } = options
  if (options.slowCallRate !== undefined && slowCallAfter === undefined) {
    throw new TypeError('circuitBreaker: slowCallAfter must be given with slowCallRate, got undefined')
  }
  const slowCallRate = slowCallAfter === undefined ? undefined : (options.slowCallRate ?? defaults.slowCallRate)
  const named = consecutiveFailures !== undefined || slowCallRate !== undefined
  const failureRate = options.failureRate ?? (named ? undefined : defaults.failureRate)
  const most = typeof window === 'number' ? Number.POSITIVE_INFINITY : window.calls
  if (options.minimumCalls !== undefined && options.minimumCalls > most) {
    refuseOption('circuitBreaker', 'minimumCalls', `at most window.calls, which is ${most}`, options.minimumCalls)
  }
  const minimumCalls = Math.min(options.minimumCalls ?? defaults.minimumCalls, most)
  return Object.freeze({ ...options, failureRate, slowCallRate, minimumCalls })
}

/** Names of options that were given and have no effect on any rule. */
export function idleOptions(given: unknown, { failureRate, slowCallRate }: ResolvedBreakerOptions): readonly string[] {
  if (failureRate !== undefined || slowCallRate !== undefined || !isRecord(given)) return []
  return ['window', 'minimumCalls'].filter((name) => given[name] !== undefined)
}
