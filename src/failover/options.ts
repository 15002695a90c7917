/** What a failover pool and its members can be told. */
import type { Backoff, BackoffFunction } from '../core/backoff.ts'
import type { Duration } from '../core/duration.ts'
import type { JudgingOptions } from '../core/outcome.ts'
import type { AnyPolicy, Policy, PolicyOptions } from '../core/policy.ts'
import type { Selection } from './selection/selection.ts'

/** A member with settings. A target that has an own `target` key must be given this way. */
export interface MemberOptions<Target> {
  /** What the operation gets as `target`. */
  readonly target: Target
  /** Unique in the pool. Default: `String(target)` for strings and URLs, else `member-<n>`. */
  readonly name?: string
  /** Its share, >= 0. Default 1. A member of weight 0 gets no call, unless all members of the pool have weight 0. */
  readonly weight?: number
  readonly zone?: string
  /** Lower is preferred, by selections that look at it. A finite number. Default 0. */
  readonly priority?: number
}

/** A member as its guard's factory sees it. */
export interface MemberInfo<Target> {
  readonly name: string
  readonly target: Target
  readonly weight: number
  readonly zone: string | undefined
  readonly priority: number
}

/** When a member does clearly worse than the others. */
export interface SuccessRateOptions {
  /** How far its success rate must be below the median of the others', 0 to 1. Default 0.1. */
  readonly gap?: number
  /** Tries a member must have had in the window, an integer >= 1. Default 100. */
  readonly minimumCalls?: number
  /** How long rates are counted. Default 10 s. */
  readonly window?: Duration
}

/** When a member is ejected for failing, and for how long. */
export interface OutlierOptions {
  /** Failures in a row, an integer >= 1. Default 5. */
  readonly consecutiveFailures?: number
  /** When its success rate is too low; `false` for never. */
  readonly successRate?: SuccessRateOptions | false
  /**
   * How long; a backoff grows with each ejection, and a function of `{ attempt, error, previous }` gives ms, from what the
   * server says in a `Retry-After`, say. Default `exponential({ base: '5s', max: '5m', jitter: 'equal' })`.
   */
  readonly ejectFor?: Duration | Backoff | BackoffFunction
}

/** What a member counts as before its first checks: HAProxy's `init-state`. */
export type InitialHealth = 'up' | 'fullyUp' | 'down' | 'fullyDown'

/** Active checks of the members. */
export interface CheckOptions<Target> {
  /**
   * Asks one member. What throws, rejects, gives `false` or a `Response` that is not `ok` has failed. A body that it leaves
   * unread is cancelled.
   */
  readonly run: (check: { readonly target: Target; readonly member: string; readonly signal: AbortSignal }) => unknown
  /** From the start of one check to the next. Default 5 s. */
  readonly every?: Duration
  /** The same while a member is not known to be up. Default 1 s. */
  readonly fast?: Duration
  /** How long a check may take. Default 1 s. */
  readonly timeout?: Duration
  /** By which part times are spread, to both sides, 0 to 1. Default 0.1. */
  readonly jitter?: number
  /** Good checks in a row that bring a member back, an integer >= 1. Default 2. */
  readonly rise?: number
  /** Failed checks in a row that put it out, an integer >= 1. Default 3. */
  readonly fall?: number
  /**
   * `'up'`: in, and the first check decides; `'fullyUp'`: in, and `fall` checks must fail; `'down'`: out, and the first check
   * decides; `'fullyDown'`: out, and `rise` checks must be good. Default `'up'`.
   */
  readonly initial?: InitialHealth
  /** Checks of the pool that run at the same time at most, an integer >= 1. Default 10. */
  readonly atOnce?: number
  /** The check does what calls do, so its success lifts an ejection by calls before its time. Default false. */
  readonly sameOperation?: boolean
}

/** How a member that is new or back gets its share by degrees. */
export interface SlowStartOptions {
  /** How long. */
  readonly window: Duration
  /** 1 rises in a straight line, more rises sooner; > 0. Default 1. */
  readonly aggression?: number
  /** The least part of its weight, 0 to 1. Default 0.1. */
  readonly floor?: number
}

/** What is done when too few members are healthy. */
export type Panic = number | 'leastBad' | 'fail'

export interface FailoverOptions<Target, Guard extends AnyPolicy = AnyPolicy & Policy, Accepts = unknown>
  extends PolicyOptions,
    JudgingOptions<Accepts> {
  /** How to choose. Default `roundRobin()`. */
  readonly selection?: Selection | (() => Selection)
  /** Makes the policy around each member's tries; called once a member, when it is added. Default: none. */
  readonly guard?: (member: MemberInfo<Target>) => Guard
  /** When to eject a member for the calls it fails; `false` for never. */
  readonly outlier?: OutlierOptions | false
  /** Asks members themselves whether they work. Default: none; calls find out. */
  readonly check?: CheckOptions<Target>
  /**
   * Below this share of healthy members, 0 to 1, health is ignored and all are tried; a call that has nobody else left tries
   * an ejected member, one at a time. `'leastBad'`: only the latter. `'fail'`, or 0: neither. Default 0.5.
   */
  readonly panic?: Panic
  /** At most this share of the members is ejected for the calls it fails, 0 to 1, counted after the ejection. Default 0.5. */
  readonly maxEjected?: number
  /** How long a member that is new or back takes to get its full share. Default: it gets it at once. */
  readonly slowStart?: Duration | SlowStartOptions
  /** Members tried in one call at most, an integer >= 1. Default: all. */
  readonly attempts?: number
  /** Whether an error says that a kept connection was gone: such a try is made once more, and counts for nothing. */
  readonly stale?: (error: unknown) => boolean
  /** How long a call waits for the first answer of the source, where there is no member yet. Default 5 s. */
  readonly maxWait?: Duration
}
