import { availabilityTracker, type ComponentHandle } from 'holdfast/availability'
import { type DashboardOptions, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import type {
  BarSlice,
  Bars,
  ComponentDetails,
  ObjectiveDetails,
} from '../../../src/adapters/dashboard/wire/details.ts'
import { ask, data, open } from './client.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** Not at the start of a day. */
const morning = Date.UTC(2026, 5, 10, 6, 15)

function watched(options: DashboardOptions = {}, wall = morning) {
  const clock = virtualClock({ wall })
  const tracker = availabilityTracker({ clock })
  return { clock, tracker, board: dashboard({ tracker, clock, ...options }) }
}

describe('components', () => {
  it('show their state at once, their availability and failures within 5 s', async () => {
    const { clock, tracker, board } = watched()
    const db = tracker.component('db')
    db.up()
    await clock.advance(9 * minute)
    const stream = await open(board)
    expect(stream.facts.get('component:db')).toEqual({
      kind: 'component',
      name: 'db',
      state: 'up',
      since: morning,
      availability: { day: 1, month: 1, quarter: 1 },
      coverage: { day: 0.006, month: 0.0005, quarter: 0.0005 },
      failures: 0,
    })
    await clock.advance(100)
    db.down()
    await clock.advance(400)
    await stream.frames()
    expect(stream.facts.get('component:db')).toMatchObject({
      state: 'down',
      since: morning + 9 * minute + 100,
      failures: 0,
    })
    await clock.advance(minute - 400)
    await stream.frames()

    expect(stream.facts.get('component:db')).toMatchObject({
      failures: 1,
      availability: { day: expect.closeTo(0.9, 2) },
    })
  })

  it('have the same availability of a day, 30 days and 90 days as reports', async () => {
    const { clock, tracker, board } = watched()
    const db = tracker.component('db')
    for (const [up, down] of [
      [40 * day, 2 * day],
      [20 * day, day],
      [12 * hour, 6 * hour],
    ] as const) {
      db.up()
      await clock.advance(up)
      db.down()
      await clock.advance(down)
    }

    const { facts } = await open(board)

    const rounded = (window: '1d' | '30d' | '90d') => {
      const { availability } = tracker.report({ component: 'db', window })
      return Math.round((availability as number) * 1e6) / 1e6
    }
    expect(facts.get('component:db')).toMatchObject({
      availability: { day: rounded('1d'), month: rounded('30d'), quarter: rounded('90d') },
      failures: 3,
    })
    tracker.component('other')
    const { facts: later } = await open(board)
    expect(later.get('component:other')).toBeUndefined()
  })

  it('are sent again only after a visible change', async () => {
    const { clock, tracker, board } = watched()
    tracker.component('db').up()
    tracker.component('new')
    await clock.advance(hour)
    const stream = await open(board)
    await clock.advance(9500)

    expect(await stream.frames()).toEqual([])
    await clock.advance(500)
    expect(await stream.frames()).toEqual([{ at: clock.wall() }])
    expect(stream.facts.get('component:new')).toMatchObject({
      since: null,
      availability: { day: null, month: null, quarter: null },
    })
  })

  it('keep their instants while the wall clock varies a little, but follow one that was set', async () => {
    const { clock, tracker, board } = watched()
    tracker.component('db').up()
    await clock.advance(hour)
    const stream = await open(board)
    clock.stepWall(-2)
    await clock.advance(500)
    expect(await stream.frames()).toEqual([])
    clock.stepWall(-5000)
    await clock.advance(500)
    await stream.frames()

    expect(stream.facts.get('component:db')).toMatchObject({ since: morning - 5002 })
  })

  it('are read for a few ms at most, the rest a tick later', async () => {
    const clock = virtualClock({ wall: morning })
    const slow = { ...clock, now: clock.now.bind(clock), wall: () => clock.wall(), cancel: clock.cancel.bind(clock) }
    let took = 0
    const slowClock = Object.assign(slow, {
      schedule: clock.schedule.bind(clock),
      now: () => clock.now() + took,
    })
    const tracker = availabilityTracker({ clock })
    for (const name of ['a', 'b', 'c', 'd']) tracker.component(name).up()
    await clock.advance(hour)
    const slices = tracker.slices.bind(tracker)
    tracker.slices = (...given) => {
      took += 3
      return slices(...given)
    }
    const board = dashboard({ tracker, clock: slowClock })

    const stream = await open(board)
    const known = () =>
      [...stream.facts.values()].filter((fact) => fact.kind === 'component' && fact.availability.day === 1)

    expect(known()).toHaveLength(2)
    await clock.advance(500)
    await stream.frames()
    expect(known()).toHaveLength(4)
  })

  it('stay as they were if the tracker fails, and other facts go on', async () => {
    const faults: string[] = []
    const { clock, tracker, board } = watched({ onFault: ({ source }) => faults.push(source) })
    tracker.component('db').up()
    tracker.objective({ name: 'slo', target: 0.9, period: '1d', indicator: { kind: 'time', component: 'db' } })
    await clock.advance(minute)
    const stream = await open(board)
    vi.spyOn(tracker, 'statuses').mockImplementation(() => {
      throw new Error('broken')
    })
    await clock.advance(hour)
    const frames = await stream.frames()

    expect(new Set(faults)).toEqual(new Set(['tracker']))
    expect(frames.flatMap(({ removed = [] }) => removed)).toEqual([])
    expect(frames.flatMap(({ set = {} }) => Object.keys(set))).toContain('objective:slo')
    expect(stream.facts.get('component:db')).toMatchObject({ state: 'up' })
  })

  it('keep their availability if only that fails', async () => {
    const faults: string[] = []
    const { clock, tracker, board } = watched({ onFault: ({ source }) => faults.push(source) })
    const db = tracker.component('db')
    db.up()
    await clock.advance(minute)
    const stream = await open(board)
    vi.spyOn(tracker, 'slices').mockImplementation(() => {
      throw new Error('broken')
    })
    tracker.component('late').up()
    db.down()
    await clock.advance('6s')
    await stream.frames()

    expect(faults).toContain('tracker')
    expect(stream.facts.get('component:db')).toMatchObject({ state: 'down', availability: { day: 1 } })
    expect(stream.facts.get('component:late')).toMatchObject({ state: 'up', availability: { day: null } })
  })
})

describe('objectives', () => {
  it('have the values of their reports', async () => {
    const { clock, tracker, board } = watched()
    const objective = tracker.objective({
      name: 'slo',
      target: 0.99,
      period: { calendar: 'day' },
      indicator: { kind: 'requests', component: 'db' },
    })
    objective.good(980)
    objective.bad(20)
    await clock.advance(minute)

    const { facts } = await open(board)

    const { period, burnRate, tiers, exhaustionIn, errorBudget, coverage } = objective.report()
    expect(facts.get('objective:slo')).toEqual({
      kind: 'objective',
      name: 'slo',
      pace: 1,
      target: 0.99,
      period: { from: period.fromAt, to: period.toAt, calendar: 'day' },
      unit: 'requests',
      sli: 0.98,
      coverage: Math.round(coverage * 1000) / 1000,
      remaining: Math.round((errorBudget.remaining as number) * 1e4) / 1e4,
      burnRate: Number(burnRate?.toPrecision(3)),
      exhaustionIn: Number(exhaustionIn?.toPrecision(3)),
      tiers: tiers.map(({ name, severity, factor, firing }) => ({ name, severity, factor, firing })),
    })
  })

  it('of a rolling period move once a minute, and disappear when they are stopped', async () => {
    const { clock, tracker, board } = watched()
    const objective = tracker.objective({ name: 'slo', target: 0.9, period: '30d', indicator: { kind: 'requests' } })
    const stream = await open(board)
    expect(stream.facts.get('objective:slo')).toMatchObject({
      period: { from: morning - 30 * day, to: morning },
      sli: null,
      remaining: null,
      burnRate: null,
    })
    await clock.advance('39s')
    expect((await stream.frames()).filter(({ set }) => set !== undefined)).toEqual([])
    await clock.advance('25s')
    expect((await stream.frames()).filter(({ set }) => set !== undefined)).toHaveLength(1)
    objective.stop()
    await clock.advance('500ms')

    expect(await stream.frames()).toEqual([{ at: clock.wall(), removed: ['objective:slo'] }])
  })

  it('stay as they were if one fails, and the others go on', async () => {
    const faults: string[] = []
    const { clock, tracker, board } = watched({ onFault: ({ source }) => faults.push(source) })
    const options = { target: 0.9, period: '1d', indicator: { kind: 'requests' } } as const
    const [one, two] = ['one', 'two'].map((name) => tracker.objective({ ...options, name }))
    const stream = await open(board)
    const broken = (): never => {
      throw new Error('broken')
    }
    Object.assign(one as object, { report: broken })
    Object.assign(tracker.objective({ ...options, name: 'three' }), { report: broken })
    two?.good()
    await clock.advance('3s')
    await stream.frames()

    expect(new Set(faults)).toEqual(new Set(['objectives']))
    expect(stream.facts.get('objective:one')).toMatchObject({ sli: null })
    expect(stream.facts.get('objective:two')).toMatchObject({ sli: 1 })
    expect(stream.facts.has('objective:three')).toBe(false)
  })
})

/** Up for a day and down for an hour, over and over. */
async function flapping({ up, down }: ComponentHandle, clock: ReturnType<typeof virtualClock>, days: number) {
  for (let round = 0; round < days; round++) {
    up()
    await clock.advance(23 * hour)
    down({ reason: `outage ${round}` })
    await clock.advance(hour)
  }
  up()
}

describe('the time zone of days', () => {
  it.each([
    [{}, 'UTC'],
    [{ zone: 'Asia/Tokyo' }, 'Asia/Tokyo'],
  ])('with %j is %s, and part of the details', async (options, zone) => {
    const { tracker, board } = watched(options)
    tracker.component('db').up()

    expect(await data<ComponentDetails>(board, '?component=db')).toMatchObject({ zone })
  })
})

describe('bars', () => {
  it('are 90 days of the zone, with today last and until now', async () => {
    const { clock, tracker, board } = watched({ zone: 'Europe/Berlin' })
    await flapping(tracker.component('db'), clock, 3)

    const { at, bars } = await data<Bars>(board, '?bars&name=db')

    const slices = bars['db'] as readonly BarSlice[]
    expect(at).toBe(clock.wall())
    expect(slices).toHaveLength(90)
    expect(slices.at(-1)).toMatchObject({
      from: Date.UTC(2026, 5, 12, 22),
      to: at,
      availability: expect.closeTo(0.879, 3),
    })
    expect(slices.at(-2)).toMatchObject({
      from: Date.UTC(2026, 5, 11, 22),
      to: Date.UTC(2026, 5, 12, 22),
      availability: expect.closeTo(23 / 24, 3),
      up: 23 * hour,
      down: hour,
      degraded: 0,
      maintenance: 0,
      failures: 1,
    })
    expect(slices[0]).toMatchObject({ availability: null, up: 0, down: 0, failures: 0 })
    // In the last days of March the clocks went forward.
    expect(slices.map(({ from, to }) => to - from).slice(0, -1)).toContain(23 * hour)
    for (const [index, slice] of slices.entries()) expect(slice.from).toBe(slices[index - 1]?.to ?? slice.from)
  })

  it('cache past days for a minute, but not beyond midnight', async () => {
    const { clock, tracker, board } = watched()
    const { up } = tracker.component('db')
    up()
    await clock.advance(day)
    const reads = vi.spyOn(tracker, 'slices')
    const failuresOf = async () => (await data<Bars>(board, '?bars&name=db')).bars['db']?.at(-2)?.failures
    expect(await failuresOf()).toBe(0)
    tracker.record({ component: 'db', state: 'down', id: 'late', start: 2 * hour, end: 3 * hour })
    await clock.advance(59_000)
    expect(await failuresOf()).toBe(0)
    expect(reads).toHaveBeenCalledTimes(3)
    await clock.advance(1000)
    expect(await failuresOf()).toBe(1)
    await clock.advance(day)
    await failuresOf()

    const { bars } = await data<Bars>(board, '?bars&name=db')
    expect(bars['db']?.at(-1)?.from).toBe(Date.UTC(2026, 5, 12))
    expect(bars['db']?.at(-3)?.failures).toBe(1)
    clock.stepWall(-2 * day)
    expect((await data<Bars>(board, '?bars&name=db')).bars['db']?.at(-1)?.from).toBe(Date.UTC(2026, 5, 10))
  })

  it('are of the known components, of at most 50 names', async () => {
    const { tracker, board } = watched()
    const names = Array.from({ length: 51 }, (_, index) => `c${index}`)
    for (const name of [...names, '__proto__', 'a&b=c?#']) tracker.component(name).up()
    const query = (given: readonly string[]) =>
      `?bars&${new URLSearchParams(given.map((name): [string, string] => ['name', name]))}`

    expect(Object.keys((await data<Bars>(board, query(names.slice(1)))).bars)).toEqual(names.slice(1))
    expect(Object.keys((await data<Bars>(board, query(['__proto__', 'a&b=c?#', 'unknown']))).bars)).toEqual([
      '__proto__',
      'a&b=c?#',
    ])
    expect(await (await ask(board, query(names))).json()).toEqual({ error: 'at most 50 names are allowed' })
    expect((await ask(board, query(['unknown']))).status).toBe(404)
    expect((await ask(board, '?bars')).status).toBe(404)
  })
})

describe('the details of a component', () => {
  it('have its days, hours and minutes, its figures and its outages', async () => {
    const { clock, tracker, board } = watched()
    await flapping(tracker.component('db'), clock, 60)
    tracker.component('db').down({ time: 60 * day, detected: 60 * day + 2000 })
    await clock.advance('5s')

    const details = await data<ComponentDetails>(board, '?component=db')

    const report = tracker.report({ component: 'db', window: '90d' })
    expect(details).toMatchObject({ at: clock.wall(), name: 'db' })
    expect(details.days).toHaveLength(90)
    expect(details.hours).toHaveLength(24)
    expect(details.hours.at(-1)).toMatchObject({ from: clock.wall() - hour, to: clock.wall() })
    expect(details.hours.filter(({ failures }) => failures > 0)).toHaveLength(1)
    expect(details.minutes).toHaveLength(60)
    expect(details.minutes.at(-1)).toMatchObject({ to: clock.wall(), down: minute })
    expect(details.figures).toEqual({
      availability: expect.closeTo(report.availability as number, 5),
      coverage: expect.closeTo(report.coverage as number, 5),
      downtime: report.downtime,
      failures: 60,
      mtbf: report.mtbf,
      mttr: report.mttr.recovery,
      mttd: 3_602_000,
    })
    expect(details.outages).toHaveLength(50)
    expect(details.outages[0]).toEqual({
      start: morning + 60 * day - hour,
      end: null,
      net: hour + 5000,
      startCensored: false,
      reason: 'outage 59',
      phases: [['detected', morning + 60 * day + 2000]],
    })
    expect(details.outages[1]).toMatchObject({ end: morning + 59 * day, reason: 'outage 58', phases: [] })
  })

  it('have the instants of the wall clock, also after a sleep of the machine', async () => {
    const { clock, tracker, board } = watched()
    const db = tracker.component('db')
    db.up()
    await clock.advance(hour)
    clock.suspend(day)
    tracker.state('db')
    db.up()
    await clock.advance(hour)
    db.down()
    await clock.advance(minute)

    const { outages } = await data<ComponentDetails>(board, '?component=db')

    expect(outages).toMatchObject([{ start: morning + day + 2 * hour, end: null }])
  })

  it('have the end of an outage, also after a sleep of a fraction of milliseconds', async () => {
    const { clock, tracker, board } = watched({}, 1e11)
    await clock.advance(1234.5678)
    tracker.component('db').down({ at: new Date(clock.wall()) })
    clock.suspend(2048.000007629395)
    tracker.component('db').up()
    const { outages } = await data<ComponentDetails>(board, '?component=db')

    expect(outages).toMatchObject([{ start: 1e11 + 1234, end: expect.any(Number) }])
  })

  it('exist without any outage too', async () => {
    const { tracker, board } = watched()
    tracker.component('db')
    tracker.record({ component: 'db', state: 'up' })

    expect((await data<ComponentDetails>(board, '?component=db')).outages).toEqual([])
  })
})

describe('the details of an objective', () => {
  it('have the burn-down of its budget', async () => {
    const { clock, tracker, board } = watched()
    const objective = tracker.objective({ name: 'a b', target: 0.9, period: '1d', indicator: { kind: 'requests' } })
    objective.good(99)
    objective.bad(1)
    await clock.advance(hour)

    const { at, name, since, burnDown } = await data<ObjectiveDetails>(board, '?objective=a%20b')

    expect({ at, name }).toEqual({ at: clock.wall(), name: 'a b' })
    const { coverage, period } = objective.report()
    expect(since).toBe(Math.round(at - coverage * (at - period.fromAt)))
    expect(burnDown).toEqual(objective.burnDown().map(({ at, remaining }) => [Math.round(at), remaining]))
  })
})

describe('an unknown name', () => {
  it.each(['?component=unknown', '?component=', '?objective=unknown', '?bars&name=unknown'])(
    'is not found: %s',
    async (query) => {
      const response = await ask(watched().board, query)

      expect(response.status).toBe(404)
      expect(await response.json()).toEqual({ error: expect.stringMatching(/^unknown (component|objective)$/) })
    },
  )

  it('is every name if there is no tracker', async () => {
    const board = dashboard()

    for (const query of ['?component=a', '?objective=a', '?bars&name=a']) {
      expect(await (await ask(board, query)).json()).toEqual({ error: 'no tracker' })
    }
  })
})
