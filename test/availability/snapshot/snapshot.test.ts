import { type AvailabilitySnapshot, availabilityTracker } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const json = (snapshot: AvailabilitySnapshot): AvailabilitySnapshot => JSON.parse(JSON.stringify(snapshot))

/** One hour of a breaker that is up, a component told by hand, and what else there is. */
async function first() {
  const clock = virtualClock({ wall: 1_000_000 })
  const tracker = availabilityTracker({ clock })
  const breaker = circuitBreaker({ name: 'db', consecutiveFailures: 1, clock })
  tracker.watch(breaker)
  await breaker.execute(async () => 'fine')
  tracker.component('told').up({ id: 'one', reason: 'a start' })
  clock.suspend(600_000)
  await clock.advance(1_000_000)
  tracker.record({ component: 'told', start: 200_000, end: 300_000, detected: 250_000 })
  tracker.component('late').up({ at: 0 })
  return { clock, tracker, breaker }
}

describe('a tracker restored from a snapshot', () => {
  it('after a short break goes on where it was, until there is news', async () => {
    const { tracker: old, clock: before } = await first()
    const clock = virtualClock({ wall: before.wall() + 30_000 })
    const tracker = availabilityTracker({ clock, restore: json(old.snapshot()) })
    const breaker = circuitBreaker({ name: 'db', consecutiveFailures: 1, clock })
    tracker.watch(breaker)
    expect(tracker.report().components['db']).toMatchObject({ state: 'up', unknown: 600_000, uptime: 1_030_000 })
    await clock.advance(10_000)
    await breaker.execute(() => Promise.reject(new Error('down'))).catch(() => {})
    await clock.advance(10_000)

    expect(tracker.report({ component: 'db' })).toMatchObject({ state: 'down', failures: 1, uptime: 1_040_000 })
    expect(tracker.report({ component: 'db' }).requests).toMatchObject({ calls: 2, attempts: 2, rawAvailability: 0.5 })
    const told = tracker.report({ component: 'told' })
    expect(told).toMatchObject({ state: 'up', downtime: 100_000, mttd: 50_000, suspended: 600_000 })
    expect(tracker.component('told').down({ id: 'one' })).toBe(false)
    expect(tracker.report({ component: 'late' }).rejectedEvents).toBe(old.report({ component: 'late' }).rejectedEvents)
  })

  it('after a long one knows nothing until there is evidence', async () => {
    const { tracker: old, clock: before } = await first()
    const clock = virtualClock({ wall: before.wall() + 3_600_000 })
    const tracker = availabilityTracker({ clock, restore: json(old.snapshot()) })
    await clock.advance(5000)

    for (const component of ['db', 'told']) {
      expect(tracker.report({ component })).toMatchObject({ state: 'unknown', unknown: 600_000 + 3_605_000 })
    }
    tracker.component('told').up()
    await clock.advance(5000)
    expect(tracker.report({ component: 'told' })).toMatchObject({ state: 'up', unknown: 600_000 + 3_605_000 })
  })

  it('keeps incidents that were open, and announces an outage no second time', async () => {
    const clock = virtualClock()
    const old = availabilityTracker({ clock })
    old.component('x').up()
    await clock.advance(1000)
    old.record({ component: 'x', start: 500, id: 'ticket' })
    const later = virtualClock({ wall: 10_000_000 })
    const tracker = availabilityTracker({ clock: later, restore: json(old.snapshot()) })
    const told: unknown[] = []
    tracker.on('outageStart', () => told.push('start'))
    tracker.on('outageEnd', ({ wall, reason }) => told.push(wall, reason))
    await later.advance(1000)
    expect(tracker.report()).toMatchObject({ state: 'down', openOutage: { elapsed: 10_000_500 } })
    tracker.record({ component: 'x', start: 0, end: 1000, id: 'ticket' })

    expect(told).toEqual([1000, null])
  })

  it('knows an incident without an id by the date of its start, but not by a time of another process', async () => {
    const clock = virtualClock({ wall: 1000 })
    const old = availabilityTracker({ clock })
    await clock.advance(1000)
    old.record({ component: 'dated', start: new Date(1500) })
    old.record({ component: 'timed', start: 500 })
    const later = virtualClock({ wall: 3000 })
    const tracker = availabilityTracker({ clock: later, restore: json(old.snapshot()) })
    await later.advance(1000)
    tracker.record({ component: 'dated', start: new Date(1500), end: new Date(1600) })
    tracker.record({ component: 'timed', start: 500, end: 600 })

    expect(tracker.report({ component: 'dated' })).toMatchObject({ state: 'up', downtime: 100 })
    expect(tracker.report({ component: 'timed' })).toMatchObject({ state: 'down', openOutage: { elapsed: 2500 } })
  })

  it('counts no time where the wall clock was set back in between', async () => {
    const { tracker: old, clock: before } = await first()
    const tracker = availabilityTracker({
      clock: virtualClock({ wall: before.wall() - 5000 }),
      restore: json(old.snapshot()),
    })

    expect(tracker.report({ component: 'db' }).window.duration).toBe(old.report().window.duration)
  })

  it('may get its clock later', async () => {
    const { tracker: old, clock: before } = await first()
    const clock = virtualClock({ wall: before.wall() })
    const tracker = availabilityTracker({ restore: json(old.snapshot()) })
    tracker.watch(circuitBreaker({ name: 'db', clock }))

    expect(tracker.report({ component: 'db' })).toMatchObject({ uptime: 1_000_000, state: 'up' })
  })

  it('can be saved again', async () => {
    const { tracker: old, clock: before } = await first()
    const clock = virtualClock({ wall: before.wall() })
    const again = availabilityTracker({ clock, restore: json(old.snapshot()) })
    const tracker = availabilityTracker({ clock, restore: json(again.snapshot()) })

    for (const component of ['db', 'told', 'late']) {
      const { outages: _, ...report } = again.report({ component })
      expect(tracker.report({ component })).toMatchObject(report)
    }
  })

  it('is its own: the snapshot may be changed afterwards', async () => {
    const { tracker: old, clock: before } = await first()
    const snapshot = json(old.snapshot())
    const tracker = availabilityTracker({ restore: snapshot })
    ;(snapshot.components as unknown[]).length = 0
    tracker.watch(circuitBreaker({ name: 'db', clock: virtualClock({ wall: before.wall() }) }))

    expect(tracker.report({ component: 'db' }).state).toBe('up')
  })
})

