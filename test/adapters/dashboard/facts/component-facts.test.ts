import { availabilityTracker } from 'holdfast/availability'
import { dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { open } from '../client.ts'
import { day, hour, minute, morning, watched } from '../tracked.ts'

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
