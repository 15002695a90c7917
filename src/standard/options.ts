/** The options of `standard`: each part of it by the options of its module, a policy of one's own, or left out. */
import type { BulkheadOptions } from '../bulkhead/bulkhead.ts'
import type { ChaosOptions } from '../chaos/options.ts'
import type { CircuitBreakerOptions } from '../circuit-breaker/options.ts'
import type { Duration } from '../core/duration.ts'
import { type Check, isRecord, optional, resolveOptions } from '../core/options.ts'
import type { AnyPolicy, PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import type { FailoverOptions } from '../failover/options.ts'
import type { MemberSource } from '../failover/sources/source.ts'
import type { FallbackOptions } from '../fallback/fallback.ts'
import type { HedgeOptions } from '../hedge/options.ts'
import type { RateLimiterOptions } from '../rate-limiter/options.ts'
import type { RetryOptions } from '../retry/options.ts'
import type { ThrottleOptions } from '../throttle/throttle.ts'
import type { TimeoutOptions } from '../timeout/timeout.ts'

/** Members of a pool, and how it chooses among them. `standard` makes the policies around each. */
export interface StandardPool<M> extends Omit<FailoverOptions<never>, 'guard' | 'check' | 'when'> {
  readonly members: readonly M[] | MemberSource<M>
}

/**
 * The parts, outermost first. Each takes what its module takes, which goes over the defaults here; a policy of your own in its
 * place; or `false` to leave it out.
 */
export interface StandardOptions<Value = never, M = never> extends PolicyOptions {
  /** Gives a value in place of a failure. Default: none. */
  readonly fallback?: FallbackOptions<Value> | false
  /** How long a caller waits, all attempts and waits included. Default 30 s. */
  readonly total?: Duration | TimeoutOptions | AnyPolicy | false
  /** Default: none. */
  readonly rate?: number | RateLimiterOptions | AnyPolicy | false
  /** Refuses calls in proportion to how many the dependency refuses; `true` for its defaults. Default `false`. */
  readonly throttle?: boolean | ThrottleOptions | AnyPolicy
  /** Default: 2 retries, within `retryBudget.ratio()`. */
  readonly retry?: number | RetryOptions | AnyPolicy | false
  /** Starts a second attempt beside a slow one; `true` for its defaults. Default `false`. */
  readonly hedge?: boolean | Duration | HedgeOptions | AnyPolicy
  /** Several members that can serve the same call: each gets a bulkhead, a breaker and a timeout of its own. Default: none. */
  readonly pool?: StandardPool<M> | false
  /** Calls at once, to each member. Default 100, and no queue. */
  readonly bulkhead?: number | Partial<BulkheadOptions> | AnyPolicy | false
  /** Default: opens at half of at least 20 calls in 30 s, for 5 s and then longer, up to 5 min. */
  readonly breaker?: CircuitBreakerOptions | AnyPolicy | false
  /** How long one attempt may take. Default 10 s. */
  readonly attempt?: Duration | TimeoutOptions | AnyPolicy | false
  /** Injects faults, for tests. Default: none. */
  readonly chaos?: ChaosOptions | AnyPolicy | false
  /**
   * `false`: the operations must not run twice, so nothing repeats them: no retry, no hedge, one member a call. Default `true`; single
   * calls are excepted with `execute(operation, { idempotent: false })`.
   */
  readonly idempotent?: boolean
}

const flag: Check<boolean> = (value, fail) => (typeof value === 'boolean' ? value : fail('a boolean'))
/** Checked by the module that it is for. */
const part = (byDefault: unknown): Check<unknown> => optional((value) => value, byDefault)

const pool: Check<(StandardPool<unknown> & Record<string, unknown>) | false> = (value, fail) => {
  if (value === false) return value
  if (!isRecord(value) || !('members' in value)) return fail('false or an object with members')
  if ('guard' in value) return fail('an object without a guard, which bulkhead, breaker and attempt are')
  return value as never
}

export function resolveStandard(options: unknown) {
  return resolveOptions('standard', options, {
    ...policyChecks,
    fallback: part(false),
    total: part('30s'),
    rate: part(false),
    throttle: part(false),
    retry: part({}),
    hedge: part(false),
    pool: optional(pool, false as const),
    bulkhead: part({}),
    breaker: part({}),
    attempt: part('10s'),
    chaos: part(false),
    idempotent: optional(flag, true),
  })
}
