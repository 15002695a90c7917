/**
 * Availability as users had it: the time each of them was served, over the time each of them was there.
 *
 * A ratio of calls is a matter of who calls most, and of who gives up during an outage; time of users is not. Between two
 * calls of a user the outcome of the first holds, but no longer than the cutoff; then the user is gone, and nobody's time
 * is counted. Only the last call of each user is kept, of so many users; a user who makes room for another one is taken
 * for gone at that moment. (Hauer et al., Meaningful Availability, NSDI 2020.)
 */
import { type Clock, realClock } from '../core/clock.ts'
import { type Duration, type Milliseconds, milliseconds } from '../core/duration.ts'
import { boolean, duration, integer, oneOf, optional, resolveOptions, show, text } from '../core/options.ts'
import { policyChecks } from '../core/policy.ts'
import { worstRatio } from './mcr.ts'
import { type Slot, Slots } from './slots.ts'

export interface UserUptimeOptions {
  /** A user who is silent for longer is gone. Best the 99th percentile of the time between calls. Above 0. Default 30 min. */
  readonly cutoff?: Duration
  /**
   * Whose outcome holds between two calls that are no further apart than that: of the call before, of the call after, or
   * half the time of each. Default `'before'`.
   */
  readonly between?: 'before' | 'after' | 'split'
  /** How many users are kept; the one who has been silent for longest goes first. An integer >= 1. Default 10,000. */
  readonly users?: number
  /** The grain of windows. Above 0. Default 1 min. */
  readonly slot?: Duration
  /** How many slots are kept. An integer >= 1. Default 1440: a day of minutes. */
  readonly slots?: number
  /** Default: the real one. */
  readonly clock?: Clock
}

export interface UserUptimeReport {
  /** The window in `time`: from the start of its first slot to now. */
  readonly from: Milliseconds
  readonly to: Milliseconds
  /** Time served / time there, of all users; null where nobody was there. */
  readonly userUptime: number | null
  /** Good calls / calls; null without calls. */
  readonly successRatio: number | null
  /** Time of users, summed: two users for a minute are two minutes. */
  readonly uptime: Milliseconds
  readonly downtime: Milliseconds
  readonly calls: number
  /** Users whose last call is known now. */
  readonly users: number
  /** Users who made room for others while they were still there, since the start: above 0, raise `users`. */
  readonly evicted: number
}

export interface UserUptime {
  /** A call of a user has ended just now. The key is a tenant, a session, a client: it is kept, and shown nowhere. */
  record(user: string, ok: boolean): void
  /** Of a window that ends now, in whole slots; all that is kept by default. */
  report(options?: { readonly window?: Duration }): UserUptimeReport
  /**
   * Minimal cumulative ratio: the lowest user uptime of any stretch of that length in whole slots; null where none is that
   * long, or nobody was there.
   */
  mcr(window: Duration): number | null
}

interface LastRequest {
  time: number
  ok: boolean
}

/**
 * Counts user uptime.
 *
 * ```ts
 * import { userUptime } from 'holdfast/availability'
 * import { virtualClock } from 'holdfast/testing'
 * const clock = virtualClock()
 * const tenants = userUptime({ clock, cutoff: '10m' })
 * tenants.record('busy', true)
 * tenants.record('quiet', true)
 * await clock.advance('5m')
 * tenants.record('quiet', false)
 * await clock.advance('5m')
 * tenants.report().userUptime // => 0.75
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function userUptime(options?: UserUptimeOptions): UserUptime {
  return new Users(options)
}

class Users implements UserUptime {
  readonly #options
  readonly #slots: Slots
  /** By user, the one silent for longest first. */
  readonly #last = new Map<string, LastRequest>()
  #evicted = 0

  constructor(given: unknown) {
    this.#options = resolveOptions('userUptime', given, {
      cutoff: optional(duration('> 0'), 1_800_000 as number),
      between: optional(oneOf('before', 'after', 'split'), 'before'),
      users: optional(integer(1), 10_000 as number),
      slot: optional(duration('> 0'), 60_000 as number),
      slots: optional(integer(1), 1440 as number),
      clock: policyChecks.clock,
    })
    this.#slots = new Slots(this.#clock.now(), this.#options.slot, this.#options.slots)
  }

  record(user: string, ok: boolean): void {
    resolveOptions('userUptime', { user, ok }, { user: text, ok: boolean })
    const time = this.#now()
    const last = this.#last.get(user)
    if (last === undefined) {
      this.#makeRoom(time)
      this.#last.set(user, { time, ok })
    } else {
      this.#pass(last, time, ok)
      last.time = time
      last.ok = ok
      this.#last.delete(user)
      this.#last.set(user, last)
    }
    this.#slots.call(ok)
  }

  report(options?: { readonly window?: Duration }): UserUptimeReport {
    const { window } = resolveOptions('userUptime', options, { window: optional(duration('> 0'), Infinity) })
    const to = this.#now()
    const inside = this.#list(to).filter(({ start }) => start + this.#options.slot > to - window)
    const sum = (of: (slot: Slot) => number): number => inside.reduce((total, slot) => total + of(slot), 0)
    const [uptime, downtime] = [sum(({ up }) => up), sum(({ down }) => down)]
    const [good, bad] = [sum((slot) => slot.good), sum((slot) => slot.bad)]
    return {
      from: Math.min(...inside.map(({ start }) => start)),
      to,
      userUptime: uptime + downtime > 0 ? uptime / (uptime + downtime) : null,
      successRatio: good + bad > 0 ? good / (good + bad) : null,
      uptime,
      downtime,
      calls: good + bad,
      users: this.#last.size,
      evicted: this.#evicted,
    }
  }

  mcr(window: Duration): number | null {
    const { slot, slots } = this.#options
    const width = milliseconds(window) / slot
    if (!Number.isSafeInteger(width) || width < 1 || width > slots) {
      const expected = `a duration of whole slots of ${slot} ms, at most ${slots} of them`
      throw new TypeError(`userUptime: window must be ${expected}, got ${show(window)}`)
    }
    const now = this.#now()
    const whole = this.#list(now).filter(({ start }) => start + slot <= now)
    return worstRatio(
      whole.map(({ up, down }) => ({ good: up, bad: down })),
      width,
    )
  }

  get #clock(): Clock {
    return this.#options.clock ?? realClock
  }

  #now(): number {
    const now = this.#clock.now()
    this.#slots.reach(now)
    return now
  }

  /** Slots with the time since the last call of each user, who is still there as far as anybody knows. */
  #list(now: number): readonly Slot[] {
    const slots = this.#slots.copy()
    for (const last of this.#last.values()) slots.spend(last.ok, last.time, this.#gone(last, now))
    return slots.list()
  }

  #pass(last: LastRequest, time: number, ok: boolean): void {
    const { between } = this.#options
    const until = this.#gone(last, time)
    const middle =
      until < time || between === 'before' ? until : between === 'after' ? last.time : (last.time + time) / 2
    this.#slots.spend(last.ok, last.time, middle)
    this.#slots.spend(ok, middle, until)
  }

  #gone({ time }: LastRequest, now: number): number {
    return Math.min(now, time + this.#options.cutoff)
  }

  #makeRoom(now: number): void {
    if (this.#last.size < this.#options.users) return
    const [user, last] = this.#last.entries().next().value as [string, LastRequest]
    const gone = this.#gone(last, now)
    this.#slots.spend(last.ok, last.time, gone)
    if (gone === now) this.#evicted++
    this.#last.delete(user)
  }
}
