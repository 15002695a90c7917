/**
 * Rate limiter: at most so many calls start in each period.
 *
 * Whether a call passes, waits or is refused is decided when it comes: a call that waits has reserved its start, and a call whose start
 * would be too late is refused at once. Invariant: starts are in order of arrival, and what starts has taken its permits.
 */
import type { Call } from '../core/call/call.ts'
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { Contribution } from '../core/description.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { RateLimitedError, stackless } from '../core/errors.ts'
import { type Entry, type Hooks, type Scope, type Traits, WAIT } from '../core/hooks.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
import { duration, finite, optional, refuseOption, resolveOptions } from '../core/options.ts'
import { BasePolicy, type Policy } from '../core/policy.ts'
import type { RateLimiterEvents } from './events.ts'
import {
  algorithmOf,
  limitsOf,
  type RateLimiterOptions,
  type RateLimiterRate,
  type RateLimiterSettings,
  resolveRateLimiter,
  resolveUpdate,
} from './options.ts'
import { type RateAlgorithm, tolerance } from './rate-algorithm.ts'
import { Reservations } from './reservations.ts'
import { Slowdown } from './slowdown.ts'

/** What a server says of its own limit. */
export interface RateLimitFeedback {
  /** Calls that it still allows: a number >= 0. */
  readonly remaining: number
  /** How long until it allows more, >= 0. With nothing remaining, no call starts before; at most one hour. */
  readonly reset?: Duration
}

export interface RateLimiterSnapshot {
  readonly limit: number
  readonly per: Milliseconds
  readonly available: number
  readonly reset: Milliseconds
  readonly waiting: number
}

export interface RateLimiter extends Policy<unknown, never, unknown, RateLimiterEvents> {
  readonly limit: number
  /** Permits that could be taken now, rounded down. */
  readonly available: number
  /** Milliseconds until all permits are back, if nothing more is taken. */
  readonly reset: Milliseconds
  /** Calls that wait. */
  readonly waiting: number
  /** Takes `permits` (a number >= 0, default 1) without a call: true where they were there, else nothing is taken. */
  tryTake(permits?: number): boolean
  /** Lowers what is available to what a server says. It never raises it. */
  feedback(feedback: RateLimitFeedback): void
  /** Changes the rate. What was taken stays taken; calls that wait start earlier where the new rate allows it, and never later. */
  update(rate: Partial<RateLimiterRate>): void
  snapshot(): RateLimiterSnapshot
}

/**
 * Lets `limit` calls start in each period `per`.
 *
 * ```ts
 * import { rateLimiter } from 'holdfast/rate-limiter'
 * const polite = rateLimiter({ limit: 10, per: '1s', maxWait: '2s' })
 * await polite.execute(async ({ signal }) => {
 *   const response = await fetch('http://localhost/', { signal })
 *   if (!response.ok) throw new Error(`HTTP ${response.status}`)
 *   return response.text()
 * })
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function rateLimiter(options: number | RateLimiterOptions): RateLimiter {
  return new RateLimiterPolicy(resolveRateLimiter(options))
}

const Limited = stackless(RateLimitedError)
/** Shared, as there may be a limiter for each of many keys. */
const emitted = ['wait', 'reject']
const traits = [false, true].map((detaches) => [false, true].map((quiet): Traits => ({ detaches, quiet })))
/** No server keeps calls from us for longer. */
const longestStop = 3_600_000

