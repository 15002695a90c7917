/** How long a hedge waits: a fixed time, or a quantile of the latency of calls. */
import type { Milliseconds } from '../core/duration.ts'
import { MovingQuantile } from '../stats/moving-quantile.ts'

/** A delay that is learned. */
export interface QuantileSettings {
  readonly quantile: number
  readonly min: Milliseconds
  readonly samples: number
  readonly initial: Milliseconds | undefined
}

export class HedgeDelay {
  readonly #fixed: Milliseconds | undefined
  readonly #settings: QuantileSettings | undefined
  readonly #latency: MovingQuantile | undefined

  constructor(after: Milliseconds | QuantileSettings) {
    if (typeof after === 'number') this.#fixed = after
    else {
      this.#settings = after
      this.#latency = new MovingQuantile(after.quantile)
    }
  }

  get learns(): boolean {
    return this.#latency !== undefined
  }

  /** Undefined while it is not known. A learned one is in whole ms: calls that wait for the same time share a timer. */
  get ms(): Milliseconds | undefined {
    const latency = this.#latency
    if (latency === undefined) return this.#fixed
    const { min, samples, initial } = this.#settings as QuantileSettings
    return latency.count < samples ? initial : Math.max(min, Math.ceil(latency.estimate))
  }

  /** A call has succeeded. A clock that was set back makes no latency negative. */
  learn(latency: Milliseconds): void {
    this.#latency?.add(Math.max(0, latency))
  }
}
