import { availabilityTracker } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { exportTimeline, mergeTimelines, timelineReport } from 'holdfast/fleet'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { seen } from './fixture.ts'

const start = 1_700_000_000_000

async function tracked() {
  const clock = virtualClock({ wall: start })
  const tracker = availabilityTracker({ clock })
  return { clock, tracker, stock: tracker.component('stock') }
}

describe('an exported timeline', () => {
  it('has wall time and the name of its observer', async () => {
    const { clock, tracker, stock } = await tracked()
    await clock.advance(1000)
    stock.up()
    await clock.advance(5000)
    stock.down()
    await clock.advance(2000)

    expect(exportTimeline(tracker, 'stock', { observer: 'web-1' })).toEqual(
      seen(
        'web-1',
        [
          ['up', start + 1000],
          ['down', start + 6000],
        ],
        { from: start, to: start + 8000 },
      ),
    )
  })

  it('has the calls of the watched policy', async () => {
    const { tracker, clock } = await tracked()
    const breaker = circuitBreaker({ name: 'payments', consecutiveFailures: 3, clock })
    tracker.watch(breaker)
    await breaker.execute(() => 'fine')
    await breaker.execute(() => Promise.reject(new Error('bad'))).catch(() => {})

    const { requests } = exportTimeline(tracker, 'payments', { observer: 'web-1' })
    expect(requests).toEqual({ calls: 2, first: 1, delivered: 1 })
  })

  it('gives the same report as its tracker', async () => {
    const { clock, tracker, stock } = await tracked()
    for (const [index, state] of (['up', 'down', 'up', 'degraded', 'maintenance', 'down', 'up'] as const).entries()) {
      stock[state]()
      await clock.advance(100 * (index + 1))
    }
    const own = tracker.report()
    const far = timelineReport(JSON.parse(JSON.stringify(exportTimeline(tracker, 'stock', { observer: 'a' }))))

    for (const name of ['uptime', 'downtime', 'maintenance', 'unknown', 'availability', 'failures', 'mtbf'] as const) {
      expect(far[name], name).toBe(own[name])
    }
    expect(far.mttr.recovery).toBe(own.mttr.recovery)
    expect(far.longestOutage).toBe(own.longestOutage)
  })

  it('begins with states recorded for a time before the tracking', async () => {
    const { clock, tracker } = await tracked()
    await clock.advance(1000)
    tracker.record({ component: 'stock', start: -500, end: 200 })

    expect(exportTimeline(tracker, 'stock', { observer: 'a' })).toMatchObject({
      from: start - 500,
      to: start + 1000,
      steps: [0, 700],
      states: '20',
    })
  })

  it('leaves out planned states', async () => {
    const { clock, tracker, stock } = await tracked()
    stock.up()
    await clock.advance(1000)
    tracker.record({ component: 'stock', state: 'maintenance', start: 900, end: 5000 })
    tracker.record({ component: 'stock', state: 'maintenance', start: 1000, end: 2000 })

    expect(exportTimeline(tracker, 'stock', { observer: 'a' })).toMatchObject({ steps: [0, 900], states: '03' })
  })

  it('ignores maintenance if its tracker does', async () => {
    const clock = virtualClock({ wall: start })
    const tracker = availabilityTracker({ clock, accounting: { maintenance: 'ignore' } })
    tracker.component('stock').up()
    await clock.advance(100)
    tracker.component('stock').maintenance()
    await clock.advance(100)

    expect(exportTimeline(tracker, 'stock', { observer: 'a' }).states).toBe('0')
  })

  it('has whole milliseconds, and the last of several states in one', async () => {
    const clock = virtualClock({ wall: start + 0.4 })
    const tracker = availabilityTracker({ clock })
    const stock = tracker.component('stock')
    stock.up()
    await clock.advance(10.2)
    stock.down()
    await clock.advance(0.2)
    stock.up()
    await clock.advance(5)
    stock.degraded()
    await clock.advance(0.1)
    stock.down()
    await clock.advance(5.3)

    const { from, to, steps, states } = exportTimeline(tracker, 'stock', { observer: 'a' })
    expect({ from: from - start, to: to - start, steps, states }).toEqual({
      from: 0,
      to: 21,
      steps: [0, 16],
      states: '02',
    })
  })

  it('of an unknown component has no states', async () => {
    const { clock, tracker } = await tracked()
    await clock.advance(10)

    expect(exportTimeline(tracker, 'nothing', { observer: 'a' })).toEqual(
      seen('a', [], { component: 'nothing', from: start, to: start + 10 }),
    )
  })

  it('needs a tracker, a component and an observer', async () => {
    const { tracker } = await tracked()

    const none = { name: 'none', kind: 'availabilityTracker' } as const
    expect(() => exportTimeline(none, 'stock', { observer: 'a' })).toThrow(
      'exportTimeline: tracker must be an availability tracker, got an object',
    )
    expect(() => tracker.exportTimeline('stock', {} as never)).toThrow(
      'availabilityTracker: observer must be a non-empty string, got undefined',
    )
    expect(() => exportTimeline(tracker, '', { observer: 'a' })).toThrow(
      'availabilityTracker: component must be a non-empty string, got ""',
    )
  })
})

it('timelines of two processes merge into one, however often they are exported', async () => {
  const { clock, tracker: one, stock } = await tracked()
  const other = availabilityTracker({ clock })
  stock.up()
  other.component('stock').up()
  await clock.advance('1h')
  const early = exportTimeline(one, 'stock', { observer: 'web-1' })
  stock.down()
  await clock.advance('1m')
  other.component('stock').down()
  await clock.advance('1m')
  stock.up()
  other.component('stock').up()
  const late = [
    exportTimeline(one, 'stock', { observer: 'web-1' }),
    exportTimeline(other, 'stock', { observer: 'web-2' }),
  ]

  for (const [mode, downtime] of [
    ['any', 60_000],
    ['all', 120_000],
  ] as const) {
    expect(timelineReport(mergeTimelines([...late, early], { mode }))).toMatchObject({ failures: 1, downtime })
  }
})
