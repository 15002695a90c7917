/**
 * Throttle: stops sending to a dependency that refuses anyway, in proportion to how much it refuses.
 *
 * Each call is counted once: a call that was let in when its outcome is known, a refused one at once. Calls in flight are
 * not counted, so a slow dependency does not look like one that refuses. Outcomes go into a window of time, and the throttle
 * has no states, so a late outcome counts like any other. Invariant: while nothing in the window was refused, calls pass.
 * From Google's SRE book, chapter 21, with a shorter window and a floor: it recovers in a minute, where the book's needs eight.
 */
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { Contribution } from '../core/description.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { stackless, ThrottledError } from '../core/errors.ts'
import type { Entry, Exit, Hooks, Scope, Traits } from '../core/hooks.ts'
import { type Check, duration, functionOf, integer, optional, ratio, resolveOptions } from '../core/options.ts'
import { type Judging, judge, type When } from '../core/outcome.ts'
import { BasePolicy, type Policy, type PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { refusedByDependency } from '../core/refused.ts'
import type { ThrottleEvents } from './events.ts'
import { type PriorityClass, PriorityClasses, type ThrottleRules } from './priority-classes.ts'
import type { ThrottleSnapshot } from './snapshot.ts'

export interface ThrottleOptions<Accepts = unknown> extends PolicyOptions {
  /**
   * How many calls are sent for each one that is accepted: a finite number >= 1. At 2, the default, calls are refused once
   * the dependency accepts less than half; nearer to 1 it refuses sooner, and takes more load off the dependency.
   */
  readonly multiplier?: number
  /** The time that counts, > 0. Default 30 s. */
  readonly window?: Duration
  /** The share of calls that always passes, from 0 to 1. Default 0.1. */
  readonly floor?: number
  /** Calls in the window before any is refused: an integer >= 1. Default 10. */
  readonly minimumCalls?: number
  /**
   * Which outcomes say that the dependency refused the call: `true`; `'ignore'` counts neither way. Default: the status 429
   * or 503, and RESOURCE_EXHAUSTED of gRPC. Rejections by policies inside always count as refused.
   */
  readonly when?: When<Accepts>
}

export interface Throttle<Accepts = unknown> extends Policy<Accepts, never, unknown, ThrottleEvents> {
  /** How likely a call is refused now, from 0 to 1. With several priorities: of the lowest that has calls in the window. */
  readonly probability: number
  /** What it counts now, as plain JSON. */
  snapshot(): ThrottleSnapshot
}

export const defaults = Object.freeze({ multiplier: 2, window: 30_000, floor: 0.1, minimumCalls: 10 })

/**
 * Refuses calls in proportion to how many the dependency refuses.
 *
 * ```ts
 * import { throttle } from 'holdfast/throttle'
 * const gentle = throttle({ multiplier: 1.5, window: '30s' })
 * await gentle.execute(async ({ signal }) => {
 *   const response = await fetch('http://localhost/', { signal })
 *   const { status } = response
 *   if (!response.ok) throw Object.assign(new Error(`HTTP ${status}`), { status })
 *   return response.text()
 * })
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function throttle<Accepts = unknown>(options?: ThrottleOptions<Accepts>): Throttle<Accepts> {
  const resolved = resolveOptions('throttle', options, {
    ...policyChecks,
    multiplier: optional(multiplierCheck, defaults.multiplier),
    window: optional(duration('> 0'), defaults.window),
    floor: optional(ratio, defaults.floor),
    minimumCalls: optional(integer(1), defaults.minimumCalls),
    when: optional(functionOf<When<never>>(), undefined),
  })
  return new ThrottlePolicy(resolved) as unknown as Throttle<Accepts>
}

const multiplierCheck: Check<number> = (value, fail) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 1 ? value : fail('a finite number >= 1')

interface ThrottleSettings extends ThrottleRules {
  readonly when: When<never> | undefined
}

const Throttled = stackless(ThrottledError)

/** From this length of a window on, 50 ms do not matter: a bucket is ten times as long. */
const coarseFrom = 5000

class ThrottlePolicy
  extends BasePolicy<never, never, unknown, ThrottleEvents>
  implements Pick<Hooks, 'enter' | 'success' | 'failure' | 'abandon'>
{
  protected readonly traits: Traits
  protected readonly emits = ['reject', 'change']
  protected readonly options: ThrottleSettings
  readonly #judging: Judging
  readonly #classes: PriorityClasses
  readonly #coarse: boolean
  /** The highest one, as of the latest call that began or ended. */
  #probability = 0
  #rejections = 0

  constructor({
    multiplier,
    window,
    floor,
    minimumCalls,
    when,
    ...settings
  }: ThrottleSettings & ConstructorParameters<typeof BasePolicy>[1]) {
    super('throttle', settings)
    this.options = { multiplier, window, floor, minimumCalls, when }
    this.#judging = { when, rejections: undefined }
    this.traits = { quiet: when === undefined }
    this.#classes = new PriorityClasses(this.options)
    this.#coarse = window >= coarseFrom
  }

  override contribution(): Contribution {
    return { role: 'sheds' }
  }

  get probability(): number {
    const { knownClock } = this
    return knownClock === undefined ? 0 : this.#classes.weigh(knownClock.now())
  }

  snapshot(): ThrottleSnapshot {
    const { probability } = this
    const classes = Array.from(this.#classes, ({ priority, probability, window, accepts }) =>
      Object.freeze({ priority, probability, requests: window.total, accepts }),
    )
    const sum = (field: 'requests' | 'accepts') => classes.reduce((total, known) => total + known[field], 0)
    return Object.freeze({
      probability,
      requests: sum('requests'),
      accepts: sum('accepts'),
      rejections: this.#rejections,
      classes: Object.freeze(classes),
    })
  }

  enter(scope: Scope, index: number): Entry {
    if (this.#probability === 0 && this.#classes.clean) return undefined
    const own = this.#classes.of(scope.priority)
    const now = scope.now(this.clock)
    this.#weigh(now)
    // A listener may have aborted the call.
    if (scope.over || own.probability === 0 || !this.#draws(own.probability)) return undefined
    return this.#refuse(scope, index, own, now)
  }

  success(scope: Scope, _index: number, value: unknown): Exit {
    const refused = judge(this.#judging, true, value, scope, this.events, refusedByDependency)
    // Only `when` makes a value a failure. Without it, calls that leave no trace share the scope.
    if (refused === true && this.#judging.when !== undefined) scope.markFailed(true)
    if (refused !== 'ignore') this.#count(scope, refused)
    return undefined
  }

  failure(scope: Scope, _index: number, error: unknown): Exit {
    const refused = judge(this.#judging, false, error, scope, this.events, refusedByDependency)
    if (refused !== 'ignore') this.#count(scope, refused)
    return undefined
  }

  abandon(scope: Scope, index: number, error: unknown, counts: boolean): void {
    if (counts) this.failure(scope, index, error)
  }

  #count(scope: Scope, refused: boolean): void {
    const { clock } = this
    const now = refused || !this.#coarse ? clock.now() : (clock.recent?.() ?? clock.now())
    this.#classes.of(scope.priority).window.record(refused, now, now)
    if (this.#probability > 0 || !this.#classes.clean) this.#weigh(now)
  }

  #weigh(now: Milliseconds): void {
    const from = this.#probability
    const to = this.#classes.weigh(now)
    this.#probability = to
    if (from > 0 !== to > 0 && this.events.hasListeners('change')) this.events.emit('change', { from, to })
  }

  #draws(probability: number): boolean {
    try {
      return this.random() < probability
    } catch (error) {
      this.events.fault('random', error)
      return false
    }
  }

  #refuse(scope: Scope, index: number, own: PriorityClass, now: Milliseconds): ThrottledError {
    // A listener may abort the call now: it has not been let in.
    scope.notEntered(index)
    const { probability } = own
    own.window.record(true, now, now)
    this.#rejections++
    this.#weigh(now)
    const error = new Throttled(`${this.name}: throttled, the dependency refuses calls`, this.name, undefined)
    if (hasListeners(this.events, 'reject', scope)) emitForCall(this.events, 'reject', scope, { probability, error })
    return error
  }
}
