/**
 * AIMD: one more after a good window, a tenth less after one with overload. It looks at failures, not at latencies.
 *
 * For dependencies that refuse or time out where they are overloaded, and do not only become slower. Source: AIMDLimit (Netflix).
 */
import type { LimitAlgorithm, LimiterWindow } from './limit-algorithm.ts'

const backoff = 0.9
/** A window that is slower than this counts as overloaded, whatever `when` says. */
const slowest = 5000

export class Aimd implements LimitAlgorithm {
  update(limit: number, { latency, inflight, drops }: LimiterWindow): number {
    if (drops > 0 || latency > slowest) return Math.floor(limit * backoff)
    return inflight * 2 >= limit ? limit + 1 : limit
  }
}
