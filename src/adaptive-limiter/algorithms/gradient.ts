/**
 * Gradient: the limit shrinks by how much slower calls are than the baseline, and grows by a small queue while they are not.
 *
 * The formula is that of Gradient2 (Netflix), with the least latency in place of the average. It stays where the latency is `tolerance`
 * times the baseline: at a dependency that queues beyond its capacity, at about `tolerance * capacity + 4`.
 */
import type { Milliseconds } from '../../core/duration.ts'
import { Baseline } from './baseline.ts'
import type { LimitAlgorithm, LimiterWindow } from './limit-algorithm.ts'

const smoothing = 0.2
/** Calls that may queue at the dependency, so that the limit can grow. */
const allowance = 4

export class Gradient implements LimitAlgorithm {
  readonly #tolerance: number
  readonly #baseline = new Baseline()

  constructor(tolerance: number) {
    this.#tolerance = tolerance
  }

  get baseline(): Milliseconds | undefined {
    return this.#baseline.value
  }

  get probing(): boolean {
    return this.#baseline.probing
  }

  update(limit: number, { latency, inflight }: LimiterWindow): number {
    if (this.#baseline.measures(latency) || inflight < limit / 2) return limit
    const gradient = Math.max(0.5, Math.min(1, (this.#tolerance * (this.baseline ?? 0)) / latency))
    return (1 - smoothing) * limit + smoothing * (gradient * limit + allowance)
  }
}
