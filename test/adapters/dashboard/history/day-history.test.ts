import { describe, expect, it, vi } from 'vitest'
import type { BarSlice, Bars, ComponentDetails } from '../../../../src/adapters/dashboard/wire/details.ts'
import { ask, data } from '../client.ts'
import { day, flapping, hour, watched } from '../tracked.ts'

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
