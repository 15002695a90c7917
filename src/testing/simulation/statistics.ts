/** The statistics of a simulation: quantiles of a sample, and means over time. */
import type { Milliseconds } from '../../core/duration.ts'

/** Durations of calls in ms; each is null if no call succeeded. */
export interface LatencySummary {
  readonly mean: Milliseconds | null
  readonly p50: Milliseconds | null
  readonly p90: Milliseconds | null
  readonly p99: Milliseconds | null
  readonly p999: Milliseconds | null
  readonly max: Milliseconds | null
}

/** The quantile by nearest rank: the smallest sample that is at least as large as the share `q` of all samples. */
export function quantile(ascending: Float64Array, q: number): number | null {
  return ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] ?? null
}

export function summary(samples: readonly Milliseconds[]): LatencySummary {
  const ascending = Float64Array.from(samples).sort()
  const sum = ascending.reduce((total, sample) => total + sample, 0)
  return {
    mean: samples.length === 0 ? null : sum / samples.length,
    p50: quantile(ascending, 0.5),
    p90: quantile(ascending, 0.9),
    p99: quantile(ascending, 0.99),
    p999: quantile(ascending, 0.999),
    max: quantile(ascending, 1),
  }
}

/** The mean of a value over time, from `begin` to `end`, which is later. */
export class TimeMean {
  #value = 0
  #since: Milliseconds = 0
  #began: Milliseconds = 0
  #area = 0
  #mean: number | undefined = undefined

  set(value: number, now: Milliseconds): void {
    this.#area += this.#value * (now - this.#since)
    this.#since = now
    this.#value = value
  }

  begin(now: Milliseconds): void {
    this.#area = 0
    this.#since = now
    this.#began = now
  }

  end(now: Milliseconds): void {
    this.set(this.#value, now)
    this.#mean = this.#area / (now - this.#began)
  }

  /** The mean; only after `end`. */
  get mean(): number {
    return this.#mean as number
  }
}
