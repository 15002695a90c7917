/**
 * One open page. It is slow if too much waits for it, or if it takes nothing for too long.
 *
 * On a quiet page the few events fit into the buffers of the system, even if nothing reads them or the reader vanished without
 * closing the connection. So the page also sends heartbeats.
 */
import type { Milliseconds } from '../../../core/duration.ts'
import type { EventStream } from './event-stream.ts'

/** The most that may wait beyond the greeting. */
const maxWaiting = 1_000_000
/** How long nothing may be taken while something waits. */
const maxStuck: Milliseconds = 30_000
/** The longest time without a heartbeat of the page. */
const maxSilence: Milliseconds = 240_000

export class StreamClient {
  readonly stream: EventStream
  readonly #allowed: number
  #movedAt: Milliseconds
  #heartbeatAt: Milliseconds

  constructor(stream: EventStream, greeting: number, now: Milliseconds) {
    this.stream = stream
    this.#allowed = maxWaiting + greeting
    this.#movedAt = now
    this.#heartbeatAt = now
  }

  heartbeat(now: Milliseconds): void {
    this.#heartbeatAt = now
  }

  isSlow(now: Milliseconds): boolean {
    if (!this.stream.stuck) this.#movedAt = now
    const active = now - this.#movedAt < maxStuck && now - this.#heartbeatAt < maxSilence
    return !active || this.stream.waiting > this.#allowed
  }
}
