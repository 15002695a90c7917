/**
 * Which calls that come out of the queue are refused: those that waited long, while all wait long.
 *
 * Overload is where even the shortest wait of the last interval was longer than `target`. Then a wait of more than twice the target is too
 * long. The first call of an interval is never refused. Source: Codel of folly, for requests in place of packets.
 */
import type { Milliseconds } from '../../core/duration.ts'

export class RequestCodel {
  readonly #target: Milliseconds
  readonly #interval: Milliseconds
  #ends: Milliseconds = Number.NEGATIVE_INFINITY
  #shortest: Milliseconds = 0
  #overloaded = false

  constructor(target: Milliseconds, interval: Milliseconds) {
    this.#target = target
    this.#interval = interval
  }

  get overloaded(): boolean {
    return this.#overloaded
  }

  refuses(now: Milliseconds, waited: Milliseconds): boolean {
    // The second condition: the clock was set back.
    if (now > this.#ends || now < this.#ends - this.#interval) {
      this.#overloaded = this.#shortest > this.#target
      this.#shortest = waited
      this.#ends = now + this.#interval
      return false
    }
    this.#shortest = Math.min(this.#shortest, waited)
    return this.#overloaded && waited > 2 * this.#target
  }
}
