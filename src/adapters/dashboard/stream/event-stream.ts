/** The way to one page, whatever server it goes through. */
import type { Milliseconds } from '../../../core/duration.ts'

export abstract class Outlet {
  /** What waited at the last look, and what was sent since. */
  #before = 0
  #sent = 0

  /** Bytes, or characters, that were sent and wait unread. */
  abstract readonly waiting: number

  /** Something waits, and nothing was taken since the last look at it. */
  get stuck(): boolean {
    const { waiting } = this
    const stuck = waiting > 0 && waiting >= this.#before + this.#sent
    this.#before = waiting
    this.#sent = 0
    return stuck
  }

  send(text: string): void {
    this.#sent += this.write(text)
  }

  /** Nothing more will come. */
  abstract end(): void
  /** Breaks the connection. */
  abstract destroy(): void
  /** Gives by how much more waits now. */
  protected abstract write(text: string): number
}

/** So much may wait unread beyond the greeting, and so long may nothing be taken. */
const mostWaiting = 1_000_000
const mostPatience: Milliseconds = 30_000
/** So long may a page not say that it has read something. */
const mostSilence: Milliseconds = 240_000

/**
 * One page that is open. It is slow where too much waits, or nothing moves for too long. What little is said on a quiet page
 * moves into the buffers of the system, also where nobody reads it, or a reader is gone without a word: so the page says
 * itself that it reads.
 */
export class Client {
  readonly outlet: Outlet
  readonly #allowed: number
  #movedAt: Milliseconds
  #heardAt: Milliseconds

  constructor(outlet: Outlet, greeting: number, now: Milliseconds) {
    this.outlet = outlet
    this.#allowed = mostWaiting + greeting
    this.#movedAt = now
    this.#heardAt = now
  }

  heard(now: Milliseconds): void {
    this.#heardAt = now
  }

  isSlow(now: Milliseconds): boolean {
    if (!this.outlet.stuck) this.#movedAt = now
    const lately = now - this.#movedAt < mostPatience && now - this.#heardAt < mostSilence
    return !lately || this.outlet.waiting > this.#allowed
  }
}
