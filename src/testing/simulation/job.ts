/**
 * A request at a simulated server.
 *
 * A job is the timer of its own service. Invariant: at any moment it is in the queue, in service, or done.
 */
import type { Milliseconds } from '../../core/duration.ts'
import { Timer } from '../../core/timer.ts'

export interface SimulatedRequest {
  readonly client: number
  /** Whether its call came after the warm-up, so that it counts in the result. */
  readonly counted: boolean
  /** The client's signal; undefined if the member does not stop work when a client aborts. */
  readonly signal: AbortSignal | undefined
}

export class Job extends Timer {
  readonly request: SimulatedRequest
  readonly arrivedAt: Milliseconds
  /** Resolves with the name of the server that served it. */
  readonly answer: Promise<string>
  readonly #done: (job: Job) => void
  resolve!: (name: string) => void
  reject!: (reason: unknown) => void
  /** Its answer will be an error. */
  fails = false
  /** The time of service that was left when the server froze. */
  left: Milliseconds = 0
  ahead: Job | undefined = undefined
  behind: Job | undefined = undefined
  waiting = false
  /** Removes the listener on the client's signal. */
  unlisten: (() => void) | undefined = undefined

  /** Calls `done` when its service ends. */
  constructor(request: SimulatedRequest, arrivedAt: Milliseconds, done: (job: Job) => void) {
    super()
    this.request = request
    this.arrivedAt = arrivedAt
    this.#done = done
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  fire(): void {
    this.#done(this)
  }
}
