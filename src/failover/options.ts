/** The options of a failover pool and of its members. */
import type { Backoff, BackoffFunction } from '../core/backoff.ts'
import type { Duration } from '../core/duration.ts'
import type { JudgingOptions } from '../core/outcome.ts'
import type { AnyPolicy, Policy, PolicyOptions } from '../core/policy.ts'
import type { RetryBudget } from '../retry-budget/budget.ts'
import type { Selection } from './selection/selection.ts'

/** A member with settings. A target that has an own `target` key must be given this way. */
export interface MemberOptions<Target> {
  /** What the operation gets as `target`. */
  readonly target: Target
  /** Unique in the pool. Default: `String(target)` for strings and URLs, else `member-<n>`. */
  readonly name?: string
  /** Its share of the calls, >= 0. Default 1. A member of weight 0 gets no call, unless all members of the pool have weight 0. */
  readonly weight?: number
  readonly zone?: string
  /** Lower is preferred, by selections that use it. A finite number. Default 0. */
  readonly priority?: number
}

/** A member's resolved settings, as its guard's factory receives them. */
export interface MemberInfo<Target> {
  readonly name: string
  readonly target: Target
  readonly weight: number
  readonly zone: string | undefined
  readonly priority: number
}

/** When a member's success rate is clearly lower than that of the others. */
export interface SuccessRateOptions {
  /** How far its rate must be below the median of the others, 0 to 1. Default 0.1. */
  readonly gap?: number
  /** Tries a member must have had in the window, an integer >= 1. Default 100. */
  readonly minimumCalls?: number
  /** How long rates are counted. Default 10 s. */
  readonly window?: Duration
}

/** When a member is ejected for the calls it fails, and for how long. */
export interface OutlierOptions {
  /** Failures in a row, an integer >= 1. Default 5. */
  readonly consecutiveFailures?: number
  /** When its success rate is too low; `false` for never. */
  readonly successRate?: SuccessRateOptions | false
  /**
   * How long an ejection lasts. A backoff grows with each ejection; a function of `{ attempt, error, previous }` returns ms,
   * for example from the server's `Retry-After`. Default `exponential({ base: '5s', max: '5m', jitter: 'equal' })`.
   */
  readonly ejectFor?: Duration | Backoff | BackoffFunction
}

/** The health of a member before its first checks: HAProxy's `init-state`. */
export type InitialHealth = 'up' | 'fullyUp' | 'down' | 'fullyDown'

/** Active checks of the members. */
export interface CheckOptions<Target> {
  /**
   * Checks one member. It has failed if it throws, rejects, or returns `false` or a `Response` that is not `ok`. A response
   * body that it does not read is cancelled.
   */
  readonly run: (check: { readonly target: Target; readonly member: string; readonly signal: AbortSignal }) => unknown
  /** The time from the start of one check to the next. Default 5 s. */
  readonly every?: Duration
  /** The same while a member is not known to be up. Default 1 s. */
  readonly fast?: Duration
  /** How long a check may take. Default 1 s. */
  readonly timeout?: Duration
  /** The share by which intervals are spread in both directions, 0 to 1. Default 0.1. */
  readonly jitter?: number
  /** Good checks in a row that restore a member, an integer >= 1. Default 2. */
  readonly rise?: number
  /** Failed checks in a row that eject it, an integer >= 1. Default 3. */
  readonly fall?: number
  /**
   * `'up'`: up, and the first check decides; `'fullyUp'`: up until `fall` checks have failed; `'down'`: ejected, and the first
   * check decides; `'fullyDown'`: ejected until `rise` checks were good. Default `'up'`.
   */
  readonly initial?: InitialHealth
  /** The most checks of the pool that run at the same time, an integer >= 1. Default 10. */
  readonly atOnce?: number
  /** The check does the same as calls do, so a good one ends an ejection by failed calls early. Default false. */
  readonly sameOperation?: boolean
}

/** How the share of a new or restored member grows. */
export interface SlowStartOptions {
  /** How long the slow start lasts. */
  readonly window: Duration
  /** 1 grows in a straight line, more grows faster at first; > 0. Default 1. */
  readonly aggression?: number
  /** The least share of its weight, 0 to 1. Default 0.1. */
  readonly floor?: number
}

/** What the pool does when too few members are healthy. */
export type Panic = number | 'leastBad' | 'fail'

export interface FailoverOptions<Target, Guard extends AnyPolicy = AnyPolicy & Policy, Accepts = unknown>
  extends PolicyOptions,
    JudgingOptions<Accepts> {
  /** How a member is chosen. Default `roundRobin()`. */
  readonly selection?: Selection | (() => Selection)
  /** Makes the policy around a member's tries; called once for each member, when it is added. Default: none. */
  readonly guard?: (member: MemberInfo<Target>) => Guard
  /** When to eject a member for the calls it fails; `false` for never. */
  readonly outlier?: OutlierOptions | false
  /** Active checks of the members. Default: none; calls find out which members work. */
  readonly check?: CheckOptions<Target>
  /**
   * Below this share of healthy members, 0 to 1, health is ignored and all are tried; a call that has no other member left
   * tries an ejected one, one call at a time. `'leastBad'`: only the latter. `'fail'`, or 0: neither. Default 0.5.
   */
  readonly panic?: Panic
  /** The most members ejected for failed calls, as a share, 0 to 1, counted after the ejection. Default 0.5. */
  readonly maxEjected?: number
  /** How long a new or restored member takes to get its full share. Default: it gets it at once. */
  readonly slowStart?: Duration | SlowStartOptions
  /** The most members that one call tries, an integer >= 1. Default: all. */
  readonly attempts?: number
  /**
   * Bounds the tries after a member has failed, of all calls together: `true` for `retryBudget.ratio()`, or a budget that may be
   * shared with other policies. Where it is exhausted, the call ends with what has failed. Default: no bound.
   */
  readonly budget?: RetryBudget | boolean
  /** Whether an error says that a kept-alive connection had been closed: such a try is repeated once, and does not count. */
  readonly stale?: (error: unknown) => boolean
  /** How long a call waits for the source's first answer while there is no member. Default 5 s. */
  readonly maxWait?: Duration
}