class RateLimiterPolicy
  extends BasePolicy<unknown, never, unknown, RateLimiterEvents>
  implements RateLimiter, Pick<Hooks, 'enter' | 'abandon'>
{
  protected readonly traits: Traits
  protected readonly emits = emitted
  protected options: RateLimiterSettings
  /** Made by the first call that waits. */
  #queue: Reservations | undefined = undefined
  #algorithm: RateAlgorithm
  #slowdown: Slowdown | undefined = undefined
  /** The latest time that was read: it does not go back, even if the clock does. */
  #now: Milliseconds = Number.NEGATIVE_INFINITY
  /** How often permits were taken and kept: the number of the latest taking. */
  #takings = 0

  constructor(settings: RateLimiterSettings & ConstructorParameters<typeof BasePolicy>[1]) {
    const { name, clock, random, ...options } = settings
    super('rateLimiter', { name, clock, random })
    this.options = options
    this.traits = traits[Number(options.maxWait > 0)]?.[Number(options.cost === undefined)] as Traits
    this.#algorithm = algorithmOf(options)
  }

  override contribution(): Contribution {
    return { role: 'rate', waits: this.options.maxWait, hints: true }
  }

  get limit(): number {
    return this.options.limit
  }

  get available(): number {
    return this.#available(this.#knownNow())
  }

  get reset(): Milliseconds {
    return this.#reset(this.#knownNow())
  }

  get waiting(): number {
    return this.#queue === undefined ? 0 : this.#queue.length
  }

  tryTake(permits = 1): boolean {
    finite(0)(permits, (expected) => refuseOption('rateLimiter', 'permits', expected, permits))
    const now = this.#passTo(this.clock.now())
    const own = this.#ownTime(now)
    const wait = this.#algorithm.wait(own, permits)
    if (wait > 0 || this.#clockWait(now, own, wait, permits) > 0) return false
    this.#take(own, wait, permits)
    return true
  }

  feedback(feedback: RateLimitFeedback): void {
    const { remaining, reset } = resolveOptions('rateLimiter', feedback, {
      remaining: finite(0),
      reset: optional(duration('>= 0'), 0 as number),
    })
    const now = this.#passTo(this.clock.now())
    const own = this.#ownTime(now)
    const surplus = this.#algorithm.permits(own) - remaining
    if (surplus > 0 && surplus < Number.POSITIVE_INFINITY) this.#take(own, 0, surplus)
    if (remaining > 0 || reset === 0) return
    const until = Math.max(now + Math.min(reset, longestStop), this.#slowdown?.until ?? now)
    this.#slowdown = new Slowdown(own, until, this.options.per)
  }

  update(rate: Partial<RateLimiterRate>): void {
    const settings = resolveUpdate(rate, this.options)
    this.options = settings
    const clock = this.knownClock
    if (clock === undefined) {
      this.#algorithm = algorithmOf(settings)
      return
    }
    const now = this.#passTo(clock.now())
    const own = this.#ownTime(now)
    this.#queue?.startUntil(now)
    const before = this.#queue?.reserved() ?? []
    // Nothing was taken since the first of them came: permits that come back are theirs.
    if (before[0] !== undefined) this.#algorithm.restore(before[0].mark)
    this.#algorithm.update(limitsOf(settings), own)
    const after = before.map(({ start, cost }) => {
      const planned = this.#algorithm.wait(own, cost)
      const wait = planned === Number.POSITIVE_INFINITY ? start - now : planned
      const mark = this.#algorithm.mark()
      this.#take(own, wait, cost)
      return { start: Math.min(start, now + this.#clockWait(now, own, wait, cost)), cost, mark, taking: this.#takings }
    })
    this.#queue?.replan(after, now)
    this.#queue?.startUntil(now)
  }

  /** A new limiter would forgive what this one has taken. */
  override idleSince(): Milliseconds | undefined {
    return this.waiting > 0 || this.reset > 0 ? undefined : Number.NEGATIVE_INFINITY
  }

  snapshot(): RateLimiterSnapshot {
    const { limit, per } = this.options
    return { limit, per, available: this.available, reset: this.reset, waiting: this.waiting }
  }

  enter(scope: Scope, index: number): Entry {
    let cost = 1
    const { cost: costs, maxWait, queue } = this.options
    if (costs !== undefined) {
      cost = this.#costOf(costs, scope)
      if (scope.over) return undefined
    }
    const { clock } = this
    const read = scope.now(clock)
    const now = this.#passTo(read)
    // After a pause of the whole process, calls that wait may be due whose timers have not fired yet.
    this.#queue?.startUntil(now)
    const own = this.#ownTime(now)
    const ownWait = this.#algorithm.wait(own, cost)
    const wait = this.#clockWait(now, own, ownWait, cost)
    if (wait === 0) {
      if (cost > 0) this.#take(own, 0, cost)
      return undefined
    }
    const longest = Math.min(maxWait, scope.remaining(clock, read))
    if (wait > longest + tolerance || this.waiting >= queue) return this.#refuse(scope, index, now, wait)
    const mark = this.#algorithm.mark()
    this.#take(own, ownWait, cost)
    this.#queue ??= new Reservations(this)
    this.#queue.add(scope, index, { start: now + wait, cost, mark, taking: this.#takings }, wait, read)
    if (hasListeners(this.events, 'wait', scope)) {
      emitForCall(this.events, 'wait', scope, { delay: wait, position: this.waiting })
    }
    return WAIT
  }

  /** Only the latest taking is given back: what was taken after an earlier one has its start already. */
  abandon(scope: Scope, index: number): void {
    const reserved = this.#queue?.leave(scope, index)
    if (reserved === undefined || reserved.taking !== this.#takings) return
    this.#algorithm.restore(reserved.mark)
    this.#takings--
  }

  #take(own: Milliseconds, wait: Milliseconds, cost: number): void {
    this.#algorithm.take(own, wait, cost)
    this.#takings++
  }

  #passTo(time: Milliseconds): Milliseconds {
    if (time > this.#now) this.#now = time
    return this.#now
  }

  /** Before the first call there is no time yet, and nothing was taken. */
  #knownNow(): Milliseconds {
    return this.knownClock === undefined ? 0 : this.#passTo(this.knownClock.now())
  }

  #ownTime(now: Milliseconds): Milliseconds {
    return this.#slowdown === undefined ? now : this.#slowdown.at(now)
  }

  /** How long `wait` of the limiter's own time takes by the clock. */
  #clockWait(now: Milliseconds, own: Milliseconds, wait: Milliseconds, cost: number): Milliseconds {
    if (this.#slowdown === undefined || wait === Number.POSITIVE_INFINITY) return wait
    if (wait === 0) return cost === 0 ? 0 : Math.max(0, this.#slowdown.until - now)
    return this.#slowdown.timeOf(own + wait) - now
  }

  #available(now: Milliseconds): number {
    const own = this.#ownTime(now)
    if (this.#clockWait(now, own, 0, 1) > 0) return 0
    return Math.floor(this.#algorithm.permits(own) + tolerance)
  }

  #reset(now: Milliseconds): Milliseconds {
    const own = this.#ownTime(now)
    return this.#clockWait(now, own, this.#algorithm.reset(own), 1)
  }

  #costOf(cost: (call: Call) => unknown, scope: Scope): number {
    try {
      const value = cost(scope)
      if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return value
      ignoreRejection(value)
      this.events.fault('cost', new TypeError('cost must return a finite number >= 0'))
    } catch (error) {
      this.events.fault('cost', error)
    }
    return 1
  }

  #refuse(scope: Scope, index: number, now: Milliseconds, wait: Milliseconds): RateLimitedError {
    // A listener that aborts the call here must not give back what the call never took.
    scope.notEntered(index)
    const retryAfter = wait === Number.POSITIVE_INFINITY ? undefined : wait
    const state = { limit: this.limit, remaining: this.#available(now), reset: this.#reset(now) }
    const error = new Limited(`${this.name}: rate limit reached`, this.name, retryAfter, state)
    if (hasListeners(this.events, 'reject', scope)) emitForCall(this.events, 'reject', scope, { retryAfter, error })
    return error
  }
}
