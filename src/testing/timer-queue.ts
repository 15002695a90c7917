/**
 * The timers of a virtual clock by due time, and among equals in order of scheduling.
 *
 * A binary heap by (at, order); each entry knows its index, so cancelling a timer is O(log n) too. A simulation has thousands of
 * pending timeouts that never fire.
 * Invariant: `#heap[entry.index] === entry`, no entry is before its parent, and a timer's `list` is its entry.
 */
import type { Timer } from '../core/timer.ts'

class QueuedTimer {
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
  readonly #heap: QueuedTimer[] = []
  #order = 0
  /** How many of its timers are not background timers. */
  foreground = 0

  get length(): number {
    return this.#heap.length
  }

  /** The timer that is due first. */
  get first(): Timer | undefined {
    return this.#heap[0]?.timer
  }

  /** Adds a timer that is in no queue. It is due at its `at`. */
  add(timer: Timer): void {
    const entry = new QueuedTimer(this, timer, this.#order++, this.#heap.length)
    timer.list = entry
    if (!timer.background) this.foreground++
    this.#heap.push(entry)
    this.#up(entry)
  }

  /** Removes a timer; does nothing if it is not in this queue. */
  remove(timer: Timer): void {
    const entry = timer.list
    if (!(entry instanceof QueuedTimer) || entry.queue !== this) return
    timer.list = undefined
    if (!timer.background) this.foreground--
    const last = this.#heap.pop() as QueuedTimer
    if (last === entry) return
    last.index = entry.index
    this.#heap[last.index] = last
    this.#up(last)
    this.#down(last)
  }

  #up(entry: QueuedTimer): void {
    while (entry.index > 0) {
      const parent = this.#heap[(entry.index - 1) >> 1] as QueuedTimer
      if (!before(entry, parent)) return
      this.#swap(parent, entry)
    }
  }

  #down(entry: QueuedTimer): void {
    for (;;) {
      const left = this.#heap[2 * entry.index + 1]
      const right = this.#heap[2 * entry.index + 2]
      if (left === undefined) return
      const child = right !== undefined && before(right, left) ? right : left
      if (!before(child, entry)) return
      this.#swap(entry, child)
    }
  }

  /** Swaps a child with its parent. */
  #swap(parent: QueuedTimer, child: QueuedTimer): void {
    const index = parent.index
    parent.index = child.index
    child.index = index
    this.#heap[parent.index] = parent
    this.#heap[child.index] = child
  }
}

function before(a: QueuedTimer, b: QueuedTimer): boolean {
  return a.timer.at < b.timer.at || (a.timer.at === b.timer.at && a.order < b.order)
}
