import type { ObjectiveOptions } from 'holdfast/objectives'
import { describe, expect, it } from 'vitest'
import { near } from '../support/near.ts'
import { engine } from './engine.ts'
import { vectors } from './vectors.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('a calendar period', () => {
  const { eventsPerDay, days, bad, slo, observedRatioRemaining, absoluteRemainingWithExpectedTotal } = vectors.calendar
  // April has 30 days.
  const april = Date.UTC(2026, 3, 1)
  const options = { target: slo, period: { calendar: 'month' }, tiers: [] } as const

  async function remaining(budget: ObjectiveOptions['budget']): Promise<Map<number, number | null>> {
    const { clock, objective } = engine({ ...options, ...(budget !== undefined && { budget }) }, april)
    const found = new Map<number, number | null>()
    for (let passed = 1; passed <= days; passed++) {
      objective.bad(passed === 1 ? bad : 0)
      objective.good(eventsPerDay - (passed === 1 ? bad : 0))
      await clock.advance(passed === days ? day - 1 : day)
      found.set(passed, objective.report().errorBudget.remaining)
    }
    return found
  }

  it('can recover spent budget with `observed`', async () => {
    const found = await remaining('observed')
    for (const { day, remaining } of observedRatioRemaining) {
      expect(found.get(day), `day ${day}`).toBeCloseTo(remaining, 9)
    }
  })

  it('never recovers it with `expected`, and is projected by default', async () => {
    for (const budget of [{ expected: eventsPerDay * days }, undefined]) {
      for (const left of (await remaining(budget)).values())
        expect(left).toBeCloseTo(absoluteRemainingWithExpectedTotal, 6)
    }
  })

  it('restarts at its boundary in a zone, to the batch', async () => {
    const [from, to] = [Date.UTC(2026, 2, 1, 5), Date.UTC(2026, 3, 1, 4)]
    const period = { calendar: 'month', zone: 'America/New_York' } as const
    const { clock, objective, traffic } = engine(
      { target: 0.9, period, indicator: { kind: 'requests' } },
      to - 2 * hour,
    )
    await traffic(2 * hour - 10_000, 0.5, 10_000, 10)
    const march = objective.report()
    expect(march).toMatchObject({ bad: 5 * 719, period: { ...period, fromAt: from, toAt: to, duration: 743 * hour } })
    near(march.coverage, 2 / 743, 'coverage', 0.002)
    objective.bad(7)
    await clock.advance(10_000)
    expect(objective.report()).toMatchObject({ sli: null, good: 0, bad: 0, period: { fromAt: to }, coverage: 0 })
    objective.bad(3)
    await clock.advance('1h')
    expect(objective.report()).toMatchObject({ good: 0, bad: 3, coverage: 1 })
  })

  it('of time is read from the timeline', async () => {
    const indicator = { kind: 'time', component: 'db' } as const
    const { clock, tracker, objective } = engine({ ...options, indicator }, april - day)
    tracker.component('db').up()
    await clock.advance('1d')
    tracker.component('db').down()
    await clock.advance('1h')
    tracker.component('db').up()
    await clock.advance('9h')
    const report = objective.report()

    expect(report).toMatchObject({ good: 9 * hour, bad: hour, coverage: 1 })
    near(report.errorBudget.total, 7.2 * hour)
    near(report.errorBudget.spent, hour)
  })

  it('has no exhaustion after its end', async () => {
    const { clock, objective, traffic } = engine({ ...options }, april + 20 * day)
    await traffic(hour, 0.005, minute)
    expect(objective.report().exhaustionIn).toBeNull()
    await traffic(hour, 0.6, minute)
    expect(objective.report().exhaustionIn).toBeLessThan(10 * day)
    expect(clock.now()).toBe(2 * hour)
  })
})
