import { describe, expect, it } from 'vitest'
import { metricName } from '../../src/adapters/prometheus/metric-name.ts'
import {
  callDuration,
  callInstruments,
  componentInstruments,
  exporterInstruments,
  objectiveInstruments,
  policyInstruments,
  trackerInstruments,
} from '../../src/metrics/catalogue.ts'
import type { Instrument } from '../../src/metrics/instrument.ts'
import published from '../data/availability-metrics.json'

const all: readonly Instrument[] = [
  ...[exporterInstruments, callInstruments, componentInstruments, objectiveInstruments, trackerInstruments].flatMap(
    (instruments) => Object.values<Instrument>(instruments),
  ),
  callDuration,
  ...policyInstruments.values(),
]
const rows = new Map(published.metrics.map((row) => [row.otel.replace(/^lib\./, ''), row]))
const shared = all.filter(({ name }) => rows.has(name))
const own = (attribute: string): string => attribute.replace(/^lib\./, '')

/** Attributes of the published table that are unknown where the event is counted. */
const missing: Readonly<Record<string, readonly string[]>> = {
  'component.failures': ['error.type'],
  'fallback.invocations': ['outcome'],
}

describe('the instruments', () => {
  it('have names of their own, lower case and dotted, none of which is the namespace of another', () => {
    const names = all.map(({ name }) => name)

    expect(new Set(names).size).toBe(names.length)
    for (const name of names) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)*$/)
      expect(names.filter((other) => other.startsWith(`${name}.`))).toEqual([])
    }
  })

  it('have units as UCUM writes them, and none in their names', () => {
    for (const { name, unit } of all) {
      expect(unit, name).toMatch(/^(s|1|\{[a-z_]+\})$/)
      expect(name).not.toMatch(/_(total|seconds|ratio)$/)
    }
  })

  it('have attributes in dotted lower case, each behind a label of its own', () => {
    for (const { name, attributes } of all) {
      for (const [label, attribute] of Object.entries(attributes)) {
        expect(label, name).toMatch(/^[a-z]+(_[a-z]+)*$/)
        expect(attribute, name).toMatch(/^[a-z_]+(\.[a-z_]+)*$/)
      }
    }
  })
})

describe('the published instruments', () => {
  it('are 31', () => {
    expect(shared).toHaveLength(31)
  })

  it.each(shared.map((instrument) => [instrument.name, instrument] as const))(
    '%s has that kind, unit and attributes, and that name in Prometheus',
    (name, instrument) => {
      const row = rows.get(name) as (typeof published.metrics)[number]

      // That all but histograms are read when they are asked for is the exporter's affair.
      expect(instrument.kind).toBe(
        row.instrument.replace('Observable', '').replace(/^./, (first) => first.toLowerCase()),
      )
      expect(instrument.unit).toBe(row.unit)
      expect(metricName('lib', instrument)).toBe(row.prometheus)
      if (instrument.kind === 'histogram') expect(instrument.buckets).toEqual(row.buckets)
      const expected = row.labels
        .map((label, index) => [label, own(row.attributes[index] as string)] as const)
        .filter(([, attribute]) => !missing[name]?.includes(attribute))
      for (const [label, attribute] of expected) expect(instrument.attributes[label], label).toBe(attribute)
    },
  )
})
