/**
 * Token bucket by the generic cell rate algorithm: the state is one number, the theoretical arrival time `tat`.
 *
 * A permit takes `interval = per / limit`; the bucket is full at `tat <= now`, and empty at `tat = now + depth`. Taking one permit n
 * times is the same as taking n permits. With a burst of 1 calls are evenly spaced. Source: ITU-T I.371.
 */
import type { Milliseconds } from '../core/duration.ts'
import { type RateAlgorithm, type RateLimits, tolerance } from './rate-algorithm.ts'

export class Gcra implements RateAlgorithm<Milliseconds> {
  #interval = 0
  /** How far `tat` may be ahead of now. */
  #depth = 0
  #burst = 0
  #tat = Number.NEGATIVE_INFINITY

  constructor(limits: RateLimits) {
    this.update(limits, 0)
  }

  wait(now: Milliseconds, cost: number): Milliseconds {
    if (cost > this.#burst) return Number.POSITIVE_INFINITY
    const wait = Math.max(this.#tat, now) + cost * this.#interval - now - this.#depth
    return wait <= tolerance ? 0 : wait
  }

  take(now: Milliseconds, _wait: Milliseconds, cost: number): void {
    this.#tat = Math.max(this.#tat, now) + cost * this.#interval
  }

  mark(): Milliseconds {
    return this.#tat
  }

  restore(tat: Milliseconds): void {
    this.#tat = tat
  }

  permits(now: Milliseconds): number {
    if (this.#interval === 0) return this.#burst
    return Math.max(0, (now + this.#depth - Math.max(this.#tat, now)) / this.#interval)
  }

  reset(now: Milliseconds): Milliseconds {
    return Math.max(0, this.#tat - now)
  }

  /** The permits that are missing stay missing, but no more than the bucket can hold. */
  update({ limit, per, burst }: RateLimits, now: Milliseconds): void {
    const missing = this.#interval === 0 ? 0 : this.reset(now) / this.#interval
    this.#interval = per / limit
    this.#depth = this.#interval === 0 ? 0 : burst * this.#interval
    this.#burst = burst
    if (missing > 0) this.#tat = now + Math.min(missing * this.#interval, this.#depth)
  }
}
