/**
 * A clock for tests: the test moves its time.
 *
 * Timers fire one at a time, by due time and among equals in order of scheduling, and after each one a turn of the event loop
 * lets promises settle. Invariant: time never moves backwards, even where a timer was due before now.
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
   * Moves time forward by `ms`: due timers run in order, and promises settle between them. Overlapping calls move the same
   * time: `advance(10)` and `advance(5)` at once move it by 10.
   */
  advance(ms: Duration): Promise<void>
  /**
   * Moves time from timer to timer until the promise settles, and settles as the promise does. Rejects if no timer is scheduled,
   * or after 20,000 timers in a row that all belong to background work, such as health checks, which never ends.
   */
  settle<T>(promise: PromiseLike<T>): Promise<T>
  /** Moves wall time alone, forwards or back, as a clock correction does. */
  stepWall(ms: Milliseconds): void
  /** Moves wall time forward while monotonic time stops, as while a machine sleeps. */
  suspend(ms: Duration): void
  /** How many timers are scheduled. */
  readonly pending: number
}

/** A promise that needs no timer must settle within this number of turns of the event loop. */
const patience = 20
/** A promise must settle within this number of background timers, while no other timer is scheduled. */
const backgroundPatience = 20_000

/**
 * Makes a clock whose time moves only when the test moves it.
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
