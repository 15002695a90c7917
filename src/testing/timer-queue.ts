/**
 * Timers by due time, and among equals by the order of scheduling: what a virtual clock runs through.
 *
 * A binary heap by (at, order); each entry knows its place, so taking back any timer is O(log n) too, however many wait. A
 * simulation has thousands of timeouts pending that never fire.
 * Invariant: `#heap[entry.index] === entry`, no entry comes before its parent, and a timer's `list` is its entry.
 */
import type { Timer } from '../core/timer.ts'

class Entry {
  readonly queue: TimerQueue
  readonly timer: Timer
  readonly order: number
  index: number

  constructor(queue: TimerQueue, timer: Timer, order: number, index: number) {
    this.queue = queue
    this.timer = timer
    this.order = order
    this.index = index
  }
}

export class TimerQueue {
  readonly #heap: Entry[] = []
  #order = 0
  /** How many of its timers are no background timers. */
  foreground = 0

  get length(): number {
    return this.#heap.length
  }

  /** The timer that is due first. */
  get first(): Timer | undefined {
    return this.#heap[0]?.timer
  }

  /** Adds a timer that is in no queue, by its `at`. */
  add(timer: Timer): void {
    const entry = new Entry(this, timer, this.#order++, this.#heap.length)
    timer.list = entry
    if (!timer.background) this.foreground++
    this.#heap.push(entry)
    this.#up(entry)
  }

  /** Takes a timer out; one that is not in this queue is left as it is. */
  remove(timer: Timer): void {
    const entry = timer.list
    if (!(entry instanceof Entry) || entry.queue !== this) return
    timer.list = undefined
    if (!timer.background) this.foreground--
    const last = this.#heap.pop() as Entry
    if (last === entry) return
    last.index = entry.index
    this.#heap[last.index] = last
    this.#up(last)
    this.#down(last)
  }

  #up(entry: Entry): void {
    while (entry.index > 0) {
      const parent = this.#heap[(entry.index - 1) >> 1] as Entry
      if (!before(entry, parent)) return
      this.#swap(parent, entry)
    }
  }

  #down(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.index + 1]
      const right = this.#heap[2 * entry.index + 2]
      if (left === undefined) return
      const child = right !== undefined && before(right, left) ? right : left
      if (!before(child, entry)) return
      this.#swap(entry, child)
    }
  }

  /** Puts a child in its parent's place. */
  #swap(parent: Entry, child: Entry): void {
    const index = parent.index
    parent.index = child.index
    child.index = index
    this.#heap[parent.index] = parent
    this.#heap[child.index] = child
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.timer.at < b.timer.at || (a.timer.at === b.timer.at && a.order < b.order)
}
