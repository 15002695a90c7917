import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { availabilityTracker } from 'holdfast/availability'
import { type ObjectiveOptions, objective as objectiveOf, objectives } from 'holdfast/objectives'
import { retry } from 'holdfast/retry'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { near } from '../support/near.ts'
import { engine } from './engine.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('an objective', () => {
  it('reports null without events, never 0, 1 or NaN', async () => {
    const { clock, tracker, objective } = engine()
    tracker.off('burn')
    await clock.advance('3d')
    const report = objective.report()

    expect(report).toMatchObject({
      name: 'checkout',
      target: 0.999,
      sli: null,
      good: 0,
      bad: 0,
      absent: 0,
      burnRate: null,
      exhaustionIn: null,
      leftOut: [],
    })
    expect(report.errorBudget).toEqual({ method: 'projected', total: null, spent: null, remaining: null })
    near(report.coverage, 0.1)
    expect(report.tiers[0]).toEqual({
      name: 'page-fast',
      severity: 'page',
      long: hour,
      short: 5 * minute,
      factor: 14.4,
      burnLong: null,
      burnShort: null,
      firing: false,
      since: null,
    })
    expect(report.indicator).toEqual({
      kind: 'requests',
      unit: 'requests',
      component: null,
      policy: null,
      slice: null,
      sliceTarget: null,
    })
    expect(report.period).toMatchObject({ calendar: null, zone: null, to: 3 * day, toAt: 3 * day, duration: 30 * day })
  })

  it('spends the budget of the full period from the first day on', async () => {
    const { objective, traffic } = engine()
    await traffic(day, 0.001, minute)
    const report = objective.report()

    expect(report).toMatchObject({ good: 1440 * 999, bad: 1440 })
    near(report.sli, 0.999)
    near(report.burnRate, 1)
    near(report.coverage, 1 / 30)
    near(report.errorBudget.total, 43_200)
    near(report.errorBudget.spent, 1440)
    near(report.errorBudget.remaining, 29 / 30)
    near(report.exhaustionIn, 29 * day)
  })

  it('is overspent below 0, and exhausted at once', async () => {
    const { objective, traffic } = engine({ target: 0.99, period: '1d', tiers: [] })
    await traffic(day, 0.02, minute)
    const { errorBudget, exhaustionIn, burnRate } = objective.report()

    near(burnRate, 2)
    near(errorBudget.remaining, -1)
    expect(exhaustionIn).toBe(0)
  })

  it('counts at its first instant, too', () => {
    const { objective } = engine()
    objective.good()
    objective.bad(3)
    const { sli, coverage, errorBudget } = objective.report()

    expect([sli, coverage]).toEqual([0.25, 0])
    near(errorBudget.total, 0.004)
  })

  it('without tiers uses the pace of the period for its exhaustion', async () => {
    const { objective, traffic } = engine({ tiers: [], period: '10d' })
    await traffic(day, 0.0005, minute, 2000)
    const { exhaustionIn, tiers, burnRate } = objective.report()

    near(burnRate, 0.5)
    near(exhaustionIn, 0.95 * 20 * day)
    expect(tiers).toEqual([])
  })

  it('lists the tiers that cannot fire', () => {
    const { leftOut, tiers } = engine({ target: 0.9 }).objective.report()

    expect(leftOut).toEqual(['page-fast'])
    expect(tiers).toHaveLength(3)
  })

  it('spends the sum of what its parts spend', async () => {
    const part = fc.record({ good: fc.nat(500), bad: fc.nat(20), wait: fc.integer({ min: 1, max: 5 * hour }) })
    const property = fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 12 }), async (parts) => {
      const { clock, tracker, objective } = engine({ period: { calendar: 'month' } })
      const rolling = engine()
      tracker.off('burn')
      rolling.tracker.off('burn')
      let spent = 0
      for (const { good, bad, wait } of parts) {
        for (const { clock: time, objective: one } of [{ clock, objective }, rolling]) {
          one.good(good)
          one.bad(bad)
          await time.advance(wait)
        }
        spent += bad
        if (objective.report().sli === null) continue
        expect(objective.report().errorBudget.spent).toBe(spent)
        expect(rolling.objective.report().errorBudget.spent).toBe(spent)
      }
    })
    await fc.assert(property, { numRuns: 40 })
  })
})

