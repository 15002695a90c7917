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
  #reason: Limit | 'deadline'

  constructor(
    queue: LimitedQueue<Call, Limit>,
    call: Call,
    latest: Milliseconds,
    limit: Limit,
    reason: Limit | 'deadline',
  ) {
    super()
    this.#queue = queue
    this.#call = call
    this.#latest = latest
    this.#limit = limit
    this.#reason = reason
  }

  fire(): void {
    if (this.#reason === 'deadline' && this.#call.scope.limit?.rises && this.#goesOn()) return
    this.#queue.expire(this.#call, this.#reason)
  }

  /** Whether the deadline was put off. Without a limit the call waits until it has a place. */
  #goesOn(): boolean {
    const { clock } = this.#queue
    const now = clock.now()
    const remaining = this.#call.scope.remaining(clock, now)
    const wait = Math.min(this.#latest - now, remaining)
    if (wait <= 0) return false
    if (this.#latest - now <= remaining) this.#reason = this.#limit
    if (wait !== Number.POSITIVE_INFINITY) clock.schedule(this, wait, now)
    return true
  }
}
