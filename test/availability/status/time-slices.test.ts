import { type AccountingOptions, availabilityTracker, type ComponentState } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { type Dice, eventOf, factOf, Hand, rulesOf, streams } from '../streams.ts'

const hour = 3_600_000
/** A Monday. */
const monday = Date.UTC(2026, 5, 1)

function edgesOf(dice: Dice, until: number): number[] {
  const edges = Array.from({ length: 2 + dice.roll(6) }, () => dice.roll(until + 20) - 5)
  return edges.sort((a, b) => a - b)
}

describe('slices', () => {
  it('say what reports on the same windows say, in any accounting', () => {
    streams(400, (dice) => {
      const zeroLength = dice.of(['ignore', 'count'] as const)
      const rules = rulesOf(dice)
      const clock = new Hand()
      const told = availabilityTracker({ clock, accounting: { ...rules, zeroLength } })
      for (let count = dice.roll(30); count >= 0; count--) {
        clock.time += dice.roll(6)
        told.record(eventOf(factOf(dice, clock.time)))
      }
      const edges = edgesOf(dice, clock.time)

      const slices = told.slices('x', edges)

      expect(slices).toHaveLength(edges.length - 1)
      for (const [index, slice] of slices.entries()) {
        const [from, to] = [edges[index] as number, edges[index + 1] as number]
        const report = told.report({ component: 'x', window: { from, to } })
        const { window, availability, failures, restorations } = report
        expect(slice).toMatchObject({ from, to, fromAt: window.fromAt, toAt: window.toAt })
        expect(slice).toMatchObject({ availability, failures, restorations })
        const ignored = rules.maintenance === 'ignore'
        if (ignored) expect(slice.times.maintenance).toBe(0)
        else if (rules.mergedAsDown) {
          expect(Object.values(slice.times).reduce((sum, time) => sum + time, 0)).toBe(to - from)
        } else expect(slice.times).toEqual(timesOf(told.timeline('x'), from, to, clock.time))
        const { operating, lost } = slice
        expect(operating + lost > 0 ? operating / (operating + lost) : null).toBe(availability)
      }
    })
  })

  it('leave out what is outside service hours, as reports do', () => {
    streams(60, (dice) => {
      const clock = new Hand(monday)
      const accounting: AccountingOptions = {
        ...rulesOf(dice),
        serviceHours: { from: '08:00', to: '20:00', days: [1, 2] },
      }
      const tracker = availabilityTracker({ clock, accounting })
      const component = tracker.component('x')
      for (let count = dice.roll(20); count >= 0; count--) {
        clock.time += dice.roll(5) * hour
        component[dice.of(['up', 'down', 'degraded'] as const)]()
      }
      const edges = Array.from({ length: 7 }, (_, index) => index * 12 * hour)

      for (const slice of tracker.slices('x', edges)) {
        const window = { from: slice.from, to: slice.to }
        const { availability, failures, outside } = tracker.report({ component: 'x', window })
        expect(slice).toMatchObject({ availability, failures })
        const inside = Object.values(slice.times).reduce((sum, time) => sum + time, 0)
        expect(inside).toBe(12 * hour - outside)
      }
    })
  })

  it('include what is in the archive', () => {
    const clock = new Hand()
    const tracker = availabilityTracker({ clock, keep: 100 })
    const { up, down } = tracker.component('x')
    for (let round = 0; round < 300; round++) {
      up()
      clock.time += 50 * 60_000
      down()
      clock.time += 10 * 60_000
    }

    const slices = tracker.slices('x', [0, 100 * hour, 200 * hour, 300 * hour])

    expect(slices.map(({ times }) => [times.up, times.down])).toEqual(Array(3).fill([5000 * 60_000, 1000 * 60_000]))
    expect(slices.map(({ failures }) => failures)).toEqual([100, 100, 100])
  })

  it('take dates by the wall clock, and say both times', () => {
    const clock = new Hand(1000)
    const tracker = availabilityTracker({ clock })
    tracker.component('x').up()
    clock.time = 50

    const [slice] = tracker.slices('x', [new Date(1010), new Date(1030)])

    expect(slice).toMatchObject({ from: 10, to: 30, fromAt: 1010, toAt: 1030, availability: 1, operating: 20, lost: 0 })
  })

  it('are unknown for an unknown component, and do not create it', () => {
    const tracker = availabilityTracker({ clock: virtualClock() })

    const [slice] = tracker.slices('nobody', [0, 10])

    expect(slice).toMatchObject({ availability: null, failures: 0, restorations: 0 })
    expect(slice?.times).toEqual({ up: 0, degraded: 0, down: 0, maintenance: 0, unknown: 10 })
    expect(tracker.statuses().size).toBe(0)
  })

  it('refuse edges that are none', () => {
    const tracker = availabilityTracker({ clock: virtualClock() })
    const expected =
      'availabilityTracker: edges must be a list of 2 to 10000 instants in order, each a Date or a time, got'

    for (const edges of [undefined, 5, [], [1], [2, 1], [0, Number.NaN], [0, new Date(Number.NaN)], ['1', '2']]) {
      expect(() => tracker.slices('x', edges as never)).toThrow(expected)
    }
    expect(() => tracker.slices('x', Array(10_001).fill(0))).toThrow(expected)
    expect(tracker.slices('x', Array(10_000).fill(0))).toHaveLength(9999)
    expect(() => tracker.slices('', [0, 1])).toThrow(
      'availabilityTracker: component must be a non-empty string, got ""',
    )
  })
})

type Steps = readonly { readonly time: number; readonly state: ComponentState }[]

/** Every millisecond counted; those to come are unknown. */
function timesOf(timeline: Steps, from: number, to: number, now: number): Record<ComponentState, number> {
  const times = { up: 0, degraded: 0, down: 0, maintenance: 0, unknown: 0 }
  for (let time = from; time < to; time++) {
    const state = timeline.findLast((step) => step.time <= time)?.state ?? 'unknown'
    times[time < now ? state : 'unknown']++
  }
  return times
}
