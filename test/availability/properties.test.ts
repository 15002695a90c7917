import fc from 'fast-check'
import { type AvailabilityTracker, availabilityTracker, type ComponentState as State } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { count, statesUntil, type Told } from './naive.ts'

const now = 200
const states: readonly State[] = ['up', 'degraded', 'down', 'maintenance', 'unknown']
const state = fc.constantFrom(...states)
const events = fc
  .array(fc.record({ time: fc.integer({ min: 0, max: now - 1 }), state }), { maxLength: 25 })
  .map((list): Told[] => list.map((event, seq) => ({ ...event, seq })))
const instant = fc.integer({ min: 0, max: now })

async function tracked(told: readonly Told[]): Promise<AvailabilityTracker> {
  const clock = virtualClock()
  const tracker = availabilityTracker({ clock })
  tracker.component('x')
  await clock.advance(now)
  for (const event of told) tracker.record({ component: 'x', ...event })
  return tracker
}

const lengths = ['uptime', 'downtime', 'maintenance', 'unknown', 'degraded', 'failures', 'restorations'] as const

describe('a report', () => {
  it('says what a naive count of every millisecond says', async () => {
    await fc.assert(
      fc.asyncProperty(events, instant, instant, async (told, one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        const tracker = await tracked(told)
        const planned = told.filter(({ state }) => state !== 'maintenance')
        const naive = count(statesUntil(told, now), statesUntil(planned, now), from, to)

        const report = tracker.report({ component: 'x', window: { from, to } })

        expect(report).toMatchObject({
          uptime: naive.up + naive.degraded,
          downtime: naive.down,
          degraded: naive.degraded,
          maintenance: naive.maintenance,
          unknown: naive.unknown,
          failures: naive.failures,
        })
        const { netOfEnded } = naive
        expect(report.restorations).toBe(netOfEnded.length)
        const mean = netOfEnded.reduce((sum, net) => sum + net, 0) / netOfEnded.length
        expect(report.mttr.recovery).toBe(netOfEnded.length === 0 ? null : mean)
      }),
      { numRuns: 300 },
    )
  })

  it('adds up to the window, and over adjoining windows', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.tuple(instant, instant, instant), async (told, cuts) => {
        const [a, b, c] = [...cuts].sort((x, y) => x - y) as [number, number, number]
        const tracker = await tracked(told)
        const [first, second, whole] = [
          tracker.report({ component: 'x', window: { from: a, to: b } }),
          tracker.report({ component: 'x', window: { from: b, to: c } }),
          tracker.report({ component: 'x', window: { from: a, to: c } }),
        ]

        for (const length of lengths) expect(first[length] + second[length], length).toBe(whole[length])
        expect(whole.uptime + whole.downtime + whole.maintenance + whole.unknown).toBe(c - a)
      }),
    )
  })

  it('does not depend on the order in which events are recorded, nor on how often', async () => {
    const shuffled = events.chain((told) =>
      fc.tuple(fc.constant(told), fc.shuffledSubarray([...told, ...told], { minLength: 2 * told.length })),
    )
    await fc.assert(
      fc.asyncProperty(shuffled, async ([told, again]) => {
        const [one, other] = [await tracked(told), await tracked(again)]

        expect(other.timeline('x')).toEqual(one.timeline('x'))
        expect(other.report({ window: '100ms' })).toEqual(one.report({ window: '100ms' }))
      }),
    )
  })

  it('is the same after a restart that took no time', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (told) => {
        const old = await tracked(told)
        const restore = JSON.parse(JSON.stringify(old.snapshot()))
        const tracker = availabilityTracker({ clock: virtualClock({ wall: now }), restore })
        const moved = ({ time: _, ...transition }: { time: number }): object => transition

        expect(tracker.timeline('x').map(moved)).toEqual(old.timeline('x').map(moved))
        const [before, after] = [old.report(), tracker.report()]
        const { outages: _before, window: _then, openOutage: open, ...rest } = before
        expect(after).toMatchObject({ ...rest, components: {}, mttr: before.mttr })
        expect(after.openOutage?.elapsed).toBe(open?.elapsed)
      }),
    )
  })

  it('has A = MTBF / (MTBF + MTTR) where all was observed and every failure ended', async () => {
    const cycles = fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 })), {
      minLength: 1,
      maxLength: 10,
    })
    await fc.assert(
      fc.asyncProperty(cycles, async (list) => {
        const clock = virtualClock()
        const tracker = availabilityTracker({ clock })
        const x = tracker.component('x')
        let time = 0
        x.up()
        for (const [up, down] of list) {
          time += up
          x.down({ time })
          time += down
          x.up({ time })
        }
        await clock.advance(time)

        const { availability, mtbf, mttr, failures, restorations } = tracker.report()

        expect(failures).toBe(restorations)
        expect(availability).toBeCloseTo((mtbf ?? 0) / ((mtbf ?? 0) + (mttr.recovery ?? 0)), 12)
      }),
    )
  })

  it('counts the union of incidents, whatever their order', async () => {
    const spans = fc.array(fc.tuple(instant, instant), { maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(spans, async (list) => {
        const clock = virtualClock()
        const tracker = availabilityTracker({ clock })
        tracker.component('x').up()
        await clock.advance(now)
        const down = new Set<number>()
        for (const [one, other] of list) {
          const [start, end] = [Math.min(one, other), Math.max(one, other)]
          tracker.record({ component: 'x', start, end, id: `${start}-${end}` })
          for (let millisecond = start; millisecond < end; millisecond++) down.add(millisecond)
        }

        expect(tracker.report()).toMatchObject({ downtime: down.size, uptime: now - down.size })
      }),
    )
  })
})
