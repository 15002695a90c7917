/** What failed in an exporter, and what it left out: nothing of that leaves it but as a metric. */
import { exporterInstruments } from './exporter-instruments.ts'
import { type Opened, open, type Sink } from './sink.ts'

export class ExporterErrors {
  readonly #metrics: Opened<typeof exporterInstruments>

  constructor(sink: Sink) {
    this.#metrics = open(sink, exporterInstruments)
    // A series that begins above 0 hides its first step from `increase`.
    for (const source of ['collect', 'tracker', 'objectives', 'policies']) this.#metrics.errors.inc({ source }, 0)
  }

  /** What `work` gives; where it throws that is counted, and nothing else happens. */
  guard<Result>(source: string, work: () => Result): Result | undefined {
    try {
      return work()
    } catch {
      this.#metrics.errors.inc({ source }, 1)
      return undefined
    }
  }

  dropped(limit: string, times = 1): void {
    this.#metrics.dropped.inc({ limit }, times)
  }
}
