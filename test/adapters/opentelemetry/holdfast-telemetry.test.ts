import { trace } from '@opentelemetry/api'
import type { HistogramMetricData } from '@opentelemetry/sdk-metrics'
import { availabilityTracker, bulkhead, circuitBreaker, failoverPool, pipeline, retry } from 'holdfast'
import { type HoldfastTelemetryOptions, holdfastTelemetry } from 'holdfast/opentelemetry'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import type { BasePolicy } from '../../../src/core/policy.ts'
import published from '../../data/availability-metrics.json'
import { Readings } from './readings.ts'

const fail = async (): Promise<never> => {
  throw new Error('down')
}

function tracked(options: Partial<HoldfastTelemetryOptions> = {}, readings = new Readings()) {
  const clock = virtualClock()
  const db = circuitBreaker({ name: 'db', clock, consecutiveFailures: 2 })
  const stock = pipeline({ name: 'stock', clock }, retry({ retries: 1, backoff: '250ms' }), db)
  const tracker = availabilityTracker({ clock })
  const telemetry = holdfastTelemetry({
    meter: readings.meter,
    tracker,
    policies: [stock],
    windows: ['1h'],
    ...options,
  })
  return { clock, db, stock, tracker, readings, telemetry }
}

describe('the instruments', () => {
  it('have the published names, units and attributes', async () => {
    const { clock, stock, readings, tracker } = tracked()
    tracker.watch(stock)
    await stock.execute(() => 1)
    await clock.settle(stock.execute(fail).catch(() => {}))
    const rows = new Map(published.metrics.map((row) => [row.otel.replace(/^lib\./, 'holdfast.'), row]))

    const metrics = await readings.metrics()
    const shared = [...metrics.values()].filter(({ descriptor }) => rows.has(descriptor.name))
    expect(shared.length).toBeGreaterThan(12)
    for (const { descriptor, dataPoints } of shared) {
      const { unit, attributes } = rows.get(descriptor.name) as (typeof published.metrics)[number]
      expect(descriptor.unit, descriptor.name).toBe(unit)
      const known = new Set(attributes.map((attribute) => attribute.replace(/^lib\./, 'holdfast.')))
      for (const name of Object.keys(dataPoints[0]?.attributes ?? {})) {
        if (name !== 'holdfast.pipeline.name') expect(known, descriptor.name).toContain(name)
      }
    }
  })

  it('advise bounds in seconds for histograms', async () => {
    const { clock, stock, readings } = tracked({ callDuration: [0.1, 1] })
    await clock.settle(stock.execute(fail).catch(() => {}))
    const metrics = await readings.metrics()
    const boundariesOf = (name: string) =>
      (metrics.get(name) as HistogramMetricData).dataPoints[0]?.value.buckets.boundaries

    expect(boundariesOf('holdfast.call.duration')).toEqual([0.1, 1])
    expect(boundariesOf('holdfast.retry.delay')).toHaveLength(14)
    expect(await readings.of('holdfast.call.duration')).toEqual({
      'holdfast.outcome=failure,holdfast.policy.name=stock': 1,
    })
  })
})

describe('an unknown value', () => {
  it('is not observed, never 0', async () => {
    const { clock, stock, tracker, readings } = tracked()
    tracker.watch(stock)
    await clock.advance('1s')
    expect(await readings.of('holdfast.component.availability')).toEqual({})
    await stock.execute(() => 1)
    await clock.advance('1s')

    expect(await readings.of('holdfast.component.availability')).toEqual({
      'holdfast.component.name=stock,holdfast.window=1h': 1,
    })
    expect(await readings.of('holdfast.component.mtbf')).toEqual({})
  })

  it('disappears from a reader with delta temporality', async () => {
    const pool = failoverPool(['a', 'b'], { name: 'api', clock: virtualClock() })
    const { readings } = tracked({ policies: [pool] }, new Readings({ delta: true }))
    expect(Object.keys(await readings.of('holdfast.pool.member.weight'))).toHaveLength(2)
    pool.remove('b')

    expect(Object.keys(await readings.of('holdfast.pool.member.weight'))).toEqual([
      'holdfast.pool.member.name=a,holdfast.pool.name=api',
    ])
  })
})

