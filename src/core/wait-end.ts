/**
 * The end of a wait in a queue: by the longest wait that the queue allows, or by the deadline of the call.
 *
 * Calls that join a flight put its deadline off. Then the wait of the flight goes on, until the queue's own limit or the later deadline.
 */
import type { Clock } from './clock.ts'
import type { Milliseconds } from './duration.ts'
import type { Scope } from './hooks.ts'
import { Timer } from './timer.ts'

/** The queue in which calls wait; `Limit` are the names of its own limits. */
export interface LimitedQueue<Call, Limit extends string> {
  readonly clock: Clock
  /** The wait of a call was too long. */
  expire(call: Call, reason: Limit | 'deadline'): void
}

export class WaitEnd<Call extends { readonly scope: Scope }, Limit extends string> extends Timer {
  readonly #queue: LimitedQueue<Call, Limit>
  readonly #call: Call
  /** When the limit of the queue ends the wait; `Infinity` if it has none. */
  readonly #latest: Milliseconds
  readonly #limit: Limit

  constructor(queue: LimitedQueue<Call, Limit>, call: Call, latest: Milliseconds, limit: Limit) {
    super()
    this.#queue = queue
    this.#call = call
    this.#latest = latest
    this.#limit = limit
  }

  fire(): void {
    const { clock } = this.#queue
    const { scope } = this.#call
    const now = clock.now()
    const own = this.#latest - now
    const remaining = scope.remaining(clock, now)
    const wait = Math.min(own, remaining)
    if (scope.limit?.rises && wait > 0) {
      // Without a limit the call waits until it has a place.
      if (wait !== Number.POSITIVE_INFINITY) clock.schedule(this, wait, now)
    } else this.#queue.expire(this.#call, own <= remaining ? this.#limit : 'deadline')
  }
}
