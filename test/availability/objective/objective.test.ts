import fc from 'fast-check'
import { availabilityTracker, type ObjectiveOptions, type ObjectiveReport } from 'holdfast/availability'
import { retry } from 'holdfast/retry'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { near } from '../near.ts'
import { engine } from './engine.ts'
import { vectors } from './vectors.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('an objective', () => {
  it('says null where there was nothing, never 0, 1 or NaN', async () => {
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

  it('counts in its first instant too', () => {
    const { objective } = engine()
    objective.good()
    objective.bad(3)
    const { sli, coverage, errorBudget } = objective.report()

    expect([sli, coverage]).toEqual([0.25, 0])
    near(errorBudget.total, 0.004)
  })

  it('without tiers goes by the pace of the period', async () => {
    const { objective, traffic } = engine({ tiers: [], period: '10d' })
    await traffic(day, 0.0005, minute, 2000)
    const { exhaustionIn, tiers, burnRate } = objective.report()

    near(burnRate, 0.5)
    near(exhaustionIn, 0.95 * 20 * day)
    expect(tiers).toEqual([])
  })

  it('names the tiers that cannot fire', () => {
    const { leftOut, tiers } = engine({ target: 0.9 }).objective.report()

    expect(leftOut).toEqual(['page-fast'])
    expect(tiers).toHaveLength(3)
  })

  it('spends what its parts spend together', async () => {
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
  it('are counted, but those their caller gave up, until it is stopped', async () => {
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

  it('may be of many objectives at once, each with a name of its own', () => {
    const { tracker, objective } = engine()
    const again: ObjectiveOptions = {
      name: 'checkout',
      target: 0.9,
      period: '7d',
      indicator: { kind: 'requests' },
    }

    expect(() => tracker.objective(again)).toThrow('objective: name must be one of its own, got "checkout" again')
    objective.stop()
    expect(tracker.objective(again).report().target).toBe(0.9)
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

  it('knows what was told late', async () => {
    const { clock, tracker, objective } = engine(options)
    tracker.component('db').up()
    await clock.advance('2h')
    tracker.record({ component: 'db', state: 'down', start: 30 * minute, end: 90 * minute })

    expect(objective.report()).toMatchObject({ good: hour, bad: hour })
  })

  it('pages while nobody calls', async () => {
    const { clock, tracker, told } = engine({ ...options, target: 0.999, period: '30d' })
    const db = tracker.component('db')
    db.up()
    await clock.advance('2h')
    db.down()
    await clock.advance('10m')
    db.up()
    await clock.advance('10m')

    const fast = told.filter(({ tier }) => tier === 'page-fast')
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

  it('counts nothing by hand', () => {
    const { objective } = engine(options)

    expect(() => objective.good()).toThrow(new TypeError('objective: good is for indicators of requests'))
    expect(() => engine().objective.bad(-1)).toThrow('objective: bad must be given an integer >= 0, got -1')
  })
})

describe('slices', () => {
  const { target, good, valid, expect: expected } = vectors.nobl9
  const ten = { target, period: '10m', tiers: [] } as const
  const sliced = { kind: 'slices', sliceTarget: 0.95 } as const

  async function fed(indicator: ObjectiveOptions['indicator']): Promise<ObjectiveReport> {
    const { clock, objective } = engine({ ...ten, indicator })
    for (const [index, count] of good.entries()) {
      objective.good(count)
      objective.bad((valid[index] as number) - count)
      await clock.advance('1m')
    }
    return objective.report()
  }

  it('are one of three answers to the same requests', async () => {
    const occurrences = await fed({ kind: 'requests' })
    near(occurrences.sli, expected['occurrences'] as number)
    near(occurrences.burnRate, expected['occurrencesBudgetBurnt'] as number)
    expect([occurrences.good, occurrences.good + occurrences.bad]).toEqual([expected['goodSum'], expected['validSum']])
    const slices = await fed(sliced)
    near(slices.sli, expected['timeslices'] as number)
    near(slices.burnRate, expected['timeslicesBudgetBurnt'] as number)
    near(slices.errorBudget.remaining, 1 - (expected['timeslicesBudgetBurnt'] as number))
    const ratios = await fed({ kind: 'ratioSlices' })
    near(ratios.sli, expected['ratioTimeslices'] as number)
    near(ratios.burnRate, expected['ratioTimeslicesBudgetBurnt'] as number)
    expect(slices.indicator).toMatchObject({ kind: 'slices', unit: 'slices', slice: minute, sliceTarget: 0.95 })
  })

  it('allow so many bad minutes in two weeks, and a fixed length of attack', async () => {
    const [allowed, attack] = ['timeslices-2w-95', 'ratio-timeslices-ddos'].map((id) =>
      vectors.openslo.cases.find((one) => one['id'] === id),
    )
    const { clock, objective } = engine({ target: 0.95, period: '14d', indicator: { kind: 'ratioSlices' } })
    for (let passed = 0; passed < 1000; passed++) {
      objective.good(passed < 500 ? 1 : 99)
      objective.bad(passed < 500 ? 99 : 1)
      await clock.advance('1m')
    }
    const { errorBudget } = objective.report()

    near(errorBudget.total, allowed?.['badMinutesAllowed'] as number)
    // Of what the baseline leaves in two weeks, an attack spends 0.98 a minute more.
    const left = (errorBudget.total as number) - 0.01 * (attack?.['windowMinutes'] as number)
    near(left / 0.98, attack?.['attackMinutesToExhaust'] as number)
    near(errorBudget.spent, 500 * 0.99 + 500 * 0.01)
  })

  it('without requests do not count, and lower the coverage', async () => {
    const { clock, objective } = engine({ ...ten, indicator: sliced })
    objective.good()
    await clock.advance('5m')
    objective.bad()
    await clock.advance('5m')

    expect(objective.report()).toMatchObject({ good: 1, bad: 1, sli: 0.5, coverage: 0.2 })
  })

  it('are judged when they are over', async () => {
    const { clock, objective } = engine({ ...ten, indicator: sliced }, 30_000)
    objective.good(5)
    await clock.advance('20s')
    expect(objective.report().sli).toBeNull()
    objective.bad(1)
    // The wall clock shows a full minute.
    await clock.advance('10s')

    expect(objective.report()).toMatchObject({ good: 0, bad: 1 })
  })

  it('of time are the minutes that were up long enough', async () => {
    const indicator = { kind: 'slices', of: 'time', component: 'db', sliceTarget: 0.9 } as const
    const { clock, tracker, objective } = engine({ ...ten, indicator })
    const db = tracker.component('db')
    await clock.advance('90s')
    db.up()
    await clock.advance('3m')
    db.down()
    await clock.advance('5s')
    db.up()
    await clock.advance('2m')
    db.down()
    await clock.advance(85_000)

    // Unknown, then half a minute known and up, three up, one with 5 s down, one up, half and whole ones down.
    expect(objective.report()).toMatchObject({ good: 5, bad: 2, coverage: 0.7, indicator: { unit: 'slices' } })
    const ratios = tracker.objective({
      ...ten,
      name: 'r',
      indicator: { kind: 'ratioSlices', of: 'time', component: 'db' },
    })
    near(ratios.report().good, 1 + 2 + 55 / 60 + 1 + 35 / 60)
  })

  it('of time are the same as counted one by one', async () => {
    const step = fc.record({
      wait: fc.integer({ min: 1, max: 200_000 }),
      state: fc.constantFrom('up', 'down', 'unknown'),
    })
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.nat(59_999),
      async (steps, wall) => {
        const indicator = { kind: 'slices', of: 'time', component: 'db', sliceTarget: 0.5 } as const
        const { clock, tracker, objective } = engine({ ...ten, period: '1h', indicator }, wall)
        const states: string[] = []
        for (const { wait, state } of steps) {
          tracker.component('db')[state]()
          await clock.advance(wait)
          for (let ms = 0; ms < wait; ms++) states.push(state)
        }
        const counts = { good: 0, bad: 0 }
        for (let end = minute - (wall % minute); end <= states.length; end += minute) {
          const inside = states.slice(Math.max(0, end - minute), end)
          const up = inside.filter((state) => state === 'up').length
          const known = up + inside.filter((state) => state === 'down').length
          if (known > 0) counts[up / known >= 0.5 ? 'good' : 'bad']++
        }
        expect(objective.report()).toMatchObject(counts)
      },
    )
    await fc.assert(property, { numRuns: 30 })
  }, 60_000)
})

describe('the calendar', () => {
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

  it('can give back what was spent, where the ratio so far is taken', async () => {
    const found = await remaining('observed')
    for (const { day, remaining } of observedRatioRemaining) {
      expect(found.get(day), `day ${day}`).toBeCloseTo(remaining, 9)
    }
  })

  it('never does where the total is expected, and is projected by default', async () => {
    for (const budget of [{ expected: eventsPerDay * days }, undefined]) {
      for (const left of (await remaining(budget)).values())
        expect(left).toBeCloseTo(absoluteRemainingWithExpectedTotal, 6)
    }
  })

  it('begins anew, to the batch, in a zone', async () => {
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

  it('of time is read off the timeline', async () => {
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

  it('ends what would last beyond it', async () => {
    const { clock, objective, traffic } = engine({ ...options }, april + 20 * day)
    await traffic(hour, 0.005, minute)
    expect(objective.report().exhaustionIn).toBeNull()
    await traffic(hour, 0.6, minute)
    expect(objective.report().exhaustionIn).toBeLessThan(10 * day)
    expect(clock.now()).toBe(2 * hour)
  })
})

describe('silence while the component is down', () => {
  async function silent(given: Partial<ObjectiveOptions>, down: boolean) {
    const one = engine({ indicator: { kind: 'requests', component: 'db' }, ...given })
    one.tracker.component('db').up()
    await one.traffic(4 * hour, 0, 10_000, 100)
    if (down) one.tracker.component('db').down()
    await one.clock.advance('10m')
    return one
  }
  const states = (told: readonly { tier: string; state: string }[]) =>
    told.filter(({ tier }) => tier === 'page-fast').map(({ state }) => state)

  it('is as bad as if the usual requests had come and failed', async () => {
    const { objective, told, tracker, traffic } = await silent({}, true)
    const report = objective.report()

    expect(report).toMatchObject({ good: 144_000, bad: 0, indicator: { component: 'db' } })
    near(report.absent, 6000, 'absent', 0.01)
    near(report.sli, 24 / 25, 'sli', 0.001)
    near(report.errorBudget.spent, report.absent)
    expect(states(told)).toEqual(['start'])
    tracker.component('db').up()
    await traffic(20 * minute, 0, 10_000, 100)
    expect(states(told)).toEqual(['start', 'end'])
  })

  it('is nothing where it is to be ignored, and where nothing is known to be down', async () => {
    for (const [given, down] of [
      [{ absent: 'ignore' }, true],
      [{}, false],
    ] as const) {
      const { objective, told } = await silent(given, down)
      expect(objective.report()).toMatchObject({ absent: 0, sli: 1 })
      expect(told).toEqual([])
    }
  })

  it('is nothing while requests come as rarely as they do', async () => {
    const { clock, tracker, objective, traffic } = engine({ indicator: { kind: 'requests', component: 'db' } })
    tracker.component('db').up()
    await traffic(10 * hour, 0, 10 * minute, 1)
    tracker.component('db').down()
    await traffic(hour, 1, 10 * minute, 1)
    expect(objective.report()).toMatchObject({ good: 60, bad: 6, absent: 0 })
    await clock.advance('1h')

    near(objective.report().absent, 6, 'absent', 0.2)
  })

  it('is all there is where no request ever came', async () => {
    const { clock, tracker, objective, told } = engine({ indicator: { kind: 'requests', component: 'db' } })
    tracker.component('db').down()
    await clock.advance('10m')

    expect(objective.report()).toMatchObject({ sli: 0, good: 0, bad: 0 })
    expect(states(told)).toEqual(['start'])
  })

  it('counts in a period of the calendar too', async () => {
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

describe('the watch over tiers', () => {
  it('has one timer for all, only while somebody listens', async () => {
    const { clock, tracker, objective } = engine()
    const listener = (): void => {}
    expect(clock.pending).toBe(1)
    tracker.off('burn')
    expect(clock.pending).toBe(0)
    tracker.on('burn', listener)
    tracker.objective({ name: 'other', target: 0.9, period: '1d', indicator: { kind: 'requests' } })
    await clock.advance('5m')
    expect(clock.pending).toBe(1)
    objective.stop()
    expect(clock.pending).toBe(1)
    tracker.close()
    expect(clock.pending).toBe(0)
    await clock.advance('5m')
    expect(clock.pending).toBe(0)
    tracker.off('burn', listener)
    expect(clock.pending).toBe(0)
  })

  it('has none before there is an objective that has tiers', () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock }).on('burn', () => {})
    expect(clock.pending).toBe(0)
    tracker.objective({ name: 'a', target: 0.9, period: '1d', indicator: { kind: 'requests' }, tiers: [] })

    expect(clock.pending).toBe(0)
  })

  it('goes on without a listener, by the requests themselves', async () => {
    const { clock, tracker, objective, traffic } = engine()
    tracker.off('burn')
    await traffic(hour)
    await traffic(5 * minute, 1)
    const { tiers } = objective.report()

    expect(tiers[0]).toMatchObject({ name: 'page-fast', firing: true })
    expect(tiers[0]?.since).toBeLessThan(clock.now() - 3 * minute)
    expect(clock.pending).toBe(0)
  })

  it('starts not before its share of the budget is gone, also right after the start', async () => {
    const [short, long] = [engine(), engine()]
    await short.traffic(40_000, 1)
    await short.traffic(hour)
    await long.traffic(80_000, 1)
    await long.traffic(hour)

    expect(short.told).toEqual([])
    expect(long.told[0]).toMatchObject({ tier: 'page-fast', state: 'start', time: 60_000 })
    expect(1 - (long.told[0]?.budgetRemaining as number)).toBeGreaterThan(0.02)
  })

  it('survives a listener that throws, and a clock that does', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const { clock, tracker, objective, traffic } = engine()
    const faults: unknown[] = []
    tracker.on('burn', () => {
      throw new Error('mine')
    })
    tracker.on('fault', ({ source, error }) => faults.push([source, (error as Error).message]))
    await traffic(hour)
    await traffic(5 * minute, 1)
    expect(faults).toContainEqual(['listener:burn', 'mine'])
    expect(objective.report().tiers[0]?.firing).toBe(true)
    faults.length = 0
    const wall = vi.spyOn(clock, 'wall').mockImplementationOnce(() => {
      throw new Error('broken')
    })
    await clock.advance('10s')
    expect(faults).toEqual([['objective', 'broken']])
    expect(clock.pending).toBe(1)
    wall.mockRestore()
    warn.mockRestore()
  })

  it('may be stopped by its listener', async () => {
    const { clock, tracker, objective, told, traffic } = engine()
    tracker.on('burn', () => objective.stop())
    await traffic(hour)
    await traffic(10 * minute, 1)

    expect(told.length).toBeGreaterThan(0)
    expect(clock.pending).toBe(0)
    expect(objective.report().good).toBeGreaterThan(0)
  })

  it('tells the start of what has been for as long as it shall', async () => {
    const tiers = [{ name: 'a', factor: 10, long: '1h', for: '2m', hold: '1m' }] as const
    const { told, traffic } = engine({ tiers })
    await traffic(hour)
    await traffic(10 * minute, 1)
    await traffic(10 * minute)

    const [start, end] = told
    expect(told.map(({ state }) => state)).toEqual(['start', 'end'])
    expect(Math.abs((start?.time as number) - hour - 36_000 - 2 * minute)).toBeLessThanOrEqual(20_000)
    expect(Math.abs((end?.time as number) - hour - 10 * minute - 0.99 * 5 * minute - minute)).toBeLessThanOrEqual(
      20_000,
    )
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
      'objective: absent must be left out with this kind of indicator',
    ],
    [
      'events of time',
      { ...fine, indicator: { kind: 'time', component: 'a' }, minimumEvents: 1 },
      'objective: minimumEvents must be left out with this kind of indicator',
    ],
    [
      'a total of slices',
      { ...fine, indicator: { kind: 'ratioSlices' }, budget: { expected: 5 } },
      'objective: budget.expected must be left out with this kind of indicator',
    ],
    ['a misspelled option', { ...fine, targte: 1 }, '"targte" is not an option, did you mean target?'],
  ])('are refused: %s', (_what, options, message) => {
    const tracker = availabilityTracker({ clock: virtualClock() })

    expect(() => tracker.objective(options as never)).toThrow(message)
    expect(() => tracker.objective(options as never)).toThrow(TypeError)
  })
})
