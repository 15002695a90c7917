/**
 * The series of one component, objective, policy or member.
 *
 * Invariants: `drop` removes every series it made. A gauge that the latest `refresh` did not set is absent. A counter never
 * goes back, though the value it shows may: a failure that is dated back turns uptime into downtime. The counter then stays
 * where it is until the value overtakes it, so that no scrape takes the step back for a restart.
 */
import type { Counter, Gauge, Histogram, Labels } from './sink.ts'

type SeriesValues<Metric, Value> = Map<Metric, Map<string, readonly [labels: Labels, value: Value]>>

export class Series {
  readonly #labels: Labels
  #gauges: SeriesValues<Gauge, undefined> = new Map()
  readonly #counters: SeriesValues<Counter, number> = new Map()
  readonly #histograms: SeriesValues<Histogram, undefined> = new Map()

  /** Each of its series has `labels`. */
  constructor(labels: Labels) {
    this.#labels = labels
  }

  /** Runs `read`, which sets gauges, and removes the gauges it did not set, also where it throws. */
  refresh(read: () => void): void {
    const before = this.#gauges
    this.#gauges = new Map()
    try {
      read()
    } finally {
      for (const [gauge, known] of before) {
        for (const [key, [labels]] of known) if (!this.#gauges.get(gauge)?.has(key)) gauge.remove(labels)
      }
    }
  }

  /** Only inside `refresh`. An unknown value gives no series. */
  set(gauge: Gauge, labels: Labels, value: number | null | undefined): void {
    if (value === null || value === undefined) return
    const own = this.#own(this.#gauges, gauge, labels, undefined)
    gauge.set(own[0], value)
  }

  /** Sets 1 for `state`, and 0 for each of the other `states`. */
  setState(gauge: Gauge, states: readonly string[], state: string): void {
    for (const each of states) this.set(gauge, { state: each }, each === state ? 1 : 0)
  }

  add(counter: Counter, labels: Labels, by: number): void {
    const [, shown] = this.#own(this.#counters, counter, labels, 0)
    this.raise(counter, labels, shown + by)
  }

  /** Brings a counter up to `total`. */
  raise(counter: Counter, labels: Labels, total: number): void {
    const [own, shown] = this.#own(this.#counters, counter, labels, 0)
    const value = Math.max(total, shown)
    counter.inc(own, value - shown)
    this.#counters.get(counter)?.set(keyOf(labels), [own, value])
  }

  observe(histogram: Histogram, labels: Labels, value: number): void {
    this.observer(histogram, labels)(value)
  }

  /** Looks the series up once, for values that come often. */
  observer(histogram: Histogram, labels: Labels): (value: number) => void {
    const [own] = this.#own(this.#histograms, histogram, labels, undefined)
    return (value) => histogram.observe(own, value)
  }

  drop(): void {
    for (const shown of [this.#gauges, this.#counters, this.#histograms]) {
      for (const [metric, known] of shown as SeriesValues<Gauge, unknown>) {
        for (const [labels] of known.values()) metric.remove(labels)
      }
      shown.clear()
    }
  }

  #own<Metric extends object, Value>(
    shown: SeriesValues<Metric, Value>,
    metric: Metric,
    labels: Labels,
    first: Value,
  ): readonly [labels: Labels, value: Value] {
    let known = shown.get(metric)
    if (known === undefined) {
      known = new Map()
      shown.set(metric, known)
    }
    const key = keyOf(labels)
    let own = known.get(key)
    if (own === undefined) {
      own = [{ ...this.#labels, ...labels }, first]
      known.set(key, own)
    }
    return own
  }
}

function keyOf(labels: Labels): string {
  return Object.values(labels).join('\n')
}
