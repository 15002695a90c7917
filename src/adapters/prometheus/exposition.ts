/**
 * The metrics of one exporter, in the registry it was given.
 *
 * A registry asks its metrics one by one when it is scraped; the first one asked has all collected, once a turn of the event
 * loop, so that all are of one instant. Invariant: all are in the registry, or none; and nothing collected ever throws into
 * a scrape. This is the only file that imports prom-client.
 */
import { Counter, Gauge, Histogram, type Registry, type RegistryContentType } from 'prom-client'

export type { Counter, Gauge, Histogram }
/** A registry of prom-client, of either format. */
export type MetricRegistry = Registry<RegistryContentType>

/** What becomes of it where the workers of a cluster are added up; a ratio of theirs would be none. */
type Aggregator = 'sum' | 'max' | 'first' | 'omit'

interface Common {
  readonly name: string
  readonly help: string
  readonly labelNames: string[]
  readonly registers: []
  collect(): void
}

export class Exposition {
  readonly #registry: MetricRegistry
  readonly #prefix: string
  readonly #metrics = new Map<string, Counter | Gauge | Histogram>()
  readonly #collectors: (() => void)[] = []
  #collected = false
  readonly #errors: Counter
  readonly #dropped: Counter

  constructor(registry: MetricRegistry, prefix: string) {
    this.#registry = registry
    this.#prefix = prefix
    this.#errors = this.counter('exporter_errors_total', 'Failures of the exporter that were contained', ['source'])
    this.#dropped = this.counter(
      'exporter_dropped_total',
      'How often something was left out of a scrape because a limit was reached',
      ['limit'],
    )
    // A series that begins above 0 hides its first step from `increase`.
    for (const source of ['collect', 'tracker', 'objectives', 'policies']) this.#errors.inc({ source }, 0)
  }

  counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return this.#keep(new Counter(this.#common(name, help, labelNames)))
  }

  gauge(name: string, help: string, labelNames: readonly string[], aggregator: Aggregator): Gauge {
    return this.#keep(new Gauge({ ...this.#common(name, help, labelNames), aggregator }))
  }

  /** `buckets` in seconds. */
  histogram(name: string, help: string, labelNames: readonly string[], buckets: readonly number[]): Histogram {
    return this.#keep(new Histogram({ ...this.#common(name, help, labelNames), buckets: [...buckets] }))
  }

  /** Puts all into the registry. @throws TypeError where it has one of these names already; then none is put. */
  open(): void {
    for (const name of this.#metrics.keys()) {
      if (this.#registry.getSingleMetric(name) === undefined) continue
      throw new TypeError(`holdfastMetrics: registry must not have ${name} yet, give another prefix or registry`)
    }
    for (const metric of this.#metrics.values()) this.#registry.registerMetric(metric)
  }

  /** Takes all out again; one that is another's by now is left. */
  close(): void {
    this.#collectors.length = 0
    for (const [name, metric] of this.#metrics) {
      if (this.#registry.getSingleMetric(name) === metric) this.#registry.removeSingleMetric(name)
    }
  }

  /** Calls `collect` before values are read. */
  onScrape(collect: () => void): void {
    this.#collectors.push(collect)
  }

  /** What `work` gives; where it throws that is counted, and nothing else happens. */
  guard<Result>(source: string, work: () => Result): Result | undefined {
    try {
      return work()
    } catch {
      this.#errors.inc({ source })
      return undefined
    }
  }

  dropped(limit: string, times = 1): void {
    this.#dropped.inc({ limit }, times)
  }

  #common(name: string, help: string, labelNames: readonly string[]): Common {
    return {
      name: `${this.#prefix}_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [],
      collect: () => this.#collect(),
    }
  }

  #keep<Metric extends Counter | Gauge | Histogram>(metric: Metric): Metric {
    // The name may be changed by a registry of the format OpenMetrics, so it is kept beside.
    this.#metrics.set((metric as unknown as { readonly name: string }).name, metric)
    return metric
  }

  #collect(): void {
    if (this.#collected) return
    this.#collected = true
    void Promise.resolve().then(() => {
      this.#collected = false
    })
    for (const collect of this.#collectors) this.guard('collect', collect)
  }
}
