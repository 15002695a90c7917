import { availabilityTracker } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

describe('statuses', () => {
  it('are the state, since when, and the time in each since the tracking began', async () => {
    const clock = virtualClock({ wall: 5000 })
    const tracker = availabilityTracker({ clock })
    tracker.component('db')
    expect(tracker.statuses().get('db')).toEqual({
      state: 'unknown',
      since: null,
      sinceAt: null,
      times: { up: 0, degraded: 0, down: 0, maintenance: 0, unknown: 0 },
    })
    const db = tracker.component('db')
    await clock.advance('1s')
    db.up()
    await clock.advance('10s')
    db.down()
    await clock.advance('2s')

    expect(tracker.statuses().get('db')).toEqual({
      state: 'down',
      since: 11_000,
      sinceAt: 16_000,
      times: { up: 10_000, degraded: 0, down: 2000, maintenance: 0, unknown: 1000 },
    })
  })

  it('know nothing of what is planned for later', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    tracker.component('db').up()
    tracker.record({ component: 'db', state: 'maintenance', start: 60_000, end: 120_000 })
    await clock.advance('1s')

    expect(tracker.statuses().get('db')).toMatchObject({ state: 'up', since: 0, times: { up: 1000, maintenance: 0 } })
  })
})

describe('what a tracker has', () => {
  it('are its components, as they came, and the objectives that run', () => {
    const tracker = availabilityTracker({ clock: virtualClock() })
    tracker.component('b')
    tracker.component('a')
    const objective = tracker.objective({ name: 'b', target: 0.9, period: '1d', indicator: { kind: 'requests' } })

    expect([...tracker.statuses().keys()]).toEqual(['b', 'a'])
    expect(tracker.objectives).toEqual([objective])
    objective.stop()
    expect(tracker.objectives).toEqual([])
  })
})