describe('the calls of a policy', () => {
  it('are counted until it is stopped, without aborted ones', async () => {
    const clock = virtualClock()
    const stock = retry({ retries: 0, clock, name: 'stock' })
    const tracker = availabilityTracker()
    const objective = tracker.objective({
      name: 'stock',
      target: 0.99,
      period: '1d',
      indicator: { kind: 'requests', policy: stock },
    })
    const fail = () => stock.execute(() => Promise.reject(new Error('no'))).catch(() => {})
    await stock.execute(async () => 1)
    await fail()
    const given = new AbortController()
    const pending = stock.execute(() => new Promise(() => {}), { signal: given.signal }).catch(() => {})
    given.abort()
    await pending
    await clock.advance('1m')
    await stock.execute(async () => 2)
    objective.bad(2)

    const expected = { good: 2, bad: 3, indicator: { policy: 'stock', component: 'stock' } }
    expect(objective.report()).toMatchObject(expected)
    objective.stop()
    objective.stop()
    await fail()
    objective.good()
    expect(objective.report()).toMatchObject({ good: 2, bad: 3 })
  })

  it('can count in several objectives at once, each with a unique name', () => {
    const { tracker, objective } = engine()
    const again: ObjectiveOptions = {
      name: 'checkout',
      target: 0.9,
      period: '7d',
      indicator: { kind: 'requests' },
    }

    expect(() => tracker.objective(again)).toThrow(
      'objective: name must be unique among the objectives of a tracker, got "checkout" again',
    )
    objective.stop()
    expect(tracker.objective(again).report().target).toBe(0.9)
  })
})

describe('a tracker', () => {
  it('has its running objectives, whichever way they were made', () => {
    const tracker = availabilityTracker()
    const indicator = { kind: 'requests' } as const
    const first = objectiveOf(tracker, { name: 'first', target: 0.9, period: '7d', indicator })
    const second = tracker.objective({ name: 'second', target: 0.9, period: '7d', indicator })

    expect(objectives(tracker)).toEqual([first, second])
    expect(tracker.objectives).toEqual([first, second])
    first.stop()
    expect(objectives(tracker)).toEqual([second])
    tracker.close()
    expect(objectives(tracker)).toEqual([])
  })

  it('is needed', () => {
    const none = { name: 'none', kind: 'availabilityTracker' } as const

    expect(() => objectives(none)).toThrow('objectives: tracker must be an availability tracker, got an object')
    expect(() => objectiveOf(none, {} as never)).toThrow('objective: tracker must be an availability tracker')
  })
})

describe('time as the indicator', () => {
  const options = { indicator: { kind: 'time', component: 'db' }, target: 0.99, period: '10d' } as const

  it('is the time up, by the accounting of the tracker', async () => {
    const { clock, tracker, objective } = engine({ ...options, tiers: [] })
    await clock.advance('1d')
    const db = tracker.component('db')
    db.up()
    await clock.advance('3d')
    db.maintenance()
    await clock.advance('1d')
    db.down()
    await clock.advance('1h')
    db.up()
    await clock.advance('23h')
    const report = objective.report()

    expect(report).toMatchObject({ good: 4 * day - hour, bad: hour, absent: 0 })
    near(report.sli, 95 / 96)
    near(report.coverage, 0.4)
    near(report.errorBudget.total, 2.4 * hour)
    near(report.errorBudget.remaining, 1.4 / 2.4)
    expect(report.indicator).toMatchObject({ kind: 'time', unit: 'ms', component: 'db' })
  })

  it('has the budget of the published tables, for every target and length', async () => {
    const { rows, windowsMs } = JSON.parse(
      readFileSync(new URL('../data/availability-nines.json', import.meta.url), 'utf8'),
    ) as {
      readonly rows: readonly { readonly target: number; readonly downtimeMs: Readonly<Record<string, number>> }[]
      readonly windowsMs: Readonly<Record<string, number>>
    }
    for (const { target, downtimeMs } of rows) {
      for (const [name, period] of Object.entries(windowsMs)) {
        const { clock, tracker, objective } = engine({ ...options, target, period, tiers: [] })
        tracker.component('db').up()
        await clock.advance(10)
        near(objective.report().errorBudget.total, downtimeMs[name] as number, `${target} of ${name}`)
      }
    }
  })

  it('includes states recorded late', async () => {
    const { clock, tracker, objective } = engine(options)
    tracker.component('db').up()
    await clock.advance('2h')
    tracker.record({ component: 'db', state: 'down', start: 30 * minute, end: 90 * minute })

    expect(objective.report()).toMatchObject({ good: hour, bad: hour })
  })

  it('pages without any calls', async () => {
    const { clock, tracker, alerts } = engine({ ...options, target: 0.999, period: '30d' })
    const db = tracker.component('db')
    db.up()
    await clock.advance('2h')
    db.down()
    await clock.advance('10m')
    db.up()
    await clock.advance('10m')

    const fast = alerts.filter(({ tier }) => tier === 'page-fast')
    expect(fast.map(({ state }) => state)).toEqual(['start', 'end'])
    expect(fast[0]).toMatchObject({
      objective: 'checkout',
      severity: 'page',
      factor: 14.4,
      policy: 'availabilityTracker',
    })
    expect(fast[0]?.burnLong).toBeGreaterThan(14.4)
    expect((fast[0]?.time as number) - 2 * hour).toBeLessThanOrEqual(70_000)
    expect(fast[1]?.budgetRemaining).toBeCloseTo(1 - 10 / 43.2, 2)
  })

  it('cannot be counted by hand', () => {
    const { objective } = engine(options)

    expect(() => objective.good()).toThrow(new TypeError('objective: good is for indicators of requests'))
    expect(() => engine().objective.bad(-1)).toThrow('objective: bad must be given an integer >= 0, got -1')
  })
})

