import { availabilityTracker } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const minute = 60_000

describe('a change that was recorded ahead', () => {
  it('is announced when it is due, though no event comes then', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const told: unknown[] = []
    const at = () => clock.now() / minute
    tracker.on('outageStart', ({ start, plannedOverrun }) => told.push([at(), 'start', start / minute, plannedOverrun]))
    tracker.on('outageEnd', ({ start, end }) => told.push([at(), 'end', start / minute, (end ?? 0) / minute]))
    const x = tracker.component('x')
    x.up()
    tracker.record({ component: 'x', state: 'maintenance', start: 20 * minute, end: 60 * minute })
    for (const [wait, state] of [
      [10, 'down'],
      [20, 'up'], // under the maintenance
      [15, 'down'],
      [25, 'up'],
    ] as const) {
      await clock.advance(wait * minute)
      x[state]()
    }

    expect(told).toEqual([
      [10, 'start', 10, false],
      [30, 'end', 10, 20],
      [60, 'start', 60, true],
      [70, 'end', 60, 70],
    ])
    expect(clock.pending).toBe(0)
  })

  it('lets a recovery begin when a maintenance is over and the component is still down', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const repairs: number[] = []
    tracker.record({ component: 'x', state: 'maintenance', start: 10 * minute, end: 30 * minute })
    const recover = () => {
      repairs.push(clock.now() / minute)
    }
    let up = true
    const probing = tracker.probe('x', () => up, { every: '1m', jitter: 0, rise: 1, fall: 1, recover })
    await clock.advance(15 * minute)
    up = false
    await clock.advance(14 * minute)
    expect(repairs).toEqual([])
    await clock.advance(minute)

    expect(repairs).toEqual([30])
    probing.stop()
  })

  it('changes what follows the component, when it is due', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const starts: number[] = []
    tracker.on('outageStart', ({ component }) => starts.push(clock.now(), component.length))
    tracker.component('part').up()
    tracker.record({ component: 'part', id: 'a', start: 100, end: 300 })
    tracker.record({ component: 'part', id: 'a', start: 200, end: 300 })
    tracker.record({ component: 'other', start: 150 })
    await clock.advance(150)
    expect(starts).toEqual([150, 5])
    await clock.advance(50)
    expect(starts).toEqual([150, 5, 200, 4])
    tracker.record({ component: 'part', id: 'a', start: 200, end: 200 })
    await clock.advance(50)

    expect(clock.pending).toBe(0)
  })

  it('may be several states of several sources', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const starts: number[] = []
    tracker.on('outageStart', ({ start }) => starts.push(start))
    const x = tracker.component('x')
    x.up()
    x.down({ time: 100 })
    x.up({ time: 150, source: 'a' })
    x.down({ time: 200, source: 'b' })
    x.up({ time: 120 })
    await clock.advance(1000)

    expect(starts).toEqual([100, 200])
    expect(clock.pending).toBe(0)
  })

  it('leaves no timer when the tracker is closed, and none is set after', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    tracker.record({ component: 'x', state: 'maintenance', start: 100, end: 200 })
    expect(clock.pending).toBe(1)
    tracker.close()
    tracker.record({ component: 'x', start: 300, end: 400 })

    expect(clock.pending).toBe(0)
    availabilityTracker().close()
  })

  it('does not let a clock that fails out of its timer', async () => {
    const clock = virtualClock()
    let broken = false
    const failing = {
      now: () => {
        if (broken) {
          broken = false
          throw new Error('no time')
        }
        return clock.now()
      },
      wall: () => clock.wall(),
      schedule: clock.schedule.bind(clock),
      cancel: clock.cancel.bind(clock),
    }
    const tracker = availabilityTracker({ clock: failing })
    const faults: unknown[] = []
    tracker.on('fault', ({ source, error }) => faults.push([source, (error as Error).message]))
    tracker.record({ component: 'x', state: 'maintenance', start: 100, end: 200 })
    broken = true
    await clock.advance(100)
    expect(faults).toEqual([['agenda', 'no time']])
    await clock.advance(10_000)

    expect(clock.pending).toBe(0)
  })
})
