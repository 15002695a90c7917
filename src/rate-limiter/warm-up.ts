/**
 * Warm-up: after a pause the rate rises from cold to stable, for a dependency that fills caches and connections first.
 *
 * Permits are stored while idle. Those above a threshold are slow to take, in proportion to how many are stored, so the wait for
 * several is the area under a line. A call pays for the one before it. Source: Guava, `SmoothRateLimiter.SmoothWarmingUp`.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { RateAlgorithm, RateLimits } from './rate-algorithm.ts'

/** How a limiter warms up, resolved. */
export interface WarmUpSettings {
  readonly period: Milliseconds
  readonly coldFactor: number
}

interface WarmUpMark {
  readonly stored: number
  readonly free: Milliseconds
}

export class WarmUp implements RateAlgorithm<WarmUpMark> {
  readonly #settings: WarmUpSettings
  /** Time a permit takes when warm. */
  #stable = 0
  #threshold = 0
  #most = 1
  #slope = 0
  /** Permits stored at `#free`; it starts cold. */
  #stored = 1
  /** When the next call may start. */
  #free = Number.NEGATIVE_INFINITY

  constructor(limits: RateLimits, settings: WarmUpSettings) {
    this.#settings = settings
    this.update(limits)
  }

  wait(now: Milliseconds): Milliseconds {
    return Math.max(0, this.#free - now)
  }

  take(now: Milliseconds, _wait: Milliseconds, cost: number): void {
    if (now > this.#free) {
      this.#stored = Math.min(this.#most, this.#stored + ((now - this.#free) * this.#most) / this.#settings.period)
      this.#free = now
    }
    const spent = Math.min(cost, this.#stored)
    this.#free += this.#timeOf(spent) + (cost - spent) * this.#stable
    this.#stored -= spent
  }

  mark(): WarmUpMark {
    return { stored: this.#stored, free: this.#free }
  }

  restore({ stored, free }: WarmUpMark): void {
    this.#stored = stored
    this.#free = free
  }

  permits(now: Milliseconds): number {
    return this.#free <= now ? 1 : 0
  }

  reset(now: Milliseconds): Milliseconds {
    return this.wait(now)
  }

  /** Keeps the fraction of permits that is stored. */
  update({ limit, per }: RateLimits): void {
    const { period, coldFactor } = this.#settings
    const before = this.#most
    this.#stable = per / limit
    const cold = this.#stable * coldFactor
    this.#threshold = (0.5 * period) / this.#stable
    this.#most = this.#threshold + (2 * period) / (this.#stable + cold)
    this.#slope = (cold - this.#stable) / (this.#most - this.#threshold)
    this.#stored *= this.#most / before
  }

  /** How long the next `count` stored permits take: those above the threshold first. */
  #timeOf(count: number): Milliseconds {
    const above = this.#stored - this.#threshold
    const slow = Math.min(count, Math.max(0, above))
    // The mean over the slow ones: the line is straight.
    return count * this.#stable + slow * this.#slope * (above - slow / 2)
  }
}
