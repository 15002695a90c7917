import type { ObjectiveOptions } from 'holdfast/objectives'
import { describe, expect, it } from 'vitest'
import { near } from '../support/near.ts'
import { engine } from './engine.ts'

const minute = 60_000
const hour = 60 * minute

describe('silence while the component is down', () => {
  async function silent(given: Partial<ObjectiveOptions>, down: boolean) {
    const one = engine({ indicator: { kind: 'requests', component: 'db' }, ...given })
    one.tracker.component('db').up()
    await one.traffic(4 * hour, 0, 10_000, 100)
    if (down) one.tracker.component('db').down()
    await one.clock.advance('10m')
    return one
  }
  const states = (alerts: readonly { tier: string; state: string }[]) =>
    alerts.filter(({ tier }) => tier === 'page-fast').map(({ state }) => state)

  it('counts as if the usual requests had come and failed', async () => {
    const { objective, alerts, tracker, traffic } = await silent({}, true)
    const report = objective.report()

    expect(report).toMatchObject({ good: 144_000, bad: 0, indicator: { component: 'db' } })
    near(report.absent, 6000, 'absent', 0.01)
    near(report.sli, 24 / 25, 'sli', 0.001)
    near(report.errorBudget.spent, report.absent)
    expect(states(alerts)).toEqual(['start'])
    tracker.component('db').up()
    await traffic(20 * minute, 0, 10_000, 100)
    expect(states(alerts)).toEqual(['start', 'end'])
  })

  it('does not count if it is ignored, or nothing is known to be down', async () => {
    for (const [given, down] of [
      [{ absent: 'ignore' }, true],
      [{}, false],
    ] as const) {
      const { objective, alerts } = await silent(given, down)
      expect(objective.report()).toMatchObject({ absent: 0, sli: 1 })
      expect(alerts).toEqual([])
    }
  })

  it('does not count while requests come at their usual rate', async () => {
    const { clock, tracker, objective, traffic } = engine({ indicator: { kind: 'requests', component: 'db' } })
    tracker.component('db').up()
    await traffic(10 * hour, 0, 10 * minute, 1)
    tracker.component('db').down()
    await traffic(hour, 1, 10 * minute, 1)
    expect(objective.report()).toMatchObject({ good: 60, bad: 6, absent: 0 })
    await clock.advance('1h')

    near(objective.report().absent, 6, 'absent', 0.2)
  })

  it('is all bad if no request ever came', async () => {
    const { clock, tracker, objective, alerts } = engine({ indicator: { kind: 'requests', component: 'db' } })
    tracker.component('db').down()
    await clock.advance('10m')

    expect(objective.report()).toMatchObject({ sli: 0, good: 0, bad: 0 })
    expect(states(alerts)).toEqual(['start'])
  })

  it('counts in a calendar period, too', async () => {
    const wall = Date.UTC(2026, 3, 1) - 4 * hour - 5 * minute
    const one = engine({ indicator: { kind: 'requests', component: 'db' }, period: { calendar: 'month' } }, wall)
    one.tracker.component('db').up()
    await one.traffic(4 * hour, 0, 10_000, 100)
    one.tracker.component('db').down()
    await one.clock.advance('4m')
    near(one.objective.report().absent, 2400, 'absent', 0.03)
    await one.clock.advance('11m')
    const { absent, good, sli } = one.objective.report()

    near(absent, 6000, 'absent', 0.03)
    expect([good, sli]).toEqual([0, 0])
  })

  it('makes bad slices', async () => {
    const indicator = { kind: 'slices', component: 'db', sliceTarget: 0.5 } as const
    const { clock, tracker, objective, traffic } = engine({ indicator })
    tracker.component('db').up()
    await traffic(10 * minute, 0, minute, 5)
    await clock.advance('5m')
    tracker.component('db').down()
    await clock.advance('5m')
    tracker.component('db').up()
    await clock.advance('40s')
    tracker.component('db').down()
    await clock.advance('20s')

    expect(objective.report()).toMatchObject({ good: 10, bad: 0, absent: 5 })
  })
})
