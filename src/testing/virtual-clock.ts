/**
 * A clock for tests: time moves only when told to.
 *
 * Timers fire one at a time, in order of due time and among equals of scheduling, and after each all promises that can
 * settle do so in a turn of the event loop. Invariant: time never goes back, also where a timer was due before now.
 */
import { type Clock, turn } from '../core/clock.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { duration, finite, optional, refuseOption, resolveOptions, show } from '../core/options.ts'
import type { Timer } from '../core/timer.ts'
import { TimerQueue } from './timer-queue.ts'

export interface VirtualClockOptions {
  /** Where wall time starts, in ms since the epoch. Default 0. Monotonic time starts at 0. */
  readonly wall?: Milliseconds
}

export interface VirtualClock extends Clock {
  /**
   * Moves time by `ms` from where it is now: due timers run in order, and promises settle between them. What moves time
   * meanwhile moves it for both: `advance(10)` and `advance(5)` at once come to 10.
   */
  advance(ms: Duration): Promise<void>
  /**
   * Moves time from timer to timer until the promise settles, and gives what it gives. Fails if nothing is scheduled, or for
   * 20,000 timers on end nothing but work in the background, such as health checks, which would go on for ever.
   */
  settle<T>(promise: PromiseLike<T>): Promise<T>
  /** Moves wall time alone, forwards or back, as a clock correction does. */
  stepWall(ms: Milliseconds): void
  /** Wall time moves on, monotonic time stands still, as while a machine sleeps. */
  suspend(ms: Duration): void
  /** How many timers are scheduled. */
  readonly pending: number
}

/** Turns of the event loop that may pass before a promise that needs no timer has to have settled. */
const patience = 20
/** Background timers that may fire, with no other scheduled, before a promise has to have settled. */
const backgroundPatience = 20_000

/**
 * Makes a clock whose time moves only when told to.
 *
 * ```ts
 * import { virtualClock } from 'holdfast/testing'
 * import { timeout } from 'holdfast/timeout'
 * const clock = virtualClock()
 * const slow = timeout({ after: '1h', clock }).execute(() => new Promise(() => {}))
 * await clock.settle(slow).catch((error) => error.code) // => 'HF_TIMEOUT'
 * ```
 */
export function virtualClock(options?: VirtualClockOptions): VirtualClock {
  const { wall } = resolveOptions('virtualClock', options, { wall: optional(finite(0), 0 as number) })
  return new SimulatedClock(wall)
}

class SimulatedClock implements VirtualClock {
  readonly #timers = new TimerQueue()
  #now = 0
  #wallAhead: number

  constructor(wall: number) {
    this.#wallAhead = wall
  }

  get pending(): number {
    return this.#timers.length
  }

  now(): Milliseconds {
    return this.#now
  }

  wall(): Milliseconds {
    return this.#now + this.#wallAhead
  }

  schedule(timer: Timer, after: Milliseconds, now: Milliseconds = this.#now): void {
    timer.at = now + Math.max(0, after)
    this.#timers.add(timer)
  }

  cancel(timer: Timer): void {
    this.#timers.remove(timer)
  }

  async advance(ms: Duration): Promise<void> {
    const target = this.#now + check('advance', ms)
    await turn()
    for (let next = this.#timers.first; next !== undefined && next.at <= target; next = this.#timers.first) {
      this.#fire(next)
      await turn()
    }
    this.#now = Math.max(this.#now, target)
  }

  async settle<T>(promise: PromiseLike<T>): Promise<T> {
    let settled = false
    const mark = (): void => {
      settled = true
    }
    promise.then(mark, mark)
    for (let idle = 0, background = 0; ; ) {
      await turn()
      if (settled) return await promise
      const next = this.#timers.first
      background = this.#timers.foreground === 0 ? background + 1 : 0
      if (background > backgroundPatience) {
        throw new Error('virtualClock: the promise is pending and nothing but background timers is scheduled')
      }
      if (next !== undefined) {
        this.#fire(next)
        idle = 0
      } else if (++idle > patience) {
        throw new Error('virtualClock: the promise is pending and no timer is scheduled')
      }
    }
  }

  stepWall(ms: Milliseconds): void {
    if (!Number.isFinite(ms))
      throw new TypeError(`virtualClock: stepWall must be a finite number of ms, got ${show(ms)}`)
    this.#wallAhead += ms
  }

  suspend(ms: Duration): void {
    this.#wallAhead += check('suspend', ms)
  }

  #fire(timer: Timer): void {
    this.#timers.remove(timer)
    this.#now = Math.max(this.#now, timer.at)
    timer.fire()
  }
}

function check(method: string, ms: Duration): Milliseconds {
  return duration('>= 0')(ms, (expected) => refuseOption('virtualClock', method, expected, ms))
}
