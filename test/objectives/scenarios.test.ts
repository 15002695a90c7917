import { burnTiers } from 'holdfast/objectives'
import { describe, expect, it } from 'vitest'
import { near } from '../support/near.ts'
import { engine } from './engine.ts'
import { vectors } from './vectors.ts'

const hour = 3_600_000
const step = 10_000

describe('the worked scenarios', () => {
  it.each(vectors.scenarios)('emits `burn` for what burns and nothing else: $label', async (scenario) => {
    const { slo, errorRatio, durationMs, budgetConsumed30d, tiers } = scenario
    const { clock, objective, alerts, traffic } = engine({ target: slo })
    await traffic(73 * hour, 0, 60_000, 6000)
    const start = clock.now()
    await traffic(durationMs, errorRatio, step, 1000)
    const end = clock.now()
    const { errorBudget } = objective.report()
    await traffic(10 * hour, 0, step, 1000)

    // The budget is of 30 days, and what was spent of it does not depend on how many of them have passed.
    near(1 - (errorBudget.remaining as number), budgetConsumed30d, 'consumed')
    for (const { tier, fires, detectMs = 0, resetShortOnlyMs = 0 } of tiers) {
      const events = alerts.filter((event) => event.tier === tier)
      expect(
        events.map(({ state }) => state),
        tier,
      ).toEqual(fires ? ['start', 'end'] : [])
      if (!fires) continue
      const { hold, long } = burnTiers('30d', slo).tiers.find(({ name }) => name === tier) as (typeof standard)[number]
      const [began, ended] = events as [(typeof events)[number], (typeof events)[number]]
      // One evaluation, and as much of a bucket as may lie on both sides of the beginning.
      expect(began.time - start - detectMs, `${tier} start`).toBeGreaterThanOrEqual(-step)
      expect(began.time - start - detectMs, `${tier} start`).toBeLessThanOrEqual(2 * step)
      const width =
        tier === 'ticket-slow' ? hour / 12 : tier === 'ticket-fast' ? 300_000 : tier === 'page-slow' ? 60_000 : step
      expect(Math.abs(ended.time - end - hold - resetShortOnlyMs), `${tier} end`).toBeLessThanOrEqual(2 * step + width)
      expect(long).toBeGreaterThan(width)
    }
  })

  it('would page for one bad request of ten without a least number of events', async () => {
    for (const { events, bad, slo, burn, suppressedByMinEvents } of vectors.lowTraffic.ex) {
      const alerts = await Promise.all(
        [undefined, suppressedByMinEvents].map(async (minimumEvents) => {
          const { clock, objective, alerts } = engine({ target: slo, ...(minimumEvents && { minimumEvents }) })
          objective.good(events - bad)
          await clock.advance('59m')
          objective.bad(bad)
          await clock.advance('20s')
          near(objective.report().burnRate, burn)
          return alerts.filter(({ tier }) => tier === 'page-fast').map(({ state }) => state)
        }),
      )
      expect(alerts).toEqual([['start'], []])
    }
  })
})

const standard = burnTiers('30d', 0.999).tiers
