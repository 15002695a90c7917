/**
 * Where values go: each exporter implements this.
 *
 * Invariant of those who write: `labels` of one series have the same keys in the same order each time.
 */
import type { CounterInstrument, GaugeInstrument, HistogramInstrument, Instrument } from './instrument.ts'

export type Labels = Readonly<Record<string, string>>

interface Metric {
  /** The series is gone. */
  remove(labels: Labels): void
}

export interface Counter extends Metric {
  inc(labels: Labels, by: number): void
}

export interface Gauge extends Metric {
  set(labels: Labels, value: number): void
}

export interface Histogram extends Metric {
  observe(labels: Labels, value: number): void
}

export interface Sink {
  counter(instrument: CounterInstrument): Counter
  gauge(instrument: GaugeInstrument): Gauge
  histogram(instrument: HistogramInstrument): Histogram
}

/** What a sink makes of each instrument. */
export type Opened<Instruments> = {
  readonly [Name in keyof Instruments]: Instruments[Name] extends CounterInstrument
    ? Counter
    : Instruments[Name] extends GaugeInstrument
      ? Gauge
      : Histogram
}

export function open<Instruments extends Readonly<Record<string, Instrument>>>(
  sink: Sink,
  instruments: Instruments,
): Opened<Instruments> {
  const opened = Object.entries(instruments).map(([name, instrument]) => [name, openOne(sink, instrument)])
  return Object.fromEntries(opened) as Opened<Instruments>
}

function openOne(sink: Sink, instrument: Instrument): Counter | Gauge | Histogram {
  if (instrument.kind === 'counter') return sink.counter(instrument)
  return instrument.kind === 'histogram' ? sink.histogram(instrument) : sink.gauge(instrument)
}
