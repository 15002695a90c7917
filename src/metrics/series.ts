/**
 * The series of one thing: a component, an objective, a policy, a member.
 *
 * Invariant: every series it has made is known to it, so `drop` leaves nothing behind; a gauge that was not set by the latest
 * `refresh` is absent; and a counter never goes back, though what it shows may: a failure that is dated back turns time that
 * was shown as up into time down. Then it stands still until it is overtaken, and no scrape takes that for a restart.
 */
import type { Counter, Gauge, Histogram, Labels } from './sink.ts'

type Shown<Metric, Value> = Map<Metric, Map<string, readonly [labels: Labels, value: Value]>>

export class Series {
  readonly #labels: Labels
  #gauges: Shown<Gauge, undefined> = new Map()
  readonly #counters: Shown<Counter, number> = new Map()
  readonly #histograms: Shown<Histogram, undefined> = new Map()

  /** `labels` are those of each of its series. */
  constructor(labels: Labels) {
    this.#labels = labels
  }

  /** Sets gauges anew; those that `read` leaves out are gone, also where it throws. */
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

  /** Within `refresh`. What is not known is left out. */
  set(gauge: Gauge, labels: Labels, value: number | null | undefined): void {
    if (value === null || value === undefined) return
    const own = this.#own(this.#gauges, gauge, labels, undefined)
    gauge.set(own[0], value)
  }

  /** Of all these states it is in one. */
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

  /** For who observes often. */
  observer(histogram: Histogram, labels: Labels): (value: number) => void {
    const [own] = this.#own(this.#histograms, histogram, labels, undefined)
    return (value) => histogram.observe(own, value)
  }

  drop(): void {
    for (const shown of [this.#gauges, this.#counters, this.#histograms]) {
      for (const [metric, known] of shown as Shown<Gauge, unknown>) {
        for (const [labels] of known.values()) metric.remove(labels)
      }
      shown.clear()
    }
  }

  #own<Metric extends object, Value>(
    shown: Shown<Metric, Value>,
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