describe('watch and stop', () => {
  it('unsubscribe from the policies, and observe nothing after that', async () => {
    const { stock, db, tracker, readings, telemetry } = tracked({}, new Readings({ delta: true }))
    const other = telemetry.watch(bulkhead({ name: 'other', limit: 1 }))
    expect(Object.keys(await readings.of('holdfast.bulkhead.execution.limit'))).toHaveLength(1)
    other.stop()
    expect(await readings.of('holdfast.bulkhead.execution.limit')).toEqual({})
    telemetry.stop()
    telemetry.stop()
    tracker.close()

    expect((await readings.metrics()).size).toBe(0)
    for (const policy of [stock, db] as unknown as readonly BasePolicy[]) {
      expect(['open', 'retry', 'reject', 'call'].filter((event) => policy.events.hasListeners(event))).toEqual([])
      expect(policy.events.reportsCallEnds).toBe(false)
    }
  })

  it('watch nothing after `stop`', () => {
    const late = circuitBreaker({ name: 'late' })
    const telemetry = holdfastTelemetry({ meter: new Readings().meter, tracer: trace.getTracer('late') })
    telemetry.stop()
    telemetry.watch(late).stop()
    telemetry.watch(late)

    expect((late as unknown as BasePolicy).events.reportsCallEnds).toBe(false)
    expect((late as unknown as BasePolicy).intercepted).toBe(false)
  })

  it('need neither a tracker nor policies', async () => {
    const readings = new Readings()
    const telemetry = holdfastTelemetry({ meter: readings.meter })

    expect(await readings.of('holdfast.exporter.errors')).toMatchObject({ 'holdfast.exporter.source=policies': 0 })
    telemetry.stop()
  })
})

describe('a failure', () => {
  it('breaks neither a call nor a collection, and is counted', async () => {
    const { clock, stock, tracker, readings } = tracked()
    tracker.watch(stock)
    vi.spyOn(tracker, 'report').mockImplementation(() => {
      throw new Error('no report')
    })
    await clock.settle(stock.execute(fail).catch(() => {}))
    await readings.read()

    expect(await readings.of('holdfast.exporter.errors')).toMatchObject({ 'holdfast.exporter.source=tracker': 2 })
    expect(await readings.of('holdfast.calls')).toMatchObject({
      'holdfast.outcome=failure,holdfast.policy.name=stock': 1,
    })
  })

  it('of a histogram breaks no call', async () => {
    const readings = new Readings()
    const createHistogram = () => ({
      record: () => {
        throw new Error('no room')
      },
    })
    const meter = new Proxy(readings.meter, {
      get: (of, name) => (name === 'createHistogram' ? createHistogram : Reflect.get(of, name).bind(of)),
    })
    const { clock, stock } = tracked({ meter, callDuration: true }, readings)
    await clock.settle(stock.execute(fail).catch(() => {}))

    expect(await readings.of('holdfast.exporter.errors')).toMatchObject({ 'holdfast.exporter.source=call': 1 })
  })
})

describe('options', () => {
  const { meter } = new Readings()

  it.each<readonly [object, string]>([
    [{}, 'meter or tracer must be given, got undefined for both'],
    [{ meter: {} }, 'meter must be a Meter of OpenTelemetry, got an object'],
    [{ tracer: {} }, 'tracer must be a Tracer of OpenTelemetry, got an object'],
    [{ meter, tracker: 5 }, 'tracker must be an availability tracker, got 5'],
    [{ meter, policies: [5] }, 'policies must be policies, got 5'],
    [{ meter, windows: [0] }, 'windows must be a list of durations > 0, got an array'],
    [{ meter, maxMembers: -1 }, 'maxMembers must be an integer >= 0, got -1'],
    [{ meter, prefix: 'x' }, '"prefix" is not an option; it takes meter, '],
  ])('%o are refused', (options, message) => {
    expect(() => holdfastTelemetry(options as HoldfastTelemetryOptions)).toThrow(`holdfastTelemetry: ${message}`)
  })
})