describe('the options of an objective', () => {
  const fine = { name: 'a', target: 0.9, period: '1d', indicator: { kind: 'requests' } }

  it.each([
    ['no options', undefined, 'objective: name must be a non-empty string, got undefined'],
    ['no name', { ...fine, name: '' }, 'objective: name must be a non-empty string'],
    ['a target of 1', { ...fine, target: 1 }, 'objective: target must be a number above 0 and below 1, got 1'],
    ['a period of nothing', { ...fine, period: 0 }, 'objective: period must be a duration > 0, or { calendar, zone }'],
    [
      'an unknown stretch',
      { ...fine, period: { calendar: 'fortnight' } },
      "objective: period: calendar must be one of 'hour'",
    ],
    ['an unknown zone', { ...fine, period: { calendar: 'day', zone: 'Mars' } }, 'zone must be an IANA time zone'],
    ['no indicator', { ...fine, indicator: undefined }, "indicator must be of kind 'time', 'requests', 'slices' or"],
    ['a strange kind', { ...fine, indicator: { kind: 'hope' } }, "indicator must be of kind 'time', 'requests'"],
    [
      'time of nothing',
      { ...fine, indicator: { kind: 'time' } },
      'objective: indicator: component must be a non-empty',
    ],
    ['no policy', { ...fine, indicator: { kind: 'requests', policy: 1 } }, 'indicator: policy must be a policy, got 1'],
    ['slices without a target', { ...fine, indicator: { kind: 'slices' } }, 'sliceTarget must be a number from 0 to 1'],
    [
      'slices of the time of nothing',
      { ...fine, indicator: { kind: 'ratioSlices', of: 'time' } },
      'objective: indicator: slices of time need a component, and take no policy',
    ],
    [
      'slices of the time of a policy',
      { ...fine, indicator: { kind: 'ratioSlices', of: 'time', component: 'a', policy: retry() } },
      'slices of time need a component, and take no policy',
    ],
    [
      'a tier that cannot fire',
      { ...fine, tiers: [{ name: 'a', factor: 10, long: '1h' }] },
      'objective: tier "a" can never',
    ],
    [
      'a strange budget',
      { ...fine, budget: 5 },
      "objective: budget must be 'projected', 'observed' or { expected }, got 5",
    ],
    [
      'a budget of none',
      { ...fine, budget: { expected: 0 } },
      'objective: budget: expected must be a finite number > 0',
    ],
    [
      'absence of time',
      { ...fine, indicator: { kind: 'time', component: 'a' }, absent: 'down' },
      'objective: absent must be left out with this indicator',
    ],
    ['absence of nobody', { ...fine, absent: 'down' }, 'objective: absent must be left out with this indicator'],
    [
      'events of time',
      { ...fine, indicator: { kind: 'time', component: 'a' }, minimumEvents: 1 },
      'objective: minimumEvents must be left out with this indicator',
    ],
    [
      'a total of slices',
      { ...fine, indicator: { kind: 'ratioSlices' }, budget: { expected: 5 } },
      'objective: budget.expected must be left out with this indicator',
    ],
    ['a misspelled option', { ...fine, targte: 1 }, '"targte" is not an option, did you mean target?'],
  ])('are refused: %s', (_what, options, message) => {
    const tracker = availabilityTracker({ clock: virtualClock() })

    expect(() => tracker.objective(options as never)).toThrow(message)
    expect(() => tracker.objective(options as never)).toThrow(TypeError)
  })
})
