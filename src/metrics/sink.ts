/**
 * The target of all values: each exporter implements it.
 *
 * Writers must give the labels of one series with the same keys in the same order each time.
 */
import type { CounterInstrument, GaugeInstrument, HistogramInstrument, Instrument } from './instrument.ts'

export type Labels = Readonly<Record<string, string>>

interface MetricFamily {
  /** Removes one series. */
  remove(labels: Labels): void
}

export interface Counter extends MetricFamily {
  inc(labels: Labels, by: number): void
}

export interface Gauge extends MetricFamily {
  set(labels: Labels, value: number): void
}

export interface Histogram extends MetricFamily {
  observe(labels: Labels, value: number): void
}

export interface MetricSink {
  counter(instrument: CounterInstrument): Counter
  gauge(instrument: GaugeInstrument): Gauge
  histogram(instrument: HistogramInstrument): Histogram
}

/** What a sink makes of each instrument. */
export type OpenedInstruments<Instruments> = {
  readonly [Name in keyof Instruments]: Instruments[Name] extends CounterInstrument
    ? Counter
    : Instruments[Name] extends GaugeInstrument
      ? Gauge
      : Histogram
}

export function open<Instruments extends Readonly<Record<string, Instrument>>>(
  sink: MetricSink,
  instruments: Instruments,
): OpenedInstruments<Instruments> {
  const opened = Object.entries(instruments).map(([name, instrument]) => [name, openOne(sink, instrument)])
  return Object.fromEntries(opened) as OpenedInstruments<Instruments>
}

export function openOne(sink: MetricSink, instrument: Instrument): Counter | Gauge | Histogram {
  if (instrument.kind === 'counter') return sink.counter(instrument)
  return instrument.kind === 'histogram' ? sink.histogram(instrument) : sink.gauge(instrument)
}
