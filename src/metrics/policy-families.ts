/** The instruments of calls and policies, opened in the sink of one exporter. */
import type { MetricTelemetry } from '../core/telemetry.ts'
import { callDuration, callInstruments, policyInstruments } from './catalogue.ts'
import {
  type Counter,
  type Gauge,
  type Histogram,
  type MetricSink,
  type OpenedInstruments,
  open,
  openOne,
} from './sink.ts'

export class PolicyFamilies {
  readonly calls: OpenedInstruments<typeof callInstruments>
  /** Only where durations of calls are asked for. */
  readonly callDuration: Histogram | undefined
  readonly #opened: ReadonlyMap<MetricTelemetry, Counter | Gauge | Histogram>

  /** `buckets` are those of the durations of calls, where these are asked for. */
  constructor(sink: MetricSink, buckets: readonly number[] | undefined) {
    this.calls = open(sink, callInstruments)
    this.callDuration = buckets && sink.histogram({ ...callDuration, buckets })
    this.#opened = new Map([...policyInstruments].map(([metric, instrument]) => [metric, openOne(sink, instrument)]))
  }

  counter(metric: MetricTelemetry): Counter {
    return this.#opened.get(metric) as Counter
  }

  gauge(metric: MetricTelemetry): Gauge {
    return this.#opened.get(metric) as Gauge
  }

  histogram(metric: MetricTelemetry): Histogram {
    return this.#opened.get(metric) as Histogram
  }
}
