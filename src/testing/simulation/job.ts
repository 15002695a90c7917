/**
 * A request at a simulated server, and the line in which requests wait.
 *
 * A job is the timer of its own service. Invariant: it is in one place at a time: in the line, in service, or done.
 */

import type { Milliseconds } from '../../core/duration.ts'
import { Timer } from '../../core/timer.ts'

/** Why a simulated member did not serve a request. */
export type SimulatedCode =
  /** It is down. */
  | 'ECONNREFUSED'
  /** It went down while the request was under way. */
  | 'ECONNRESET'
  /** Its queue is full. */
  | 'SIM_BUSY'
  /** It answered an error. */
  | 'SIM_FAILED'

const reasons: Readonly<Record<SimulatedCode, string>> = {
  ECONNREFUSED: 'refused: it is down',
  ECONNRESET: 'lost: it went down',
  SIM_BUSY: 'refused: its queue is full',
  SIM_FAILED: 'answered with an error',
}

/** What operations reject with at a simulated member. */
export class SimulatedError extends Error {
  override readonly name = 'SimulatedError'
  readonly code: SimulatedCode
  /** The member's name. */
  readonly member: string

  constructor(member: string, code: SimulatedCode) {
    super(`${member}: the request was ${reasons[code]}`)
    this.code = code
    this.member = member
  }
}

/** What is known of a request when it comes. */
export interface Request {
  readonly client: number
  /** Its call came in the time that is counted. */
  readonly counted: boolean
  /** Set where the member is to hear of the client's giving up. */
  readonly signal: AbortSignal | undefined
}

export class Job extends Timer {
  readonly request: Request
  readonly arrivedAt: Milliseconds
  /** Gives the name of the server that served it. */
  readonly answer: Promise<string>
  readonly #done: (job: Job) => void
  resolve!: (name: string) => void
  reject!: (reason: unknown) => void
  /** Its answer will be an error. */
  fails = false
  /** What was left of its service when the server froze. */
  left: Milliseconds = 0
  ahead: Job | undefined = undefined
  behind: Job | undefined = undefined
  waiting = false
  /** Stops hearing of the client's giving up. */
  deafen: (() => void) | undefined = undefined

  /** `done` is told when its service is over. */
  constructor(request: Request, arrivedAt: Milliseconds, done: (job: Job) => void) {
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

/** First in, first out, and anyone may leave: all in O(1), for an overloaded server has tens of thousands waiting. */
export class Line {
  #head: Job | undefined = undefined
  #tail: Job | undefined = undefined
  length = 0

  push(job: Job): void {
    job.waiting = true
    job.ahead = this.#tail
    if (this.#tail === undefined) this.#head = job
    else this.#tail.behind = job
    this.#tail = job
    this.length++
  }

  shift(): Job | undefined {
    const job = this.#head
    if (job !== undefined) this.remove(job)
    return job
  }

  remove(job: Job): void {
    if (job.ahead === undefined) this.#head = job.behind
    else job.ahead.behind = job.behind
    if (job.behind === undefined) this.#tail = job.ahead
    else job.behind.ahead = job.ahead
    job.ahead = job.behind = undefined
    job.waiting = false
    this.length--
  }
}
