/**
 * The order of a queue, and how long a call may wait in it, by how long it has not been empty.
 *
 * A queue that empties itself takes up bursts: first in, first out. One that has not been empty for an interval only adds its length to
 * each latency: then the newest call goes first, and none waits longer than `target`. Source: Facebook, "Fail at Scale", 2015.
 */
import type { Milliseconds } from '../../core/duration.ts'

export class ControlledDelay {
  readonly #target: Milliseconds
  readonly #interval: Milliseconds
  #emptyAt: Milliseconds = Number.POSITIVE_INFINITY

  constructor(target: Milliseconds, interval: Milliseconds) {
    this.#target = target
    this.#interval = interval
  }

  /** The queue is empty at `now`. */
  empty(now: Milliseconds): void {
    this.#emptyAt = now
  }

  newestFirst(now: Milliseconds): boolean {
    return now - this.#emptyAt > this.#interval
  }

  maxWait(now: Milliseconds): Milliseconds {
    return this.newestFirst(now) ? this.#target : this.#interval
  }
}
