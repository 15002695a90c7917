/**
 * The metrics of one exporter, in the registry it was given.
 *
 * A scraped registry asks its metrics one by one. The first metric asked has all collected, once a turn of the event loop, so
 * that all values are of one instant. Invariant: the registry has all of the metrics, or none. This is the only file that
 * imports prom-client.
 */
import { Counter, Gauge, Histogram, type Registry, type RegistryContentType } from 'prom-client'
import type { CounterInstrument, GaugeInstrument, HistogramInstrument, Instrument } from '../../metrics/instrument.ts'
import type { MetricSink } from '../../metrics/sink.ts'
import { metricName } from './metric-name.ts'

/** A registry of prom-client, of either format. */
export type MetricRegistry = Registry<RegistryContentType>

interface MetricSettings {
  readonly name: string
  readonly help: string
  readonly labelNames: string[]
  readonly registers: []
  collect(): void
}

export class Exposition implements MetricSink {
  readonly #registry: MetricRegistry
  readonly #prefix: string
  readonly #metrics = new Map<string, Counter | Gauge | Histogram>()
  #collector: (() => void) | undefined = undefined
  #collected = false

  constructor(registry: MetricRegistry, prefix: string) {
    this.#registry = registry
    this.#prefix = prefix
  }

  counter(instrument: CounterInstrument): Counter {
    return this.#keep(new Counter(this.#common(instrument)))
  }

  gauge(instrument: GaugeInstrument): Gauge {
    return this.#keep(new Gauge({ ...this.#common(instrument), aggregator: instrument.aggregator }))
  }

  histogram(instrument: HistogramInstrument): Histogram {
    return this.#keep(new Histogram({ ...this.#common(instrument), buckets: [...instrument.buckets] }))
  }

  /**
   * Registers all metrics, and calls `collect`, which never throws, before values are read.
   * @throws TypeError where the registry has one of these names already; then it registers none.
   */
  open(collect: () => void): void {
    for (const name of this.#metrics.keys()) {
      if (this.#registry.getSingleMetric(name) === undefined) continue
      throw new TypeError(`holdfastMetrics: registry must not have ${name} yet, give another prefix or registry`)
    }
    for (const metric of this.#metrics.values()) this.#registry.registerMetric(metric)
    this.#collector = collect
  }

  /** Unregisters all metrics, except a name that belongs to another metric by now. */
  close(): void {
    this.#collector = undefined
    for (const [name, metric] of this.#metrics) {
      if (this.#registry.getSingleMetric(name) === metric) this.#registry.removeSingleMetric(name)
    }
  }

  #common(instrument: Instrument): MetricSettings {
    return {
      name: metricName(this.#prefix, instrument),
      help: instrument.description,
      labelNames: Object.keys(instrument.attributes),
      registers: [],
      collect: () => this.#collect(),
    }
  }

  #keep<Metric extends Counter | Gauge | Histogram>(metric: Metric): Metric {
    // A registry of the OpenMetrics format may change the metric's name, so the original is kept.
    this.#metrics.set((metric as unknown as { readonly name: string }).name, metric)
    return metric
  }

  #collect(): void {
    if (this.#collected) return
    this.#collected = true
    void Promise.resolve().then(() => {
      this.#collected = false
    })
    this.#collector?.()
  }
}
