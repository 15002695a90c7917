/**
 * Time. Durations come from a monotonic clock; wall time only labels events.
 *
 * This is the only file that touches the global clock and timers. Fake timers replace the global functions and put them
 * back, so the functions are looked up again when `setTimeout` is another one. Time then goes on from where it was, and
 * what waits is armed by the new functions as well.
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
   * Milliseconds since the epoch, by the wall clock. `now` is for those who have just read `now()`: a clock may answer
   * from that, and need not look at the wall clock each time.
   */
  wall(now?: Milliseconds): Milliseconds
  /**
   * `now()` of a moment ago, for those to whom some 50 ms are nothing: it costs no look at the clock each time. Never
   * ahead of `now()`. A clock without it is read.
   */
  recent?(): Milliseconds
  /** Calls `timer.fire()` once, `after` milliseconds after `now` (which the caller may have read already). */
  schedule(timer: Timer, after: Milliseconds, now?: Milliseconds): void
  /** Takes a timer back; one that is not scheduled is left as it is. */
  cancel(timer: Timer): void
}

/** The global functions at one time, and the time by them. */
class World implements Globals {
  readonly set: Globals['set'] = setTimeout
  readonly clear = clearTimeout as Globals['clear']
  readonly #performance = performance
  // The method, too: fake timers may replace it on the same object.
  readonly #read = performance.now
  #ahead: Milliseconds = 0
  /** Where waits of the same length may share a timer. */
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

/** Whether timers are Node's own. A Worker's belong to one request, and fake ones to one test. */
function isOfNode(set: typeof setTimeout): boolean {
  const promisified = Symbol.for('nodejs.util.promisify.custom')
  return !timersAreBound && set.name === 'setTimeout' && promisified in set && !('clock' in set)
}

let world = new World()

/** The global functions have been replaced. */
function change(): void {
  const before = world
  const now = before.now()
  world = new World()
  world.moveTo(now)
  forget()
  comparedAt = Number.NEGATIVE_INFINITY
  for (const timer of before.shared?.dissolve() ?? []) new OwnTimer(timer, believe).arm(before)
  rearm(world, before)
}

function read(): Milliseconds {
  if (world.set !== setTimeout) change()
  return world.now()
}

/** A timer that fires is due, whatever the clock says: timers may be faked without `performance`. */
function believe(globals: Globals, at: Milliseconds): void {
  if (globals === world && world.now() < at) world.moveTo(at)
}

/** How long the distance between the two clocks is taken for granted: labels may lag a step of the wall clock so far. */
const trusted = 100
let ahead = 0
let comparedAt = Number.NEGATIVE_INFINITY

/** How long, and how often, one reading serves `recent`. It is often enough that a timer that never fires does no harm. */
const recency = 50
const readings = 64
let latest = 0
let left = 0
let agesFrom = Number.NEGATIVE_INFINITY

function forget(): void {
  left = 0
  agesFrom = Number.NEGATIVE_INFINITY
}

/** The machine's clock. */
export const realClock: Clock = {
  now: read,
  recent() {
    if (left > 0 && world.set === setTimeout) {
      left--
      return latest
    }
    latest = read()
    if (world.shared === undefined) return latest
    left = readings
    if (Math.abs(latest - agesFrom) >= recency) {
      agesFrom = latest
      outside(() => void unref(world.set(forget, recency)))
    }
    return latest
  },
  wall(now) {
    const known = now !== undefined && now - comparedAt < trusted && now >= comparedAt
    if (known && world.shared !== undefined) return Math.round(now + ahead)
    const wall = Date.now()
    comparedAt = now ?? read()
    ahead = wall - comparedAt
    return wall
  },
  schedule(timer, after, now = read()) {
    if (world.set !== setTimeout) change()
    const { shared } = world
    if (shared !== undefined) {
      shared.schedule(timer, after, now)
      return
    }
    timer.at = now + Math.max(0, after)
    new OwnTimer(timer, believe).arm(world)
  },
  cancel(timer) {
    if (timer.list instanceof TimerPlace) timer.list.remove(timer)
  },
}

/** Resolves in a later turn of the event loop, when promises that could settle have settled. */
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
