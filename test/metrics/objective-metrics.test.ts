import { availabilityTracker } from 'holdfast/availability'
import { holdfastMetrics } from 'holdfast/prometheus'
import { virtualClock } from 'holdfast/testing'
import { Registry } from 'prom-client'
import { describe, expect, it, vi } from 'vitest'
import { of, scrape } from '../adapters/prometheus/scrape.ts'

function tracked() {
  const clock = virtualClock()
  const tracker = availabilityTracker({ clock })
  const registry = new Registry()
  holdfastMetrics({ registry, tracker })
  return { clock, tracker, registry }
}

describe('objectives', () => {
  it('show target, budget, burn rates and firing tiers', async () => {
    const { clock, tracker, registry } = tracked()
    const slo = tracker.objective({ name: 'api', target: 0.99, period: '30d', indicator: { kind: 'requests' } })
    for (let minute = 0; minute < 60; minute++) {
      slo.good(5)
      slo.bad(5)
      await clock.advance('1m')
    }
    const found = await scrape(registry)

    expect(found.get('holdfast_slo_objective_ratio{slo="api"}')).toBe(0.99)
    expect(found.get('holdfast_slo_error_budget_remaining_ratio{slo="api",window="30d"}')).toBeLessThan(1)
    expect(found.get('holdfast_slo_burn_rate_ratio{lookback="30d",slo="api"}')).toBeCloseTo(50)
    expect(found.get('holdfast_slo_burn_rate_ratio{lookback="5m",slo="api"}')).toBeCloseTo(50)
    expect(Object.keys(await of(registry, 'slo_burn_rate_ratio'))).toHaveLength(8)
    expect(found.get('holdfast_slo_alert_active{severity="page",slo="api",tier="page-fast"}')).toBe(1)
    expect(found.get('holdfast_slo_alert_active{severity="ticket",slo="api",tier="ticket-slow"}')).toBe(0)
    expect(await of(registry, 'slo_events_total')).toEqual({ 'outcome=good,slo=api': 300, 'outcome=bad,slo=api': 300 })
  })

  it('count events that have left the period, and those that have just come', async () => {
    const { clock, tracker, registry } = tracked()
    const slo = tracker.objective({ name: 'api', target: 0.9, period: '1h', indicator: { kind: 'requests' } })
    slo.good(7)
    expect(await of(registry, 'slo_events_total')).toEqual({ 'outcome=good,slo=api': 7, 'outcome=bad,slo=api': 0 })
    await clock.advance('3h')
    slo.bad(2)

    expect(slo.report().good).toBe(0)
    expect(await of(registry, 'slo_events_total')).toEqual({ 'outcome=good,slo=api': 7, 'outcome=bad,slo=api': 2 })
  })

  it('of time count seconds; a calendar period is named; an unknown value is absent', async () => {
    const { clock, tracker, registry } = tracked()
    const period = { calendar: 'month' } as const
    tracker.objective({ name: 'db', target: 0.9, period, indicator: { kind: 'time', component: 'db' }, tiers: [] })
    expect(await of(registry, 'slo_burn_rate_ratio')).toEqual({})
    tracker.component('db').up()
    await clock.advance('90s')
    tracker.component('db').down()
    await clock.advance('10s')

    expect(await of(registry, 'slo_events_total')).toEqual({ 'outcome=good,slo=db': 90, 'outcome=bad,slo=db': 10 })
    expect(Object.keys(await of(registry, 'slo_burn_rate_ratio'))).toEqual(['lookback=month,slo=db'])
    expect(await of(registry, 'slo_alert_active')).toEqual({})
  })

  it('of slices count the finished slices', async () => {
    const { clock, tracker, registry } = tracked()
    const indicator = { kind: 'slices', slice: '1m', sliceTarget: 0.9 } as const
    const slo = tracker.objective({ name: 'api', target: 0.9, period: '1d', indicator })
    slo.good(10)
    await clock.advance('1m')
    slo.good(5)
    slo.bad(5)
    await clock.advance('1m')
    slo.good(1)

    expect(await of(registry, 'slo_events_total')).toEqual({ 'outcome=good,slo=api': 1, 'outcome=bad,slo=api': 1 })
  })

  it('have no series once they are stopped', async () => {
    const { tracker, registry } = tracked()
    const slo = tracker.objective({ name: 'api', target: 0.9, period: '1d', indicator: { kind: 'requests' } })
    expect(await of(registry, 'slo_objective_ratio')).toEqual({ 'slo=api': 0.9 })
    slo.stop()

    expect([...(await scrape(registry)).keys()].filter((name) => name.includes('slo'))).toEqual([])
  })

  it('are absent when reading one fails, the failure is counted, and the others stay', async () => {
    const { tracker, registry } = tracked()
    const slo = (name: string) =>
      tracker.objective({ name, target: 0.9, period: '1d', indicator: { kind: 'requests' } })
    vi.spyOn(slo('bad'), 'report').mockImplementation(() => {
      throw new Error('no report')
    })
    slo('good')

    expect(await of(registry, 'slo_objective_ratio')).toEqual({ 'slo=good': 0.9 })
    expect(await of(registry, 'exporter_errors_total')).toMatchObject({ 'source=objectives': 2 })
    vi.spyOn(tracker, 'objectives', 'get').mockImplementation(() => {
      throw new Error('no list')
    })
    expect(await of(registry, 'slo_objective_ratio')).toEqual({})
  })
})
