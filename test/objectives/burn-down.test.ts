import type { ObjectiveIndicator, ObjectiveOptions } from 'holdfast/objectives'
import { describe, expect, it, vi } from 'vitest'
import { Timeline } from '../../src/availability/timeline/timeline.ts'
import { Dice } from '../availability/streams.ts'
import { engine as listening } from './engine.ts'

const minute = 60_000
const hour = 60 * minute
/** The tenth of a month. */
const tenth = Date.UTC(2026, 5, 10)

/** Nobody listens, so no timer looks at it. */
function engine(...given: Parameters<typeof listening>) {
  const made = listening(...given)
  made.tracker.off('burn')
  return made
}

describe('the burn-down of an error budget', () => {
  it('goes from the whole budget to what the report says is left', async () => {
    const { objective, traffic, clock } = engine({ period: { calendar: 'month' }, budget: { expected: 1e6 } }, tenth)
    await traffic(10 * minute, 0)
    await traffic(10 * minute, 0.005)
    await clock.advance(hour)

    const points = objective.burnDown(11)

    const { period, errorBudget } = objective.report()
    expect(points).toHaveLength(11)
    expect(points[0]).toEqual({ at: period.fromAt, time: period.from, remaining: 1 })
    expect(points[10]).toEqual({ at: clock.wall(), time: clock.now(), remaining: errorBudget.remaining })
    expect(errorBudget.remaining).toBeCloseTo(0.7, 9)
    expect(points.slice(1, 10).map(({ remaining }) => remaining)).toEqual(Array(9).fill(1))
  })

  it('falls when requests were bad', async () => {
    const { objective, traffic } = engine({ period: '10h', budget: { expected: 1e6 } })
    await traffic(4 * hour, 0, minute)
    await traffic(2 * hour, 0.005, minute)
    await traffic(4 * hour, 0, minute)

    const left = objective.burnDown(11).map(({ remaining }) => remaining)

    for (const [index, expected] of [1, 1, 1, 1, 1, 0.7, 0.4, 0.4, 0.4, 0.4, 0.4].entries()) {
      expect(left[index]).toBeCloseTo(expected, 1)
    }
  })

  const indicators: readonly ObjectiveIndicator[] = [
    { kind: 'requests' },
    { kind: 'requests', component: 'db' },
    { kind: 'slices', sliceTarget: 0.9 },
    { kind: 'ratioSlices', component: 'db' },
    { kind: 'time', component: 'db' },
    { kind: 'slices', of: 'time', component: 'db', sliceTarget: 0.9 },
  ]
  const periods: readonly ObjectiveOptions['period'][] = ['1d', '7d', { calendar: 'day' }, { calendar: 'month' }]

  it.each(indicators.flatMap((indicator) => periods.map((period) => ({ indicator, period }))))(
    'never goes up, and ends at what is reported: $indicator, $period',
    async ({ indicator, period }) => {
      const { objective, tracker, clock } = engine({ indicator, period, target: 0.9 }, tenth)
      const dice = new Dice(7)
      const counts = indicator.kind === 'requests' || !('of' in indicator && indicator.of === 'time')
      for (let round = 0; round < 200; round++) {
        tracker.component('db')[dice.of(['up', 'up', 'up', 'down'] as const)]()
        if (indicator.kind !== 'time' && counts && dice.roll(4) > 0) {
          objective.good(dice.roll(100))
          objective.bad(dice.roll(4) === 0 ? dice.roll(50) : 0)
        }
        await clock.advance(dice.roll(20) * minute)
      }

      const points = objective.burnDown()

      const { errorBudget, period: reported } = objective.report()
      expect(points).toHaveLength(100)
      expect(points[0]).toMatchObject({ at: reported.fromAt, remaining: 1 })
      expect(points.at(-1)).toMatchObject({ at: clock.wall(), remaining: errorBudget.remaining })
      for (const [index, point] of points.entries()) {
        const before = points[index - 1] ?? point
        expect(point.remaining).toBeLessThanOrEqual(before.remaining)
        expect(point.time).toBeGreaterThanOrEqual(before.time)
      }
      expect(new Set(points.map(({ remaining }) => remaining)).size).toBeGreaterThan(2)
    },
  )

  it('agrees with measured time for each beginning of the period', async () => {
    const { objective, tracker, clock } = engine({
      indicator: { kind: 'time', component: 'db' },
      period: '100m',
      target: 0.9,
    })
    const { up, down } = tracker.component('db')
    up()
    await clock.advance(50 * minute)
    down()
    await clock.advance(5 * minute)
    up()
    await clock.advance(45 * minute)

    const left = objective.burnDown(21).map(({ remaining }) => remaining)

    expect(left.map((remaining) => Math.round(remaining * 1e6) / 1e6)).toEqual([
      ...Array(11).fill(1),
      ...Array(10).fill(0.5),
    ])
  })

  it('visits slices of time once, however many points', async () => {
    const indicator = { kind: 'slices', of: 'time', component: 'db', slice: '1s', sliceTarget: 0.9 } as const
    const { objective, tracker, clock } = engine({ indicator, period: '1d', target: 0.9 })
    for (let round = 0; round < 1000; round++) {
      tracker.component('db')[round % 2 === 0 ? 'up' : 'down']()
      await clock.advance(minute)
    }
    const looks = vi.spyOn(Timeline.prototype, 'totals')

    const twice = [2, 1000].map((points) => {
      looks.mockClear()
      objective.burnDown(points)
      return looks.mock.calls.length
    })

    looks.mockRestore()
    expect(twice[1]).toBeLessThan(4 * (twice[0] as number))
  })

  it('is empty if nothing was measured', () => {
    expect(engine().objective.burnDown()).toEqual([])
  })

  it.each([1, 0, 2.5, 10_001, Number.NaN, '5', null])('refuses %s points', (points) => {
    const { objective } = engine()

    expect(() => objective.burnDown(points as number)).toThrow(
      /^objective: points must be an integer from 2 to 10000, got /,
    )
  })

  it('has the requested number of points', () => {
    const { objective } = engine()
    objective.bad()

    expect(objective.burnDown(2).map(({ remaining }) => remaining)).toEqual([
      1,
      objective.report().errorBudget.remaining,
    ])
    expect(objective.burnDown(10_000)).toHaveLength(10_000)
  })
})
