/**
 * Deadline budget: refuses a call at once if too little time is left before its deadline.
 *
 * A call needs the reserve, or what calls usually take if that is more: a moving quantile of the latency of successes. Of the calls
 * that have a deadline, it refuses no more than a fifth in 10 s. So a wrong deadline, or a latency that was learned while the
 * dependency was slow, cannot stop everything, and what passes corrects the latency. Invariant: refusals / calls <= 0.2 in the
 * window at each refusal. After Finagle's `DeadlineFilter`.
 */
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { Contribution } from '../core/description.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { DeadlineError, stackless } from '../core/errors.ts'
import type { Entry, Exit, Hooks, Scope } from '../core/hooks.ts'
import { type Check, duration, optional, resolveOptions } from '../core/options.ts'
import { BasePolicy, type Policy, type PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { MovingQuantile } from '../stats/moving-quantile.ts'
import { TimeWindow } from '../stats/time-window.ts'
import type { DeadlineBudgetEvents } from './events.ts'

export interface DeadlineBudgetOptions extends PolicyOptions {
  /** The least time that must be left, >= 0. Default 0: until the deadline has passed. */
  readonly reserve?: Duration
  /**
   * Which quantile of the latency of successful calls must be left, above 0 and below 1; `false` learns none. Default 0.5, the
   * median. It counts from the tenth success on.
   */
  readonly expected?: number | false
}

/** The state of a deadline budget, as plain JSON. */
export interface DeadlineBudgetSnapshot {
  /** What a call needs now, in ms. */
  readonly needed: Milliseconds
  /** The learned quantile of the latency, in ms; undefined while it is not known. */
  readonly expected: Milliseconds | undefined
  /** Calls with a deadline in the latest 10 s. */
  readonly calls: number
  /** Those of them that were refused. */
  readonly refused: number
  /** Calls refused since the policy was made. */
  readonly rejections: number
}

export interface DeadlineBudget extends Policy<unknown, never, unknown, DeadlineBudgetEvents> {
  /** What a call needs now, in ms. */
  readonly needed: Milliseconds
  /** What it counts now, as plain JSON. */
  snapshot(): DeadlineBudgetSnapshot
}

export const defaults = Object.freeze({ reserve: 0, expected: 0.5 })

/** At most one of so many calls is refused, in this time. */
const oneIn = 5
const windowLength = 10_000
/** Successes before the latency counts. */
const fewestSamples = 10

const quantile: Check<number | false> = (value, fail) =>
  value === false || (typeof value === 'number' && value > 0 && value < 1)
    ? value
    : fail('false, or a number above 0 and below 1')

/**
 * Refuses calls that have too little time left to succeed.
 *
 * ```ts
 * import { deadlineBudget } from 'holdfast/deadline-budget'
 * const inTime = deadlineBudget({ reserve: '20ms' })
 * await inTime.execute(() => 'done', { deadline: '1s' }) // => 'done'
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function deadlineBudget(options?: DeadlineBudgetOptions): DeadlineBudget {
  const resolved = resolveOptions('deadlineBudget', options, {
    ...policyChecks,
    reserve: optional(duration('>= 0'), defaults.reserve),
    expected: optional(quantile, defaults.expected),
  })
  return new DeadlineBudgetPolicy(resolved)
}

interface DeadlineBudgetSettings {
  readonly reserve: Milliseconds
  readonly expected: number | false
}

const OutOfTime = stackless(DeadlineError)

class DeadlineBudgetPolicy
  extends BasePolicy<unknown, never, unknown, DeadlineBudgetEvents>
  implements DeadlineBudget, Pick<Hooks, 'enter' | 'success'>
{
  protected readonly traits = { quiet: true }
  protected readonly emits = ['reject']
  protected readonly options: DeadlineBudgetSettings
  readonly #latency: MovingQuantile | undefined
  /** Calls with a deadline; the bad ones were refused. */
  readonly #window = new TimeWindow(windowLength)
  #rejections = 0

  constructor({
    reserve,
    expected,
    ...settings
  }: DeadlineBudgetSettings & ConstructorParameters<typeof BasePolicy>[1]) {
    super('deadlineBudget', settings)
    this.options = { reserve, expected }
    this.#latency = expected === false ? undefined : new MovingQuantile(expected)
  }

  /** It refuses calls, and changes no other. */
  override contribution(): Contribution {
    return {}
  }

  get needed(): Milliseconds {
    return Math.max(this.options.reserve, this.#expected() ?? 0)
  }

  snapshot(): DeadlineBudgetSnapshot {
    const { knownClock } = this
    if (knownClock !== undefined) this.#window.age(knownClock.now())
    const { total, bad } = this.#window
    return Object.freeze({
      needed: this.needed,
      expected: this.#expected(),
      calls: total,
      refused: bad,
      rejections: this.#rejections,
    })
  }

  enter(scope: Scope, index: number): Entry {
    if (this.#latency === undefined && scope.limit === undefined) return undefined
    const now = scope.now(this.clock)
    const refusal = scope.limit === undefined ? undefined : this.#refusal(scope, index, now)
    // A call that is refused leaves no latency.
    if (refusal === undefined && this.#latency !== undefined) scope.note(index, now)
    return refusal
  }

  success(scope: Scope, index: number): Exit {
    const begun = scope.noteOf(index) as Milliseconds | undefined
    // A clock that was set back makes no latency negative.
    if (begun !== undefined) this.#latency?.add(Math.max(0, this.clock.now() - begun))
    return undefined
  }

  #expected(): Milliseconds | undefined {
    const latency = this.#latency
    return latency === undefined || latency.count < fewestSamples ? undefined : Math.max(0, latency.estimate)
  }

  #refusal(scope: Scope, index: number, now: Milliseconds): DeadlineError | undefined {
    const remaining = scope.remaining(this.clock, now)
    const { needed } = this
    const window = this.#window
    window.age(now)
    const refuses = (remaining <= 0 || remaining < needed) && oneIn * (window.bad + 1) <= window.total + 1
    window.record(refuses, now, now)
    if (!refuses) return undefined
    // A listener may abort the call now: it has not been let in.
    scope.notEntered(index)
    this.#rejections++
    const error = new OutOfTime(`${this.name}: too little time is left before the deadline`, this.name, undefined)
    if (hasListeners(this.events, 'reject', scope)) {
      emitForCall(this.events, 'reject', scope, { remaining, needed, error })
    }
    return error
  }
}
