import { circuitBreaker, timeout } from 'holdfast'
import { availabilityTracker } from 'holdfast/availability'
import { type DashboardOptions, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { ask, open } from '../client.ts'

function made(options: DashboardOptions = {}) {
  const clock = virtualClock({ wall: 1_000_000 })
  return { clock, board: dashboard({ clock, ...options }) }
}

describe('the stream', () => {
  it('starts with all facts, and continues with the changed ones', async () => {
    const clock = virtualClock({ wall: 1_000_000 })
    const breaker = circuitBreaker({ name: 'db', clock })
    const board = dashboard({ clock, policies: [breaker], title: 'Shop', every: '250ms' })
    const stream = await open(board)

    expect(stream.text).toMatch(/^retry: 1000\nevent: hello\ndata: \{.*\}\n\n$/)
    expect(stream.hello).toMatchObject({
      version: 2,
      title: 'Shop',
      at: 1_000_000,
      controls: [],
      history: [{ at: 1_000_000, calls: { db: { success: 0 } } }],
    })
    await breaker.execute(() => 1)
    expect(await stream.frames()).toEqual([])
    await clock.advance(250)

    const [frame, ...others] = await stream.frames()
    expect(frame?.at).toBe(1_000_250)
    expect(Object.keys(frame?.set ?? {})).toEqual(['calls:db'])
    expect(frame).not.toHaveProperty('removed')
    expect(others).toEqual([])
  })

  it('sends a frame every 10 s, even if nothing changes', async () => {
    const { clock, board } = made({ policies: [timeout('1s')] })
    const stream = await open(board)

    await clock.advance('35s')

    expect((await stream.frames()).map(({ at, ...rest }) => [at, rest])).toEqual([
      [1_010_000, {}],
      [1_020_000, {}],
      [1_030_000, {}],
    ])
  })

  it('sends the same to all pages, and all facts to a page that opens later', async () => {
    const { clock, board } = made()
    const first = await open(board)
    board.watch(timeout({ after: '1s', name: 'late' }))
    const early = await open(board)
    await clock.advance(500)
    const late = await open(board)
    for (const stream of [first, early]) await stream.frames()

    expect(early.hello.facts).toEqual({})
    expect(Object.keys(late.hello.facts)).toContain('policy:late')
    expect(early.facts).toEqual(first.facts)
    expect(new Map(Object.entries(late.hello.facts))).toEqual(first.facts)
    expect(early.text.slice(early.text.indexOf('event: frame'))).toBe(
      first.text.slice(first.text.indexOf('event: frame')),
    )
  })

  it('reads the facts once a tick, however many pages are open', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const board = dashboard({ tracker, clock })
    for (let count = 0; count < 10; count++) await open(board)
    const reads = vi.spyOn(tracker, 'statuses')

    await clock.advance('5s')

    expect(reads).toHaveBeenCalledTimes(10)
  })

  it('does nothing while no page is open', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const board = dashboard({ tracker, clock, policies: [timeout('1s')], keep: 0 })
    const reads = vi.spyOn(tracker, 'statuses')
    expect(clock.pending).toBe(0)
    const [one, two] = [await open(board), await open(board)]
    expect(clock.pending).toBe(1)
    await one.leave()
    expect(clock.pending).toBe(1)
    await two.leave()
    expect(clock.pending).toBe(0)
    reads.mockClear()
    await clock.advance('1h')

    expect(reads).not.toHaveBeenCalled()
    await open(board)
    expect(clock.pending).toBe(1)
  })

  it('is limited to `maxClients`, and further pages retry later', async () => {
    const { board } = made({ maxClients: 2 })
    const [first] = [await open(board), await open(board)]

    const rejected = await ask(board, '?events')

    expect(rejected.status).toBe(503)
    expect(rejected.headers.get('retry-after')).toBe('5')
    await first?.leave()
    expect((await ask(board, '?events')).status).toBe(200)
    expect((await ask(board, '?events')).status).toBe(503)
    expect((await ask(board)).status).toBe(200)
  })

  it('ends when the dashboard is closed, and does not start again', async () => {
    const breaker = circuitBreaker({ name: 'db' })
    const { clock, board } = made({ policies: [breaker] })
    const stream = await open(board)
    board.close()
    board.close()
    await stream.frames()

    expect(stream.ended).toBe(true)
    expect(clock.pending).toBe(0)
    expect(breaker).toMatchObject({ events: { counters: undefined } })
    for (const query of ['', '?events', '?component=a']) expect((await ask(board, query)).status).toBe(503)
    const watching = board.watch(timeout('1s'))
    watching.stop()
    expect(clock.pending).toBe(0)
    expect(() => board.watch(1 as never)).toThrow('dashboard: policies must be policies, got 1')
  })
})

describe('a tick', () => {
  it('that fails is reported as a fault, and the next one follows', async () => {
    const faults: string[] = []
    const clock = virtualClock()
    const { wall } = clock
    const board = dashboard({ clock, onFault: ({ source }) => faults.push(source) })
    const stream = await open(board)
    let broken = 1
    vi.spyOn(clock, 'wall').mockImplementation((now) => {
      if (broken-- === 1) throw new Error('no time')
      return wall.call(clock, now)
    })
    const limit = timeout('1s')
    expect(() => board.watch(limit)).not.toThrow()
    broken = 1
    await limit.execute(() => 1)
    await clock.advance(500)
    await stream.frames()
    expect(faults).toEqual(['history', 'stream'])
    expect(stream.facts.has('policy:timeout')).toBe(false)
    await clock.advance(500)
    await stream.frames()

    expect(stream.facts.get('calls:timeout')).toMatchObject({ success: 1 })
  })
})
