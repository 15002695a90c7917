/**
 * Instruments of a meter. Counters and gauges are read when the meter asks, all at one instant; only durations are recorded
 * as they happen, because a histogram cannot be read.
 *
 * Invariant: a series that is unknown or removed has no cell, so it is not observed.
 */
import type { CounterInstrument, GaugeInstrument, HistogramInstrument, Instrument } from '../../metrics/instrument.ts'
import type { Counter, Gauge, Histogram, Labels, MetricSink } from '../../metrics/sink.ts'
import type {
  Attributes,
  BatchObservableCallback,
  BatchObservableResult,
  Meter,
  Observable,
  Histogram as Recorder,
} from './api.ts'
import { attributeName } from './attribute-names.ts'

export class MeterSink implements MetricSink {
  readonly #meter: Meter
  readonly #observed: ObservedInstrument[] = []
  #callback: BatchObservableCallback | undefined = undefined

  constructor(meter: Meter) {
    this.#meter = meter
  }

  counter(instrument: CounterInstrument): Counter {
    return this.#keep(instrument, this.#meter.createObservableCounter(nameOf(instrument), optionsOf(instrument)))
  }

  gauge(instrument: GaugeInstrument): Gauge {
    const options = optionsOf(instrument)
    const observable =
      instrument.kind === 'gauge'
        ? this.#meter.createObservableGauge(nameOf(instrument), options)
        : this.#meter.createObservableUpDownCounter(nameOf(instrument), options)
    return this.#keep(instrument, observable)
  }

  histogram(instrument: HistogramInstrument): Histogram {
    const advice = { explicitBucketBoundaries: [...instrument.buckets] }
    const options = { ...optionsOf(instrument), advice }
    return new RecordedHistogram(this.#meter.createHistogram(nameOf(instrument), options), instrument)
  }

  /** Calls `collect`, which never throws, before values are read. */
  open(collect: () => void): void {
    this.#callback = (result) => {
      collect()
      for (const observed of this.#observed) observed.observe(result)
    }
    this.#meter.addBatchObservableCallback(this.#callback, this.#observables)
  }

  /** Ends all observations. */
  close(): void {
    if (this.#callback === undefined) return
    this.#meter.removeBatchObservableCallback(this.#callback, this.#observables)
    this.#callback = undefined
  }

  get #observables(): Observable[] {
    return this.#observed.map(({ observable }) => observable)
  }

  #keep(instrument: Instrument, observable: Observable): ObservedInstrument {
    const observed = new ObservedInstrument(observable, instrument)
    this.#observed.push(observed)
    return observed
  }
}

class ObservedInstrument implements Counter, Gauge {
  readonly observable: Observable
  readonly #instrument: Instrument
  readonly #cells = new Map<string, { readonly attributes: Attributes; value: number }>()

  constructor(observable: Observable, instrument: Instrument) {
    this.observable = observable
    this.#instrument = instrument
  }

  inc(labels: Labels, by: number): void {
    this.#cell(labels).value += by
  }

  set(labels: Labels, value: number): void {
    this.#cell(labels).value = value
  }

  remove(labels: Labels): void {
    this.#cells.delete(JSON.stringify(labels))
  }

  observe(result: BatchObservableResult): void {
    for (const { attributes, value } of this.#cells.values()) result.observe(this.observable, value, attributes)
  }

  #cell(labels: Labels) {
    const key = JSON.stringify(labels)
    let cell = this.#cells.get(key)
    if (cell === undefined) {
      cell = { attributes: attributesOf(this.#instrument, labels), value: 0 }
      this.#cells.set(key, cell)
    }
    return cell
  }
}

class RecordedHistogram implements Histogram {
  readonly #recorder: Recorder
  readonly #instrument: HistogramInstrument
  /** Frequent observers give the same labels object each time. */
  readonly #known = new WeakMap<Labels, Attributes>()

  constructor(recorder: Recorder, instrument: HistogramInstrument) {
    this.#recorder = recorder
    this.#instrument = instrument
  }

  observe(labels: Labels, value: number): void {
    let attributes = this.#known.get(labels)
    if (attributes === undefined) {
      attributes = attributesOf(this.#instrument, labels)
      this.#known.set(labels, attributes)
    }
    this.#recorder.record(value, attributes)
  }

  /** Recorded values stay with the meter. */
  remove(): void {}
}

function nameOf({ name }: Instrument): string {
  return `holdfast.${name}`
}

function optionsOf({ description, unit }: Instrument) {
  return { description, unit }
}

function attributesOf({ attributes }: Instrument, labels: Labels): Attributes {
  const named = Object.entries(labels).map(([label, value]) => [attributeName(attributes[label] as string), value])
  return Object.fromEntries(named) as Attributes
}
