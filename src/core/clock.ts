/**
 * Time. Durations come from a monotonic clock; wall time only labels events.
 *
 * This is the only file that uses the global clock and timers. Fake timers replace the global functions and restore them later, so
 * the functions are read again when `setTimeout` has changed. Time then goes on from where it was, and pending timers are armed
 * by the new functions too.
 */
import { outside, timersAreBound } from './context.ts'
import type { Milliseconds } from './duration.ts'
import { OwnTimer, rearm } from './own-timers.ts'
import { type Globals, unref } from './real-timers.ts'
import { SharedTimers, TimerPlace } from './shared-timers.ts'
import type { Timer } from './timer.ts'

/** A source of time and timers. Inject `virtualClock()` from `holdfast/testing` in tests. */
export interface Clock {
  /** Monotonic milliseconds from an arbitrary start. */
  now(): Milliseconds
  /**
   * Milliseconds since 1970, by the wall clock. Pass `now` if you have just read `now()`: a clock may derive the result from
   * it, and need not read the wall clock each time.
   */
  wall(now?: Milliseconds): Milliseconds
  /**
   * A reading of `now()` at most about 50 ms old, for callers that do not need a newer one: cheaper, because the clock is not read
   * each time. Never ahead of `now()`. Without this method `now()` is used.
   */
  recent?(): Milliseconds
  /** Calls `timer.fire()` once, `after` milliseconds after `now` (which the caller may have read already). */
  schedule(timer: Timer, after: Milliseconds, now?: Milliseconds): void
  /** Cancels a timer. Does nothing if it is not scheduled. */
  cancel(timer: Timer): void
}

/** One set of the global functions, and the time by them. */
class GlobalSet implements Globals {
  readonly set: Globals['set'] = setTimeout
  readonly clear = clearTimeout as Globals['clear']
  readonly #performance = performance
  // The method too: fake timers may replace it on the same object.
  readonly #read = performance.now
  #ahead: Milliseconds = 0
  /** Set if waits of the same length may share a timer. */
  readonly shared: SharedTimers | undefined = isOfNode(setTimeout) ? new SharedTimers(this) : undefined

  get live(): boolean {
    return this.shared !== undefined || this.set === setTimeout
  }

  now(): Milliseconds {
    return this.#read.call(this.#performance) + this.#ahead
  }

  moveTo(now: Milliseconds): void {
    this.#ahead += now - this.now()
  }
}

/** Whether timers are Node's own: not those of a Worker's request, and not fake ones. */
function isOfNode(set: typeof setTimeout): boolean {
  const promisified = Symbol.for('nodejs.util.promisify.custom')
  return !timersAreBound && set.name === 'setTimeout' && promisified in set && !('clock' in set)
}

let globals = new GlobalSet()

/** The global functions have been replaced. */
function globalsChanged(): void {
  const before = globals
  const now = before.now()
  globals = new GlobalSet()
  globals.moveTo(now)
  forgetReading()
  comparedAt = Number.NEGATIVE_INFINITY
  for (const timer of before.shared?.dissolve() ?? []) new OwnTimer(timer, catchUp).arm(before)
  rearm(globals, before)
}

function read(): Milliseconds {
  if (globals.set !== setTimeout) globalsChanged()
  return globals.now()
}

/** Sets the clock to `at` if it is behind: a timer that fires is due, and timers may be faked without `performance`. */
function catchUp(firedBy: Globals, at: Milliseconds): void {
  if (firedBy === globals && globals.now() < at) globals.moveTo(at)
}

/** For how long the distance between the two clocks is reused: labels may lag behind a step of the wall clock by so much. */
const distanceValidFor = 100
let distance = 0
let comparedAt = Number.NEGATIVE_INFINITY

/** For how long, and how often, `recent` reuses one reading. The count bounds the harm of a timer that never fires. */
const readingValidFor = 50
const mostUses = 64
let latest = 0
let usesLeft = 0
let timerSetAt = Number.NEGATIVE_INFINITY

function forgetReading(): void {
  usesLeft = 0
  timerSetAt = Number.NEGATIVE_INFINITY
}

/** The machine's clock. */
export const realClock: Clock = {
  now: read,
  recent() {
    if (usesLeft > 0 && globals.set === setTimeout) {
      usesLeft--
      return latest
    }
    latest = read()
    if (globals.shared === undefined) return latest
    usesLeft = mostUses
    if (Math.abs(latest - timerSetAt) >= readingValidFor) {
      timerSetAt = latest
      outside(() => void unref(globals.set(forgetReading, readingValidFor)))
    }
    return latest
  },
  wall(now) {
    const known = now !== undefined && now - comparedAt < distanceValidFor && now >= comparedAt
    if (known && globals.shared !== undefined) return Math.round(now + distance)
    const wall = Date.now()
    comparedAt = now ?? read()
    distance = wall - comparedAt
    return wall
  },
  schedule(timer, after, now = read()) {
    if (globals.set !== setTimeout) globalsChanged()
    const { shared } = globals
    if (shared !== undefined) {
      shared.schedule(timer, after, now)
      return
    }
    timer.at = now + Math.max(0, after)
    new OwnTimer(timer, catchUp).arm(globals)
  },
  cancel(timer) {
    if (timer.list instanceof TimerPlace) timer.list.remove(timer)
  },
}

/** Resolves in a later turn of the event loop, after all promises that could settle have settled. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else if (typeof MessageChannel === 'function') {
      const channel = new MessageChannel()
      const port = channel.port1 as unknown as { onmessage: () => void; close(): void }
      port.onmessage = () => {
        port.close()
        resolve()
      }
      channel.port2.postMessage(undefined)
    } else setTimeout(resolve, 0)
  })
}
