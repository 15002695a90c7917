/**
 * One real timer for all waits of the same length, on the timers of Node.
 *
 * Equal durations expire in order of arrival, so timers wait in one first-in, first-out list per duration: O(1) to add and
 * to cancel, and one real timer for each list however many calls wait in it. Durations are rounded up to whole milliseconds,
 * so that waits with jitter share lists too.
 *
 * An empty list keeps its real timer for the next call, without holding the process. A sweep takes these timers back: at
 * the latest half a second after, and earlier where there are many.
 * Invariant: a list is sorted by `at`, and where it holds a timer, a real timer is armed for no later than its head.
 */
import type { Milliseconds } from './duration.ts'
import { arm, type Globals, type TimerHandle, unref } from './real-timers.ts'
import type { Timer } from './timer.ts'

/** When empty lists are swept, and how many may wait for that. */
const sweepAfter = 500
const mostIdle = 64

/** Where a timer is scheduled. */
export abstract class TimerPlace {
  abstract remove(timer: Timer): void
}

export class SharedTimers {
  readonly globals: Globals
  readonly #calls = new Map<Milliseconds, TimerList>()
  readonly #background = new Map<Milliseconds, TimerList>()
  /** Lists that have been empty since the latest sweep. */
  #idle: TimerList[] = []
  #sweeper: TimerHandle | undefined = undefined

  constructor(globals: Globals) {
    this.globals = globals
  }

  schedule(timer: Timer, after: Milliseconds, now: Milliseconds): void {
    const wait = Math.ceil(Math.max(0, after))
    const lists = timer.background ? this.#background : this.#calls
    let list = lists.get(wait)
    if (list === undefined) {
      list = new TimerList(this, lists, wait, timer.background)
      lists.set(wait, list)
    }
    timer.at = now + wait
    list.add(timer)
  }

  /** A list has become empty; its real timer is `handle`. */
  rest(list: TimerList, handle: TimerHandle): void {
    unref(handle)
    if (list.idle) return
    list.idle = true
    this.#idle.push(list)
    if (this.#idle.length >= mostIdle) this.#sweep()
    else this.#sweeper ??= arm(this.globals, () => this.#sweep(), sweepAfter, true)
  }

  #sweep(): void {
    if (this.#sweeper !== undefined) this.globals.clear(this.#sweeper)
    this.#sweeper = undefined
    const idle = this.#idle
    this.#idle = []
    for (const list of idle) {
      list.idle = false
      if (list.head === undefined) list.end()
    }
  }

  /** Takes every real timer back, and gives the timers that wait. */
  dissolve(): Timer[] {
    const waiting: Timer[] = []
    for (const lists of [this.#calls, this.#background]) {
      for (const list of lists.values()) {
        for (let head = list.head; head !== undefined; head = list.head) {
          list.remove(head)
          waiting.push(head)
        }
        list.end()
      }
    }
    this.#sweep()
    return waiting
  }
}

class TimerList extends TimerPlace {
  readonly #timers: SharedTimers
  readonly #lists: Map<Milliseconds, TimerList>
  readonly #after: Milliseconds
  readonly #background: boolean
  head: Timer | undefined = undefined
  tail: Timer | undefined = undefined
  /** It waits to be swept. */
  idle = false
  #handle: TimerHandle | undefined = undefined

  constructor(timers: SharedTimers, lists: Map<Milliseconds, TimerList>, after: Milliseconds, background: boolean) {
    super()
    this.#timers = timers
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
      else if (!this.#background && typeof this.#handle === 'object') this.#handle.ref?.()
    } else this.tail.next = timer
    this.tail = timer
  }

  remove(timer: Timer): void {
    if (timer.previous === undefined) this.head = timer.next
    else timer.previous.next = timer.next
    if (timer.next === undefined) this.tail = timer.previous
    else timer.next.previous = timer.previous
    timer.list = timer.previous = timer.next = undefined
    if (this.head === undefined && this.#handle !== undefined) this.#timers.rest(this, this.#handle)
  }

  /** It is empty, and goes. */
  end(): void {
    if (this.#handle !== undefined) this.#timers.globals.clear(this.#handle)
    this.#handle = undefined
    this.#lists.delete(this.#after)
  }

  #arm(after: Milliseconds): void {
    this.#handle = arm(this.#timers.globals, () => this.#expire(), after, this.#background)
  }

  #expire(): void {
    this.#handle = undefined
    const now = this.#timers.globals.now()
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
