import { availabilityTracker } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { type HoldfastMetricsOptions, holdfastMetrics } from 'holdfast/prometheus'
import { virtualClock } from 'holdfast/testing'
import { Registry } from 'prom-client'
import { describe, expect, it, vi } from 'vitest'
import { of, scrape } from '../adapters/prometheus/scrape.ts'

const fail = async (): Promise<never> => {
  throw new Error('down')
}

function tracked(options: Partial<HoldfastMetricsOptions> = {}) {
  const clock = virtualClock({ wall: 1_000_000 })
  const tracker = availabilityTracker({ clock })
  const registry = new Registry()
  const metrics = holdfastMetrics({ registry, tracker, windows: ['1h'], ...options })
  const db = tracker.component('db')
  return { clock, tracker, registry, metrics, db }
}

describe('components', () => {
  it('show their state, the time of its beginning, and the seconds in each state', async () => {
    const { clock, registry, db } = tracked()
    db.up()
    await clock.advance('10s')
    db.degraded()
    await clock.advance('4s')
    db.down()
    await clock.advance('1s')

    expect(await of(registry, 'component_status')).toEqual({
      'component=db,state=up': 0,
      'component=db,state=degraded': 0,
      'component=db,state=down': 1,
      'component=db,state=maintenance': 0,
      'component=db,state=unknown': 0,
    })
    expect(await of(registry, 'component_state_time_seconds_total')).toEqual({
      'component=db,state=up': 10,
      'component=db,state=degraded': 4,
      'component=db,state=down': 1,
      'component=db,state=maintenance': 0,
      'component=db,state=unknown': 0,
    })
    expect(await of(registry, 'component_last_transition_timestamp_seconds')).toEqual({ 'component=db': 1014 })
  })

  it('count an outage that began and ended between two scrapes', async () => {
    const { clock, registry, db } = tracked()
    db.up()
    await scrape(registry)
    await clock.advance('5s')
    db.down()
    await clock.advance('2s')
    db.up()
    await clock.advance('5s')
    const found = await scrape(registry)

    expect(found.get('holdfast_component_state_time_seconds_total{component="db",state="down"}')).toBe(2)
    expect(found.get('holdfast_component_failures_total{component="db"}')).toBe(1)
    expect(found.get('holdfast_component_restorations_total{component="db"}')).toBe(1)
    expect(found.get('holdfast_component_outage_duration_seconds_count{component="db"}')).toBe(1)
    expect(found.get('holdfast_component_outage_duration_seconds_bucket{component="db",le="5"}')).toBe(1)
    expect(found.get('holdfast_component_outage_duration_seconds_bucket{component="db",le="1"}')).toBe(0)
    expect(found.get('holdfast_component_outage_duration_seconds_sum{component="db"}')).toBe(2)
  })

  it('record the detection time once for each outage', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ name: 'stock', clock, consecutiveFailures: 2, openFor: '10s' })
    const tracker = availabilityTracker({ clock })
    const registry = new Registry()
    holdfastMetrics({ registry, tracker })
    tracker.watch(breaker)
    await breaker.execute(async () => 1)
    await breaker.execute(fail).catch(() => {})
    await clock.advance('3s')
    await breaker.execute(fail).catch(() => {})
    const first = await of(registry, 'component_detection_duration_seconds_sum')
    await clock.advance('10s')
    await breaker.execute(async () => 1)

    expect(first).toEqual({ 'component=stock': 3 })
    expect(await of(registry, 'component_detection_duration_seconds_sum')).toEqual({ 'component=stock': 3 })
    expect(await of(registry, 'component_detection_duration_seconds_count')).toEqual({ 'component=stock': 1 })
    expect(await of(registry, 'component_outage_duration_seconds_sum')).toEqual({ 'component=stock': 13 })
  })

  it('record a detection time that is known only at the end of the outage', async () => {
    const { clock, tracker, registry, db } = tracked()
    db.up()
    await clock.advance('5s')
    db.down()
    await clock.advance('5s')
    expect(await of(registry, 'component_detection_duration_seconds_count')).toEqual({})
    tracker.record({ component: 'db', start: 5000, detected: 6000 })
    tracker.record({ component: 'db', start: 5000, detected: 6000, end: 10_000 })
    db.up()

    expect(await of(registry, 'component_outage_duration_seconds_count')).toEqual({ 'component=db': 1 })
    expect(await of(registry, 'component_detection_duration_seconds_sum')).toEqual({ 'component=db': 1 })
  })

  it('have values for each window, and none for a window without data', async () => {
    const { clock, tracker, registry, db } = tracked({ windows: ['1h', '24h', '90s', 1500, 3_600_000] })
    tracker.component('never')
    db.up()
    await clock.advance('50m')
    db.down()
    await clock.advance('5m')
    db.up()
    await clock.advance('1h')
    const found = await scrape(registry)

    expect(Object.keys(await of(registry, 'component_coverage_ratio'))).toEqual(
      [
        'component=never,window=1h',
        'component=never,window=1d',
        'component=never,window=90s',
        'component=never,window=1500ms',
        'component=db,window=1h',
        'component=db,window=1d',
        'component=db,window=90s',
        'component=db,window=1500ms',
      ]
        .filter((key) => !key.includes('never'))
        .concat(['1h', '1d', '90s', '1500ms'].map((window) => `component=never,window=${window}`)),
    )
    expect(found.get('holdfast_component_availability_ratio{component="db",window="1h"}')).toBe(1)
    expect(found.get('holdfast_component_availability_ratio{component="db",window="1d"}')).toBeCloseTo(110 / 115)
    expect(found.get('holdfast_component_mtbf_seconds{component="db",window="1d"}')).toBe(6600)
    expect(found.get('holdfast_component_mttr_seconds{component="db",reading="recovery",window="1d"}')).toBe(300)
    const series = [...found.keys()]
    expect(series).not.toContain('holdfast_component_mtbf_seconds{component="db",window="1h"}')
    expect(series).not.toContain('holdfast_component_mttr_seconds{component="db",reading="recovery",window="1h"}')
    expect(series.filter((name) => name.includes('"never"') && name.includes('availability'))).toEqual([])
    expect(series.filter((name) => name.includes('"never"') && name.includes('last_transition'))).toEqual([])
  })

  it('have no value when its data has left the window', async () => {
    const { clock, registry, db } = tracked()
    db.up()
    await clock.advance('1m')
    db.down()
    await clock.advance('1m')
    db.up()
    expect(await of(registry, 'component_mtbf_seconds')).toEqual({ 'component=db,window=1h': 60 })
    await clock.advance('2h')

    expect(await of(registry, 'component_mtbf_seconds')).toEqual({})
  })

  it('never count back when a failure is dated back, and are exact again later', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ name: 'stock', clock, consecutiveFailures: 2, openFor: '10s' })
    const tracker = availabilityTracker({ clock })
    const registry = new Registry()
    holdfastMetrics({ registry, tracker })
    tracker.watch(breaker)
    const seconds = async () => {
      const found = await of(registry, 'component_state_time_seconds_total')
      return [found['component=stock,state=up'], found['component=stock,state=down']]
    }
    await breaker.execute(async () => 1)
    await clock.advance('8s')
    await breaker.execute(fail).catch(() => {})
    await clock.advance('2s')
    expect(await seconds()).toEqual([10, 0])
    await breaker.execute(fail).catch(() => {})
    await clock.advance('10s')
    expect(await seconds()).toEqual([10, 12])
    await breaker.execute(async () => 1)
    await clock.advance('1s')
    expect(await seconds()).toEqual([10, 12])
    await clock.advance('5s')
    expect(await seconds()).toEqual([14, 12])
  })

  it('continue after a restart from a snapshot', async () => {
    const { clock, tracker, db } = tracked()
    db.up()
    await clock.advance('1h')
    const snapshot = tracker.snapshot()
    const after = virtualClock({ wall: 1_000_000 + 3_600_000 })
    const registry = new Registry()
    const second = availabilityTracker({ clock: after, restore: snapshot })
    holdfastMetrics({ registry, tracker: second })

    const found = await of(registry, 'component_state_time_seconds_total')
    expect(found['component=db,state=up']).toBe(3600)
  })

  it('have series only for the first ones, up to the limit, and the others are counted as dropped', async () => {
    const { clock, tracker, registry, db } = tracked({ maxComponents: 1 })
    const other = tracker.component('other')
    db.up()
    other.up()
    await scrape(registry)
    await clock.advance('1s')
    other.down()
    await clock.advance('1s')
    other.up()
    const found = await scrape(registry)

    expect([...found.keys()].filter((name) => name.includes('"other"'))).toEqual([])
    expect(found.get('holdfast_component_status{component="db",state="up"}')).toBe(1)
    expect(await of(registry, 'exporter_dropped_total')).toEqual({ 'limit=maxComponents': 5, 'limit=maxMembers': 0 })
  })

  it('count late events that the tracker rejected', async () => {
    const { clock, tracker, registry, db } = tracked()
    db.up()
    await clock.advance('3h')
    tracker.record({ component: 'db', state: 'down', at: 1000 })

    expect(await of(registry, 'component_rejected_events_total')).toEqual({ 'component=db': 1 })
  })

  it('are absent while the tracker fails, and the failure is counted', async () => {
    const { clock, tracker, registry, db } = tracked()
    db.up()
    await clock.advance('30m')
    await scrape(registry)
    const report = vi.spyOn(tracker, 'report').mockImplementation(() => {
      throw new Error('no report')
    })
    await scrape(registry)
    const broken = await scrape(registry)
    report.mockRestore()
    const whole = await scrape(registry)

    expect(broken.get('holdfast_component_coverage_ratio{component="db",window="1h"}')).toBeUndefined()
    expect(broken.get('holdfast_exporter_errors_total{source="tracker"}')).toBeGreaterThanOrEqual(1)
    expect(whole.get('holdfast_component_coverage_ratio{component="db",window="1h"}')).toBe(0.5)
  })

  it('are absent while the tracker cannot list them', async () => {
    const { tracker, registry, db } = tracked()
    db.up()
    await scrape(registry)
    const names = vi.spyOn(tracker, 'statuses').mockImplementation(() => {
      throw new Error('no names')
    })
    expect(await of(registry, 'component_status')).toEqual({})
    names.mockRestore()

    expect(await of(registry, 'component_status')).toMatchObject({ 'component=db,state=up': 1 })
  })
})

describe('a tracker', () => {
  it('shows how often its clocks disagreed, by direction', async () => {
    const { clock, registry, tracker } = tracked()
    expect(await of(registry, 'tracker_clock_steps_total')).toEqual({ 'direction=forward': 0, 'direction=backward': 0 })
    for (const step of [-60_000, -60_000, 3_600_000]) {
      clock.stepWall(step)
      await clock.advance('1s')
      tracker.report()
    }

    expect(await of(registry, 'tracker_clock_steps_total')).toEqual({ 'direction=forward': 1, 'direction=backward': 2 })
  })
})
