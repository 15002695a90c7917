/**
 * An instrument: what is measured, described once for every exporter.
 *
 * Names, units and kinds are those of OpenTelemetry; what another system calls it is derived from them by that system's
 * exporter. Series are told apart by short labels, and each label stands for one attribute.
 */

/** Labels, each with the attribute it stands for; attributes without the namespace, as in `component.name`. */
export type Attributes = Readonly<Record<string, string>>

/** What becomes of it where the workers of a cluster are added up; a ratio of theirs would be none. */
export type Aggregator = 'sum' | 'max' | 'first' | 'omit'

interface Described {
  /** Lower case, dotted, without the namespace: `component.state.time`. */
  readonly name: string
  /** UCUM: `s`, `1` for ratios, or what is counted, in braces: `{call}`. */
  readonly unit: string
  readonly description: string
  readonly attributes: Attributes
}

/** What only grows. */
export interface CounterInstrument extends Described {
  readonly kind: 'counter'
}

/** What stands where it stands: an `upDownCounter` can be added up, a `gauge` cannot. */
export interface GaugeInstrument extends Described {
  readonly kind: 'upDownCounter' | 'gauge'
  readonly aggregator: Aggregator
}

export interface HistogramInstrument extends Described {
  readonly kind: 'histogram'
  /** Upper bounds, rising, in the unit. */
  readonly buckets: readonly number[]
}

export type Instrument = CounterInstrument | GaugeInstrument | HistogramInstrument

export function counter(name: string, unit: string, description: string, attributes: Attributes): CounterInstrument {
  return { kind: 'counter', name, unit, description, attributes }
}

export function upDownCounter(
  name: string,
  unit: string,
  description: string,
  attributes: Attributes,
): GaugeInstrument {
  return { kind: 'upDownCounter', name, unit, description, attributes, aggregator: 'sum' }
}

export function gauge(
  name: string,
  unit: string,
  description: string,
  attributes: Attributes,
  aggregator: Aggregator = 'omit',
): GaugeInstrument {
  return { kind: 'gauge', name, unit, description, attributes, aggregator }
}

/** In seconds. */
export function durations(
  name: string,
  description: string,
  attributes: Attributes,
  buckets: readonly number[],
): HistogramInstrument {
  return { kind: 'histogram', name, unit: 's', description, attributes, buckets }
}
