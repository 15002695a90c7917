import {
  type AvailabilityTracker,
  type AvailabilityTrackerOptions,
  availabilityTracker,
  type MaintenanceHours,
} from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../persistence/memory-store.ts'

const hour = 3_600_000

function begun(at: string, options: AvailabilityTrackerOptions = {}) {
  const clock = virtualClock({ wall: Date.parse(at) })
  const tracker = availabilityTracker({ clock, ...options })
  tracker.component('db').up()
  return { clock, tracker }
}

/** From when to when it was in maintenance, by the wall clock. */
function maintained(tracker: AvailabilityTracker, name = 'db'): string[] {
  const shown = (at: number) => new Date(at).toISOString().slice(5, 16)
  const steps = tracker.timeline(name)
  return steps.flatMap(({ state, at }, index) =>
    state === 'maintenance' ? [`${shown(at)} ${shown(steps[index + 1]?.at ?? Number.NaN)}`] : [],
  )
}

const nightly: MaintenanceHours = { from: '02:00', to: '04:00' }

describe('a maintenance that comes again', () => {
  it('comes every night, and leaves the account then', async () => {
    const { clock, tracker } = begun('2026-06-01T12:00Z')
    tracker.maintenance('db', nightly)
    await clock.advance('14h')
    expect(tracker.state('db')).toBe('maintenance')
    await clock.advance('34h')

    expect(maintained(tracker)).toEqual(['06-02T02:00 06-02T04:00', '06-03T02:00 06-03T04:00'])
    expect(tracker.report()).toMatchObject({ maintenance: 4 * hour, uptime: 44 * hour, availability: 1 })
  })

  it('comes on its days alone, by the clock of its zone, whose hours may change', async () => {
    const { clock, tracker } = begun('2026-10-18T12:00Z')
    tracker.maintenance('db', { ...nightly, days: [7], zone: 'Europe/Berlin', except: ['2026-11-01'] })
    await clock.advance('28d')

    // In the night of October 25 the clock is set back from 03:00 to 02:00.
    expect(maintained(tracker)).toEqual([
      '10-25T00:00 10-25T03:00',
      '11-08T01:00 11-08T03:00',
      '11-15T01:00 11-15T03:00',
    ])
  })

  it('does not come where a clock change leaves it out', async () => {
    const { clock, tracker } = begun('2026-03-28T12:00Z')
    tracker.maintenance('db', { from: '02:00', to: '03:00', zone: 'Europe/Berlin' })
    await clock.advance('2d')

    expect(maintained(tracker)).toEqual(['03-30T00:00 03-30T01:00'])
  })

  it('counts from its beginning where it is under way, and not where it is over', async () => {
    const { clock, tracker } = begun('2026-06-01T01:00Z')
    await clock.advance('2h')
    tracker.maintenance('db', nightly)
    tracker.maintenance('db', { from: '01:00', to: '01:30' })
    await clock.advance('2h')

    expect(maintained(tracker)).toEqual(['06-01T02:00 06-01T04:00'])
  })

  it('is one where it ends as the next begins', async () => {
    const { clock, tracker } = begun('2026-06-05T12:00Z')
    const ends: unknown[] = []
    tracker.on('outageStart', ({ component }) => ends.push(component))
    tracker.component('db').down()
    tracker.maintenance('db', { from: '00:00', to: '24:00', days: [6, 7] })
    await clock.advance('3d')

    expect(maintained(tracker)).toEqual(['06-06T00:00 06-08T00:00'])
    expect(ends).toEqual(['db'])
  })

  it('holds back what happens under it, and shows what outlasts it', async () => {
    const { clock, tracker } = begun('2026-06-01T12:00Z')
    const told: unknown[] = []
    tracker.on('outageStart', ({ start, plannedOverrun }) =>
      told.push([start / hour, clock.now() / hour, plannedOverrun]),
    )
    tracker.maintenance('db', { ...nightly, reason: 'weekly patches' })
    await clock.advance('15h')
    tracker.component('db').down()
    expect(told).toEqual([])
    await clock.advance('2h')

    expect(told).toEqual([[16, 16, true]])
    expect(tracker.report()).toMatchObject({ failures: 1, downtime: hour })
  })

  it('is recorded once each, however often it is read, and is the same after a restart', async () => {
    const store = new MemoryStore()
    const { clock, tracker } = begun('2026-06-01T12:00Z', { store, snapshotEvery: '30d' })
    await tracker.ready()
    tracker.maintenance('db', nightly)
    await clock.advance('15h')
    for (let look = 0; look < 20; look++) tracker.report()
    tracker.close()
    await tracker.closed
    const recorded = store.records.filter((record) => record.kind === 'told' && record.event.state === 'maintenance')
    expect(recorded).toHaveLength(1)

    const again = availabilityTracker({ clock, store: new MemoryStore(store), snapshotEvery: '30d' })
    again.maintenance('db', nightly)
    await again.ready()
    await clock.advance('25h')

    expect(maintained(again)).toEqual(['06-02T02:00 06-02T04:00', '06-03T02:00 06-03T04:00'])
    again.close()
  })

  it('is not missed by a process that slept, or whose timers come late', async () => {
    const { clock, tracker } = begun('2026-06-01T12:00Z')
    tracker.maintenance('db', nightly)
    await clock.suspend(15 * hour)
    expect(tracker.state('db')).toBe('maintenance')
    await clock.advance('2h')

    expect(maintained(tracker)).toEqual(['06-02T03:00 06-02T04:00'])
  })

  it('comes again where the wall clock is set back before it', async () => {
    const { clock, tracker } = begun('2026-06-01T12:00Z')
    tracker.maintenance('db', nightly)
    await clock.advance('17h')
    clock.stepWall(-24 * hour)
    tracker.report()
    await clock.advance('24h')

    expect(tracker.report().maintenance).toBe(2 * hour)
    expect(maintained(tracker)).toEqual(['06-02T02:00 06-02T04:00'])
  })

  it('ends with stop: no further one begins, and no timer is left', async () => {
    const { clock, tracker } = begun('2026-06-01T12:00Z')
    const planned = tracker.maintenance('db', nightly)
    await clock.advance('15h')
    planned.stop()
    await clock.advance('40h')

    expect(maintained(tracker)).toEqual(['06-02T02:00 06-02T04:00'])
    expect(clock.pending).toBe(0)
  })

  it('does not let a clock that fails out of its timer', async () => {
    const clock = virtualClock({ wall: Date.parse('2026-06-01T12:00Z') })
    let broken = false
    const failing = {
      now: () => clock.now(),
      wall: () => {
        if (broken) {
          broken = false
          throw new Error('no time')
        }
        return clock.wall()
      },
      schedule: clock.schedule.bind(clock),
      cancel: clock.cancel.bind(clock),
    }
    const tracker = availabilityTracker({ clock: failing })
    const faults: unknown[] = []
    tracker.on('fault', ({ source, error }) => faults.push([source, (error as Error).message]))
    tracker.maintenance('db', nightly)
    broken = true
    await clock.advance('15h')

    expect(faults).toEqual([['maintenance', 'no time']])
    expect(maintained(tracker)).toEqual(['06-02T02:00 06-02T04:00'])
  })

  it.each([
    [
      ['db', { from: '2am', to: '04:00' }],
      "maintenance: from must be a time of day from '00:00' to '24:00', got \"2am\"",
    ],
    [['db', { ...nightly, days: [8] }], 'maintenance: days must be days of the week, 1 (Monday) to 7 (Sunday), got 8'],
    [['db', { ...nightly, reason: '' }], 'reason must be a non-empty string, got ""'],
    [['db', { ...nightly, every: '1d' }], '"every" is not an option'],
    [['db', 'nightly'], 'options must be an object, got "nightly"'],
    [['', nightly], 'component must be a non-empty string, got ""'],
  ])('is checked: %j', (args, message) => {
    const { tracker } = begun('2026-06-01T12:00Z')

    expect(() => tracker.maintenance(...(args as [string, MaintenanceHours]))).toThrow(
      `availabilityTracker: ${message}`,
    )
  })
})
