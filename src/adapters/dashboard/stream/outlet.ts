/** The way to one page, whatever server it goes through. */
import type { Milliseconds } from '../../../core/duration.ts'

export interface Outlet {
  /** Bytes, or characters, that were sent and wait unread. */
  readonly waiting: number
  /** Something waits, and nothing was taken since the last look at it. */
  readonly stuck: boolean
  send(text: string): void
  /** Nothing more will come. */
  end(): void
  /** Breaks the connection. */
  destroy(): void
}

/** So much may wait unread beyond the greeting, and so long may nothing be taken. */
const mostWaiting = 1_000_000
const mostPatience: Milliseconds = 30_000

/** One page that is open. It is slow where too much waits, or nothing moves for too long. */
export class Client {
  readonly outlet: Outlet
  readonly #allowed: number
  #movedAt: Milliseconds

  constructor(outlet: Outlet, greeting: number, now: Milliseconds) {
    this.outlet = outlet
    this.#allowed = mostWaiting + greeting
    this.#movedAt = now
  }

  isSlow(now: Milliseconds): boolean {
    if (!this.outlet.stuck) this.#movedAt = now
    return this.outlet.waiting > this.#allowed || now - this.#movedAt >= mostPatience
  }
}
