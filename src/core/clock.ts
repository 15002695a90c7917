/**
 * Time. Durations come from a monotonic clock; wall time only labels events.
 *
 * Equal durations expire in order of arrival, so timers wait in one first-in, first-out list per duration:
 * O(1) to add and to cancel, and one real timer for each list however many calls wait in it.
 * Invariant: a list is sorted by `at`, and where it holds a timer, a real timer is armed for no later than its head.
 *
 * This is the only file that touches the global clock and timers. Globals are read late, so fake timers are heard.
 */
import type { Milliseconds } from './duration.ts'

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

/** Something that happens later: its own node in a list of timers. Schedule one instance once at a time. */
export abstract class Timer {
  /** When it is due, in `now()`; set by the clock. */
  at: Milliseconds = Number.NaN
  /** Set by the clock while it is scheduled. */
  list: object | undefined = undefined
  previous: Timer | undefined = undefined
  next: Timer | undefined = undefined

  /** A background timer does not keep the process alive. */
  get background(): boolean {
    return false
  }

  abstract fire(): void
}

/** A timer that calls a function. */
export class Alarm extends Timer {
  readonly #ring: () => void
  readonly #background: boolean

  constructor(ring: () => void, background = false) {
    super()
    this.#ring = ring
    this.#background = background
  }

  override get background(): boolean {
    return this.#background
  }

  fire(): void {
    this.#ring()
  }
}

/** What a real timer may be given at most; longer waits are armed again. */
const longest = 2 ** 31 - 1

class TimerList {
  readonly #lists: Map<Milliseconds, TimerList>
  readonly #after: Milliseconds
  readonly #background: boolean
  head: Timer | undefined = undefined
  tail: Timer | undefined = undefined
  #handle: ReturnType<typeof setTimeout> | undefined = undefined

  constructor(lists: Map<Milliseconds, TimerList>, after: Milliseconds, background: boolean) {
    this.#lists = lists
    this.#after = after
    this.#background = background
  }

  add(timer: Timer): void {
    timer.list = this
    timer.previous = this.tail
    if (this.tail === undefined) {
      this.head = timer
      if (this.#handle === undefined) this.#arm(this.#after)
      else if (!this.#background) this.#handle.ref()
    } else this.tail.next = timer
    this.tail = timer
  }

  remove(timer: Timer): void {
    if (timer.previous === undefined) this.head = timer.next
    else timer.previous.next = timer.next
    if (timer.next === undefined) this.tail = timer.previous
    else timer.next.previous = timer.previous
    timer.list = timer.previous = timer.next = undefined
    if (this.head === undefined) this.#rest()
  }

  /** An empty list keeps its armed timer for the next call, without holding the process, where that can be said. */
  #rest(): void {
    const handle = this.#handle
    if (handle === undefined) return
    if (typeof handle === 'object' && typeof handle.unref === 'function' && this.#after <= 60_000) handle.unref()
    else {
      clearTimeout(handle)
      this.#handle = undefined
      this.#lists.delete(this.#after)
    }
  }

  #arm(after: Milliseconds): void {
    this.#handle = setTimeout(() => this.#expire(), Math.min(after, longest))
    if (this.#background && typeof this.#handle === 'object') this.#handle.unref()
  }

  #expire(): void {
    this.#handle = undefined
    const now = realClock.now()
    try {
      for (let head = this.head; head !== undefined && head.at <= now; head = this.head) {
        this.remove(head)
        head.fire()
      }
    } finally {
      // Also after a timer that throws: those behind it must not wait for ever.
      if (this.#handle === undefined) {
        if (this.head === undefined) this.#lists.delete(this.#after)
        else this.#arm(Math.max(1, this.head.at - now))
      }
    }
  }
}

const callTimers = new Map<Milliseconds, TimerList>()
const backgroundTimers = new Map<Milliseconds, TimerList>()

/** How long the distance between the two clocks is taken for granted: labels may lag a step of the wall clock so far. */
const trusted = 100
let ahead = 0
let comparedAt = Number.NEGATIVE_INFINITY

/**
 * `performance` is a getter in Node, and dear for a clock. So the object is kept, and looked up again when `setTimeout`,
 * which is not, has been replaced: fake timers come and go as one.
 */
let source = performance
let seenWith = setTimeout

function read(): Milliseconds {
  if (seenWith !== setTimeout) {
    seenWith = setTimeout
    source = performance
    // A timer of before may never fire.
    age()
  }
  return source.now()
}

/** How long, and how often, one reading serves `recent`. It is often enough that a timer that never fires does no harm. */
const recency = 50
const readings = 64
let latest = 0
let left = 0
let agesFrom = Number.NEGATIVE_INFINITY

function age(): void {
  left = 0
  agesFrom = Number.NEGATIVE_INFINITY
}

/** The machine's clock. */
export const realClock: Clock = {
  now: read,
  recent() {
    if (left > 0) {
      left--
      return latest
    }
    left = readings
    latest = read()
    if (Math.abs(latest - agesFrom) >= recency) {
      agesFrom = latest
      const handle = setTimeout(age, recency)
      if (typeof handle === 'object') handle.unref()
    }
    return latest
  },
  wall(now) {
    if (now !== undefined && now - comparedAt < trusted && now >= comparedAt) return Math.round(now + ahead)
    const wall = Date.now()
    comparedAt = now ?? read()
    ahead = wall - comparedAt
    return wall
  },
  schedule(timer, after, now = read()) {
    const wait = Math.max(0, after)
    const lists = timer.background ? backgroundTimers : callTimers
    let list = lists.get(wait)
    if (list === undefined) {
      list = new TimerList(lists, wait, timer.background)
      lists.set(wait, list)
    }
    timer.at = now + wait
    list.add(timer)
  },
  cancel(timer) {
    if (timer.list instanceof TimerList) timer.list.remove(timer)
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
