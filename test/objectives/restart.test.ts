import { type AvailabilitySnapshot, availabilityTracker } from 'holdfast/availability'
import { type BurnEvent, type ObjectiveOptions, objective } from 'holdfast/objectives'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { SavedObjectives } from '../../src/availability/snapshot/saved-objectives.ts'
import { near } from '../support/near.ts'
import { engine, type Given } from './engine.ts'

const minute = 60_000
const hour = 60 * minute

/** Another process continues from a snapshot: its monotonic clock starts at 0, the wall clock goes on. */
function restarted(snapshot: AvailabilitySnapshot, after: number, given: Given = {}) {
  const clock = virtualClock({ wall: snapshot.at + after })
  const tracker = availabilityTracker({ clock, restore: JSON.parse(JSON.stringify(snapshot)) })
  const alerts: BurnEvent[] = []
  tracker.on('burn', (event) => alerts.push(event))
  const options: ObjectiveOptions = {
    name: 'checkout',
    target: 0.999,
    period: '30d',
    indicator: { kind: 'requests' },
    ...given,
  }
  return { clock, tracker, alerts, objective: objective(tracker, options) }
}

describe('an objective after a restart', () => {
  it('continues its counts', async () => {
    const { tracker, objective, traffic } = engine()
    await traffic(10 * hour, 0.002, minute)
    objective.bad(3)
    const before = objective.report()
    const again = restarted(tracker.snapshot(), 20_000)
    const { good, bad, burnRate, coverage } = again.objective.report()

    expect([good, bad]).toEqual([before.good, before.bad])
    expect(burnRate).toBe(before.burnRate)
    near(coverage, before.coverage, 'coverage', 1e-3)
    await again.clock.advance('1h')
    again.objective.good(500)
    expect(again.objective.report()).toMatchObject({ good: before.good + 500, bad: before.bad })
  })

  it('did not count during a long downtime of the process', async () => {
    const { tracker, traffic } = engine()
    await traffic(3 * hour, 0, minute)
    const again = restarted(tracker.snapshot(), 5 * hour)
    await again.clock.advance('2h')
    const twice = restarted(again.tracker.snapshot(), hour)

    near(again.objective.report().coverage, 5 / 720)
    near(twice.objective.report().coverage, 5 / 720)
    const short = restarted(tracker.snapshot(), 5 * hour, { period: '6h' })
    expect(short.objective.report()).toMatchObject({ good: 0, sli: null, coverage: 0 })
  })

  it('does not start a tier that fires already, and ends it', async () => {
    const { clock, tracker, objective, alerts, traffic } = engine()
    await traffic(2 * hour)
    await traffic(5 * minute, 1)
    expect(alerts[0]).toMatchObject({ tier: 'page-fast', state: 'start' })
    const since = (objective.report().tiers[0]?.since as number) - clock.now()
    const again = restarted(tracker.snapshot(), 10_000)
    const [fast] = again.objective.report().tiers

    expect(fast).toMatchObject({ name: 'page-fast', firing: true, since: since - 10_000 })
    for (let passed = 0; passed < 120; passed++) {
      again.objective.good(1000)
      await again.clock.advance('10s')
    }
    expect(again.alerts.filter(({ tier }) => tier === 'page-fast').map(({ state }) => state)).toEqual(['end'])
  })

  it('has its month, its slice, and its absent requests', async () => {
    const month = { period: { calendar: 'month' }, indicator: { kind: 'requests', component: 'db' } } as const
    const one = engine(month, Date.UTC(2026, 3, 20))
    one.tracker.component('db').up()
    await one.traffic(hour, 0.1)
    one.tracker.component('db').down()
    await one.clock.advance('10m')
    const { good, bad, absent } = one.objective.report()
    expect(absent).toBeGreaterThan(50_000)
    const again = restarted(one.tracker.snapshot(), 0, month).objective.report()
    expect(again).toMatchObject({ good, bad })
    near(again.absent, absent)
    const slices = { indicator: { kind: 'slices', sliceTarget: 0.9 } } as const
    const two = engine(slices)
    two.objective.bad()
    const next = restarted(two.tracker.snapshot(), 10_000, slices)
    await next.clock.advance('50s')
    expect(next.objective.report()).toMatchObject({ good: 0, bad: 1 })
  })

  it('of time has the timeline and the firing tiers', async () => {
    const time = { indicator: { kind: 'time', component: 'db' } } as const
    const { clock, tracker, alerts } = engine(time)
    tracker.component('db').up()
    await clock.advance('2h')
    tracker.component('db').down()
    await clock.advance('2m')
    expect(alerts[0]).toMatchObject({ state: 'start' })
    const again = restarted(tracker.snapshot(), 1000, time)
    await again.clock.advance('30s')

    expect(again.alerts.filter(({ tier }) => tier === 'page-fast')).toEqual([])
    expect(again.objective.report()).toMatchObject({ good: 2 * hour, bad: 2 * minute + 31_000 })
  })

  it.each<[string, Given]>([
    ['period', { period: '29d' }],
    ['tiers', { tiers: [{ name: 'a', factor: 10, long: '10m' }] }],
    ['silence', { indicator: { kind: 'requests', component: 'db' } }],
    ['kind', { indicator: { kind: 'ratioSlices' } }],
  ])('starts from zero with another %s', async (_what, given) => {
    const { tracker, traffic } = engine()
    await traffic(hour, 0, minute)

    expect(restarted(tracker.snapshot(), 0, given).objective.report()).toMatchObject({ good: 0, sli: null })
  })

  it('is kept until it is created again, and removed when it is stopped', async () => {
    const { tracker, objective, traffic } = engine()
    await traffic(hour, 0, minute)
    const idle = availabilityTracker({ clock: virtualClock({ wall: hour }), restore: tracker.snapshot() })
    expect(restarted(idle.snapshot(), 0).objective.report().good).toBe(60_000)
    const older = { ...tracker.snapshot(), objectives: undefined } as unknown as AvailabilitySnapshot
    expect(restarted(older, 0).objective.report().good).toBe(0)
    objective.stop()
    expect(tracker.snapshot().objectives).toEqual([])
  })

  it('is not in the snapshot of a tracker without objectives', () => {
    expect(new SavedObjectives().save()).toEqual([])
  })

  it('is refused if it is malformed', () => {
    const sound = engine().tracker.snapshot()
    const [kept] = sound.objectives as [NonNullable<typeof sound.objectives>[number]]
    const counts = kept.counts as NonNullable<typeof kept.counts>
    const broken: readonly unknown[] = [
      1,
      [1],
      [{ ...kept, name: 1 }],
      [{ ...kept, firing: 1 }],
      [{ ...kept, firing: [1] }],
      [{ ...kept, firing: [['a', null]] }],
      [{ ...kept, counts: 1 }],
      ...[
        { good: '1' },
        { cells: [Number.NaN] },
        { heads: 1 },
        { heads: [0.5] },
        { heads: [-1] },
        { tally: 1 },
        { tally: [1] },
        { levels: [[1]] },
        { away: 1 },
        { fromAt: 'now' },
      ].map((change) => [{ ...kept, counts: { ...counts, ...change } }]),
    ]
    for (const objectives of broken) {
      const restore = { ...sound, objectives } as AvailabilitySnapshot
      expect(() => availabilityTracker({ restore }), JSON.stringify(objectives).slice(0, 200)).toThrow(
        'availabilityTracker: restore must be an availability snapshot of version 1',
      )
    }
  })
})
