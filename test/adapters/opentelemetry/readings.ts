/** What a meter has, as an SDK reads it. */
import type { Meter } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  MeterProvider,
  type MetricData,
  MetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

export class Readings {
  readonly meter: Meter
  readonly #reader: Reader

  /** With `delta`, a value that is no longer observed disappears. */
  constructor({ delta = false } = {}) {
    const temporality = delta ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE
    this.#reader = new Reader({ aggregationTemporalitySelector: () => temporality })
    this.meter = new MeterProvider({ readers: [this.#reader] }).getMeter('test')
  }

  async read(): Promise<ResourceMetrics> {
    const { resourceMetrics, errors } = await this.#reader.collect()
    if (errors.length > 0) throw errors[0]
    return resourceMetrics
  }

  async metrics(): Promise<ReadonlyMap<string, MetricData>> {
    const { scopeMetrics } = await this.read()
    return new Map(scopeMetrics.flatMap(({ metrics }) => metrics).map((metric) => [metric.descriptor.name, metric]))
  }

  /** The points of one metric, by their attributes. */
  async of(name: string): Promise<Record<string, number>> {
    const found: Record<string, number> = {}
    const points = ((await this.metrics()).get(name)?.dataPoints ?? []) as readonly DataPoint<number | Histogram>[]
    for (const { attributes, value } of points) {
      const key = Object.entries(attributes).map(([attribute, of]) => `${attribute}=${of}`)
      found[key.sort().join(',')] = typeof value === 'number' ? value : value.count
    }
    return found
  }
}
