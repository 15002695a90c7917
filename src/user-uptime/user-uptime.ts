/**
 * Availability as users experience it: the time they were served, divided by the time they were active.
 *
 * A ratio of calls depends on who calls most, and on who gives up during an outage; the time of users does not. Between two
 * calls of a user the outcome of the first one holds, but no longer than the cutoff; then the user is inactive, and no time
 * is counted. Only the last call of each user is kept, for a limited number of users; a user removed for another one is
 * inactive from that moment. (Hauer et al., Meaningful Availability, NSDI 2020.)
 */
import { type Clock, realClock } from '../core/clock.ts'
import { type Duration, type Milliseconds, milliseconds } from '../core/duration.ts'
import { boolean, duration, integer, oneOf, optional, resolveOptions, show, text } from '../core/options.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { worstRatio } from './mcr.ts'
import { type Slot, Slots } from './slots.ts'

export interface UserUptimeOptions {
  /**
   * A user without a call for longer is inactive. The 99th percentile of the time between calls is a good value. Above 0.
   * Default 30 min.
   */
  readonly cutoff?: Duration
  /**
   * Which outcome holds between two calls within the cutoff: that of the call before, that of the call after, or each for
   * half of the time. Default `'before'`.
   */
  readonly between?: 'before' | 'after' | 'split'
  /** The number of users kept; the one with the oldest call is removed first. An integer >= 1. Default 10,000. */
  readonly users?: number
  /** The length of a slot; windows are whole slots. Above 0. Default 1 min. */
  readonly slot?: Duration
  /** The number of slots kept. An integer >= 1. Default 1440: a day of minutes. */
  readonly slots?: number
  /** Default: the real one. */
  readonly clock?: Clock
}

export interface UserUptimeReport {
  /** The window in `time`: from the start of its first slot to now. */
  readonly from: Milliseconds
  readonly to: Milliseconds
  /** Time served / active time, of all users; null if no user was active. */
  readonly userUptime: number | null
  /** Good calls / calls; null without calls. */
  readonly successRatio: number | null
  /** Time served, summed over users: two users for a minute are two minutes. */
  readonly uptime: Milliseconds
  readonly downtime: Milliseconds
  readonly calls: number
  /** The number of users whose last call is kept. */
  readonly users: number
  /** The number of users removed for others while they were still active, since the start. Above 0: raise `users`. */
  readonly evicted: number
}

export interface UserUptime {
  /** Records a call that ended just now. `user` is a tenant, a session or a client; it is kept, but never shown. */
  record(user: string, ok: boolean): void
  /** The report on a window that ends now, in whole slots. Default: all slots kept. */
  report(options?: { readonly window?: Duration }): UserUptimeReport
  /**
   * Minimal cumulative ratio: the lowest user uptime of any period of that length, in whole slots; null if no period is
   * that long, or no user was active.
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
 * import { userUptime } from 'holdfast/user-uptime'
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
 * @throws TypeError for a wrong option.
 */
export function userUptime(options?: UserUptimeOptions): UserUptime {
  return new UserCalls(options)
}

class UserCalls implements UserUptime {
  readonly #options
  readonly #slots: Slots
  /** By user, the oldest call first. */
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

  /** Slots with the time since the last call of each user, who is taken as active until the cutoff. */
  #list(now: number): readonly Slot[] {
    const slots = this.#slots.copy()
    for (const last of this.#last.values()) slots.spend(last.ok, last.time, this.#activeUntil(last, now))
    return slots.list()
  }

  #pass(last: LastRequest, time: number, ok: boolean): void {
    const { between } = this.#options
    const until = this.#activeUntil(last, time)
    const middle =
      until < time || between === 'before' ? until : between === 'after' ? last.time : (last.time + time) / 2
    this.#slots.spend(last.ok, last.time, middle)
    this.#slots.spend(ok, middle, until)
  }

  #activeUntil({ time }: LastRequest, now: number): number {
    return Math.min(now, time + this.#options.cutoff)
  }

  #makeRoom(now: number): void {
    if (this.#last.size < this.#options.users) return
    const [user, last] = this.#last.entries().next().value as [string, LastRequest]
    const until = this.#activeUntil(last, now)
    this.#slots.spend(last.ok, last.time, until)
    if (until === now) this.#evicted++
    this.#last.delete(user)
  }
}
