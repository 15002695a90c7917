/**
 * One real timer for all waits of the same length, with the timers of Node.
 *
 * Equal durations expire in order of arrival, so timers wait in one first-in, first-out list per duration: O(1) to add and
 * to cancel, and one real timer for each list, however many calls wait in it. Durations are rounded up to whole milliseconds,
 * so that waits with jitter share lists too.
 *
 * An empty list keeps its real timer for the next call, without keeping the process alive. A sweep cancels these timers at most
 * half a second later, and sooner if there are many.
 * Invariant: a list is sorted by `at`, and while it is not empty, a real timer is armed for no later than its head.
 */
import type { Milliseconds } from './duration.ts'
import { LinkedList } from './linked-list.ts'
import { arm, type Globals, type TimerHandle, unref } from './real-timers.ts'
import type { Timer } from './timer.ts'

/** When empty lists are swept, in ms, and how many of them there may be until then. */
const sweepAfter = 500
const mostIdle = 64

/** Where a timer of the real clock is scheduled. */
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
      if (list.empty) list.end()
    }
  }

  /** Cancels all real timers, and returns the timers that wait. */
  dissolve(): Timer[] {
    const waiting: Timer[] = []
    for (const lists of [this.#calls, this.#background]) {
      for (const list of lists.values()) {
        for (const timer of list.takeAll()) waiting.push(timer)
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
  readonly #waiting = new LinkedList<Timer>()
  /** It is among the lists to be swept. */
  idle = false
  #handle: TimerHandle | undefined = undefined

  constructor(timers: SharedTimers, lists: Map<Milliseconds, TimerList>, after: Milliseconds, background: boolean) {
    super()
    this.#timers = timers
    this.#lists = lists
    this.#after = after
    this.#background = background
  }

  get empty(): boolean {
    return this.#waiting.head === undefined
  }

  add(timer: Timer): void {
    timer.list = this
    const first = this.empty
    this.#waiting.append(timer)
    if (!first) return
    if (this.#handle === undefined) this.#arm(this.#after)
    else if (!this.#background && typeof this.#handle === 'object') this.#handle.ref?.()
  }

  remove(timer: Timer): void {
    this.#waiting.remove(timer)
    timer.list = undefined
    if (this.empty && this.#handle !== undefined) this.#timers.rest(this, this.#handle)
  }

  /** Empties the list, and returns its timers. */
  takeAll(): Timer[] {
    const taken: Timer[] = []
    for (let head = this.#waiting.head; head !== undefined; head = this.#waiting.head) {
      this.remove(head)
      taken.push(head)
    }
    return taken
  }

  /** Drops the list, which is empty, and its real timer. */
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
    const waiting = this.#waiting
    try {
      for (let head = waiting.head; head !== undefined && head.at <= now; head = waiting.head) {
        this.remove(head)
        head.fire()
      }
    } finally {
      // Also after a timer that throws: the timers behind it must still fire.
      if (this.#handle === undefined) {
        if (waiting.head === undefined) this.#lists.delete(this.#after)
        else this.#arm(Math.max(1, waiting.head.at - now))
      }
    }
  }
}
