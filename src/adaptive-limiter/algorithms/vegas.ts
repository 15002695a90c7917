/**
 * Vegas: estimates how many calls queue at the dependency, and keeps that number small.
 *
 * `queue = limit * (1 - baseline / latency)`. The bounds of the queue grow with the logarithm of the limit. Source: VegasLimit (Netflix),
 * after TCP Vegas; the baseline is measured by probes at half the limit, since at the full limit it would rise with the queue.
 */
import type { Milliseconds } from '../../core/duration.ts'
import { Baseline } from './baseline.ts'
import type { LimitAlgorithm, LimiterWindow } from './limit-algorithm.ts'

export class Vegas implements LimitAlgorithm {
  readonly #smoothing: number
  readonly #baseline = new Baseline()

  constructor(smoothing = 1) {
    this.#smoothing = smoothing
  }

  get baseline(): Milliseconds | undefined {
    return this.#baseline.value
  }

  get probing(): boolean {
    return this.#baseline.probing
  }

  update(limit: number, window: LimiterWindow): number {
    const before = this.baseline
    if (this.#baseline.measures(window.latency)) return limit
    // The window that sets the baseline has nothing to be compared with.
    if (window.drops === 0 && this.baseline !== before) return limit
    return limit + this.#smoothing * this.#step(limit, window)
  }

  #step(limit: number, { latency, inflight, drops }: LimiterWindow): number {
    const step = Math.max(1, Math.floor(Math.log10(limit)))
    if (drops > 0) return -step
    if (inflight * 2 < limit) return 0
    // A latency without overload has set the baseline.
    const queue = Math.ceil(limit * (1 - (this.baseline as Milliseconds) / latency))
    if (queue <= step) return 6 * step
    if (queue < 3 * step) return step
    return queue > 6 * step ? -step : 0
  }
}