describe('a snapshot', () => {
  const component = (changes: object) => async (): Promise<unknown> => {
    const { tracker } = await first()
    const snapshot = json(tracker.snapshot())
    const [one, ...rest] = snapshot.components
    return { ...snapshot, components: [{ ...one, ...changes }, ...rest] }
  }
  const log = { teller: null, times: [1], states: '0', seqs: [0] }
  const none = { down: [], degraded: [], maintenance: [] }

  it.each([
    ['nothing at all', async () => null],
    ['another version', async () => ({ ...json((await first()).tracker.snapshot()), version: 2 })],
    ['no format', async () => ({ version: 1 })],
    ['a component without a name', component({ name: '' })],
    ['a log that is none', component({ logs: [5] })],
    ['a log that is not sorted', component({ logs: [{ ...log, times: [2, 1], states: '00', seqs: [0, 0] }] })],
    ['a state there is not', component({ logs: [{ ...log, states: '9' }] })],
    ['states that are missing', component({ logs: [{ ...log, states: '' }] })],
    ['seqs that are missing', component({ logs: [{ ...log, seqs: [] }] })],
    ['times that are no numbers', component({ logs: [{ ...log, times: ['1'] }] })],
    ['an incident that is none', component({ incidents: { ...none, down: [5] } })],
    ['an incident that ends before it starts', component({ incidents: { ...none, down: [['a', 5, 4]] } })],
    ['an incident without a start', component({ incidents: { ...none, down: [['a', null, 4]] } })],
    ['an incident that ends at no time', component({ incidents: { ...none, down: [['a', 5, 'x']] } })],
    ['an incident without an id', component({ incidents: { ...none, down: [[1, 5, 6]] } })],
    ['stamps that are none', component({ stamps: [{ start: 1, detected: 'x' }] })],
    ['stamps on nothing', component({ stamps: [{}] })],
    ['reasons that are none', component({ reasons: [[1]] })],
    ['a reason at no time', component({ reasons: [['a', 'b']] })],
    ['reasons of no form', component({ reasons: ['a'] })],
    ['requests that are none', component({ requests: [] })],
    ['requests of no form', component({ requests: null })],
    ['requests that are no counts', component({ requests: [1, 1, 1, 1, -1, {}] })],
    ['requests saved by nobody', component({ requests: [1, 1, 1, 1, 1, null] })],
    ['a rejected count that is none', component({ rejected: -1 })],
  ])('with %s is refused', async (_name, make) => {
    const restore = (await make()) as AvailabilitySnapshot

    expect(() => availabilityTracker({ restore })).toThrow(
      /^availabilityTracker: restore must be an availability snapshot of version 1, got (null|an object)$/,
    )
  })

  it('is plain JSON that says what it is', async () => {
    const snapshot = (await first()).tracker.snapshot()

    expect(json(snapshot)).toEqual(snapshot)
    expect(snapshot).toMatchObject({ format: 'holdfast.availability', version: 1, at: 2_600_000, time: 1_600_000 })
  })

  it('has stamps that JSON has turned to null, and unknown fields', async () => {
    const restore = (await component({
      stamps: [{ start: 0, detected: null, acknowledged: 5 }],
      extra: true,
    })()) as AvailabilitySnapshot

    expect(() => availabilityTracker({ restore })).not.toThrow()
  })
})
