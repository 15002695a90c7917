/** Counts what failed in an exporter, and what a limit left out. An error of the exporter shows as a metric, and nowhere else. */
import { exporterInstruments } from './catalogue.ts'
import { type MetricSink, type OpenedInstruments, open } from './sink.ts'

export class ExporterErrors {
  readonly #metrics: OpenedInstruments<typeof exporterInstruments>
  /** Counts a failure; a function, so that subscriptions can take it as it is. */
  readonly count = (source: string): void => this.#metrics.errors.inc({ source }, 1)

  constructor(sink: MetricSink) {
    this.#metrics = open(sink, exporterInstruments)
    // A series that begins above 0 hides its first step from `increase`.
    for (const source of ['collect', 'tracker', 'objectives', 'policies']) this.#metrics.errors.inc({ source }, 0)
  }

  /** Returns the result of `work`, or counts what it throws and returns undefined. */
  guard<Result>(source: string, work: () => Result): Result | undefined {
    try {
      return work()
    } catch {
      this.count(source)
      return undefined
    }
  }

  /** `limit` is the name of the option. */
  dropped(limit: string, times = 1): void {
    this.#metrics.dropped.inc({ limit }, times)
  }
}
