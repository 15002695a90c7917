/**
 * An instrument: one thing to measure, described once for every exporter.
 *
 * Names, units and kinds follow OpenTelemetry; the exporter to another system derives that system's names from them. Short
 * labels distinguish series, and each label corresponds to one attribute.
 */

/** Labels, each with its attribute, without the namespace: `component.name`. */
export type LabelAttributes = Readonly<Record<string, string>>

/** How the values of a cluster's workers become one. A sum or mean of ratios would be wrong, so these are left out. */
export type Aggregator = 'sum' | 'max' | 'first' | 'omit'

interface InstrumentBase {
  /** Lower case, dotted, without the namespace: `component.state.time`. */
  readonly name: string
  /** UCUM: `s`, `1` for ratios, or what is counted, in braces: `{call}`. */
  readonly unit: string
  readonly description: string
  readonly attributes: LabelAttributes
}

/** Only grows. */
export interface CounterInstrument extends InstrumentBase {
  readonly kind: 'counter'
}

/** A current value: those of an `upDownCounter` can be added up, those of a `gauge` cannot. */
export interface GaugeInstrument extends InstrumentBase {
  readonly kind: 'upDownCounter' | 'gauge'
  readonly aggregator: Aggregator
}

export interface HistogramInstrument extends InstrumentBase {
  readonly kind: 'histogram'
  /** Upper bounds in the unit, rising. */
  readonly buckets: readonly number[]
}

export type Instrument = CounterInstrument | GaugeInstrument | HistogramInstrument

export function counter(
  name: string,
  unit: string,
  description: string,
  attributes: LabelAttributes,
): CounterInstrument {
  return { kind: 'counter', name, unit, description, attributes }
}

export function upDownCounter(
  name: string,
  unit: string,
  description: string,
  attributes: LabelAttributes,
): GaugeInstrument {
  return { kind: 'upDownCounter', name, unit, description, attributes, aggregator: 'sum' }
}

export function gauge(
  name: string,
  unit: string,
  description: string,
  attributes: LabelAttributes,
  aggregator: Aggregator = 'omit',
): GaugeInstrument {
  return { kind: 'gauge', name, unit, description, attributes, aggregator }
}

/** In seconds. */
export function durations(
  name: string,
  description: string,
  attributes: LabelAttributes,
  buckets: readonly number[],
): HistogramInstrument {
  return { kind: 'histogram', name, unit: 's', description, attributes, buckets }
}
