import { type AvailabilityTrackerOptions, availabilityTracker } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../persistence/memory-store.ts'
import { Hand } from '../streams.ts'

function tracked(options: AvailabilityTrackerOptions = {}) {
  const clock = virtualClock({ wall: 1_000_000 })
  const tracker = availabilityTracker({ clock, ...options })
  const states = (name = 'x'): unknown[] => tracker.timeline(name).map(({ time, state }) => [time, state])
  return { clock, tracker, states }
}

describe('a state recorded by hand', () => {
  it('holds from now, from a time, or from a date', async () => {
    const { clock, tracker, states } = tracked()
    const x = tracker.component('x')
    await clock.advance(100)
    x.up()
    await clock.advance(100)
    x.down({ time: 150 })
    x.degraded({ at: new Date(1_000_160) })
    x.unknown({ at: 1_000_170 })
    x.maintenance({ time: 180, at: 5 })

    expect(states()).toEqual([
      [100, 'up'],
      [150, 'down'],
      [160, 'degraded'],
      [170, 'unknown'],
      [180, 'maintenance'],
    ])
    expect(tracker.timeline('x')[0]).toEqual({ time: 100, at: 1_000_100, state: 'up', reason: null })
  })

  it('is put where it belongs, though what came after it says no more than was known', async () => {
    const { clock, tracker, states } = tracked()
    const x = tracker.component('x')
    x.up()
    await clock.advance(100)
    x.up()
    await clock.advance(100)
    x.down({ time: 50 })

    expect(states()).toEqual([
      [0, 'up'],
      [50, 'down'],
      [100, 'up'],
    ])
  })

  it('may lie ahead, and holds when its time has come', async () => {
    const { clock, tracker } = tracked()
    const starts: unknown[] = []
    tracker.on('outageStart', ({ start, time }) => starts.push([start, time]))
    const x = tracker.component('x')
    x.up()
    x.down({ time: 100 })
    await clock.advance(50)
    expect(tracker.report()).toMatchObject({ state: 'up', uptime: 50, downtime: 0, openOutage: null, failures: 0 })
    await clock.advance(100)
    expect(tracker.report()).toMatchObject({ state: 'down', uptime: 100, downtime: 50, failures: 1 })
    expect(starts).toEqual([[100, 100]])
  })

  it('is taken once for an id, and once for a time, a state and a place', async () => {
    const { tracker, states } = tracked()
    const x = tracker.component('x')
    expect(x.up({ id: 'one' })).toBe(true)
    expect(x.down({ id: 'one' })).toBe(false)
    expect(x.down({ seq: 5 })).toBe(true)
    expect(x.up({ seq: 7 })).toBe(true)
    expect(x.down({ seq: 5 })).toBe(false)
    expect(x.degraded({ seq: 5 })).toBe(true)
    expect(x.up()).toBe(false)
    expect(states()).toEqual([[0, 'up']])
  })

  it('remembers the latest ids alone', async () => {
    const { clock, tracker } = tracked()
    const x = tracker.component('x')
    await clock.advance(20_000)
    x.up({ id: 'first', time: 0 })
    for (let time = 1; time <= 10_000; time++) x.up({ id: `${time}`, time })

    expect(x.down({ id: '1' })).toBe(false)
    expect(x.down({ id: 'first' })).toBe(true)
  })

  it('is the worst of what several sources say, of which an unknown one hides one that is up', async () => {
    const { clock, tracker, states } = tracked()
    const x = tracker.component('x')
    const say = ['maintenance', 'down', 'degraded', 'unknown'] as const
    x.up()
    for (const state of say) x[state]({ source: state })
    for (const state of say) {
      await clock.advance(10)
      x.up({ source: state })
    }

    expect(states()).toEqual([
      [0, 'maintenance'],
      [10, 'down'],
      [20, 'degraded'],
      [30, 'unknown'],
      [40, 'up'],
    ])
  })

  it('may say why', async () => {
    const { clock, tracker } = tracked()
    const x = tracker.component('x')
    x.up()
    await clock.advance(10)
    x.down({ reason: 'a full disk' })

    expect(tracker.timeline('x').map(({ reason }) => reason)).toEqual([null, 'a full disk'])
    expect(tracker.report().outages[0]?.reason).toBe('a full disk')
    for (let index = 0; index < 10_000; index++) x.down({ time: 10 + index / 10_000, reason: 'still' })
    expect(tracker.report().outages[0]?.reason).toBe('a full disk')
    x.down({ time: 11, reason: 'and on' })
    expect(tracker.report().outages[0]?.reason).toBeNull()
  })
})

describe('an incident', () => {
  it('is down until its end, then up, and corrected where it is recorded again', async () => {
    const { clock, tracker, states } = tracked()
    await clock.advance(1000)
    tracker.record({ component: 'x', start: 100 })
    expect(states()).toEqual([[100, 'down']])
    tracker.record({ component: 'x', start: 100, end: 200 })
    tracker.record({ component: 'x', start: 300, id: 'ticket', restored: 500 })
    expect(states()).toEqual([
      [100, 'down'],
      [200, 'up'],
      [300, 'down'],
      [500, 'up'],
    ])
    tracker.record({ component: 'x', start: 200, id: 'ticket', end: new Date(1_000_400) })

    expect(states()).toEqual([
      [100, 'down'],
      [400, 'up'],
    ])
  })

  it('is taken however late it is written', async () => {
    const { clock, tracker } = tracked()
    tracker.component('x').up()
    await clock.advance('30d')

    expect(tracker.record({ component: 'x', start: 0, end: 1000 })).toBe(true)
    expect(tracker.report()).toMatchObject({ downtime: 1000, rejectedEvents: 0 })
  })

  it('of no length is a blip', async () => {
    const { clock, tracker } = tracked()
    tracker.component('x').up()
    await clock.advance(100)
    tracker.record({ component: 'x', start: 50, end: 50 })

    expect(tracker.report()).toMatchObject({ downtime: 0, failures: 0, blips: 1 })
  })

  it('may be given in ms since the epoch, which no time of the monotonic clock can be', async () => {
    const wall = Date.UTC(2026, 5, 1)
    const clock = virtualClock({ wall })
    const tracker = availabilityTracker({ clock })
    tracker.component('x').up()
    await clock.advance('1h')
    const [start, end] = [wall + 600_000, wall + 1_200_000]
    expect(tracker.record({ component: 'x', start, end, detected: wall + 660_000 })).toBe(true)
    // The same incident, corrected.
    tracker.record({ component: 'x', start: new Date(start), end: wall + 1_800_000 })

    const report = tracker.report({ window: { from: wall, to: wall + 3_600_000 } })
    expect(report).toMatchObject({ downtime: 1_200_000, failures: 1, mttd: 60_000 })
    expect(tracker.report({ window: { from: 0, to: 3_600_000 } }).downtime).toBe(1_200_000)
    expect(tracker.slices('x', [wall, wall + 3_600_000])[0]?.times.down).toBe(1_200_000)
  })

  it('may end in a far future, also after a restart', async () => {
    const clock = virtualClock({ wall: Date.UTC(2026, 5, 1) })
    const store = new MemoryStore()
    const tracker = availabilityTracker({ clock, store })
    await tracker.ready()
    await clock.advance('1m')
    const [start, end] = [new Date(clock.wall()), new Date('9999-12-31')]
    tracker.record({ component: 'x', state: 'maintenance', start, end })
    await clock.advance('1h')
    tracker.close()
    await tracker.closed

    const again = availabilityTracker({ clock, store: new MemoryStore(store) })
    await again.ready()
    expect(again.state('x')).toBe('maintenance')
    again.close()
  })

  it('takes a state whose time is in ms since the epoch', async () => {
    const wall = Date.UTC(2026, 5, 1)
    const clock = virtualClock({ wall })
    const tracker = availabilityTracker({ clock })
    await clock.advance('1h')
    tracker.record({ component: 'x', state: 'down', time: wall + 3_000_000 })

    expect(tracker.timeline('x')).toMatchObject([{ time: 3_000_000, state: 'down' }])
  })

  it('takes numbers as times of a monotonic clock that counts from the epoch itself', async () => {
    const epoch = Date.UTC(2026, 5, 1)
    const clock = new Hand()
    clock.time = epoch
    const tracker = availabilityTracker({ clock })
    clock.time += 3_600_000
    tracker.record({ component: 'x', start: epoch + 60_000, end: epoch + 120_000 })

    expect(tracker.report({ window: { from: epoch, to: epoch + 3_600_000 } }).downtime).toBe(60_000)
  })

  it('may be a maintenance, planned ahead, or a time of less service', async () => {
    const { clock, tracker, states } = tracked()
    tracker.component('x').up()
    tracker.record({ component: 'x', state: 'maintenance', start: 100, end: 200 })
    await clock.advance(1000)
    tracker.record({ component: 'x', state: 'degraded', start: 300, end: 400 })

    expect(states()).toEqual([
      [0, 'up'],
      [100, 'maintenance'],
      [200, 'up'],
      [300, 'degraded'],
      [400, 'up'],
    ])
  })

  it('gets its timestamps from any event that has them: the first notice and the last repair hold', async () => {
    const { clock, tracker } = tracked()
    const x = tracker.component('x')
    x.up()
    await clock.advance(100)
    x.down({ detected: 110, reason: 'disk' })
    await clock.advance(100)
    x.up({ repaired: 190 })
    await clock.advance(100)
    tracker.record({
      component: 'x',
      start: 100,
      end: 200,
      detected: 105,
      repaired: new Date(1_000_195),
      resolved: 280,
    })

    expect(tracker.report().outages[0]?.phases).toEqual({
      detected: 105,
      acknowledged: null,
      diagnosed: null,
      repairStarted: null,
      repaired: 195,
      restored: null,
      resolved: 280,
    })
  })

  it('keeps the latest stamps where there are too many', async () => {
    const { clock, tracker } = tracked()
    tracker.component('x').up()
    await clock.advance(20_000)
    tracker.record({ component: 'x', start: 1, end: 2, detected: 1 })
    const x = tracker.component('x')
    for (let index = 0; index < 10_000; index++) x.up({ time: 10 + index, detected: 10 + index })

    expect(tracker.report().outages[0]?.detected).toBeNull()
  })
})

describe('a malformed event', () => {
  it.each([
    [5, 'event must be an object, got 5'],
    [null, 'event must be an object, got null'],
    [
      { component: 'x', state: 'bad' },
      "state must be one of 'up', 'degraded', 'down', 'maintenance', 'unknown', got \"bad\"",
    ],
    [{ component: '', state: 'up' }, 'component must be a non-empty string, got ""'],
    [{ component: 'x', state: 'up', time: Number.NaN }, 'time must be a finite number'],
    [{ component: 'x', state: 'up', at: 'noon' }, 'at must be a valid Date or a finite number, got "noon"'],
    [{ component: 'x', state: 'up', at: new Date(Number.NaN) }, 'at must be a valid Date or a finite number'],
    [{ component: 'x', state: 'up', tine: 5 }, '"tine" is not an option, did you mean time?'],
    [
      { component: 'x', start: 1.7e15 },
      'start must be a Date, ms since the epoch, or a time of the clock, got 1700000000000000',
    ],
    [{ component: 'x', start: 5, end: 1.7e15 }, 'end must be a Date, ms since the epoch, or a time of the clock'],
    [{ component: 'x', start: 5, resolved: 1.7e15 }, 'resolved must be a Date, ms since the epoch, or a time'],
    [{ component: 'x', state: 'up', time: 1.7e15 }, 'time must be a Date, ms since the epoch, or a time of the clock'],
    [{ component: 'x', state: 'up', detected: 1.7e15 }, 'detected must be a Date, ms since the epoch, or a time'],
    [{ component: 'x', start: 5, end: 4 }, 'end must be at or after start, got 4'],
    [{ component: 'x', start: 5, state: 'up' }, "state must be one of 'down', 'degraded', 'maintenance', got \"up\""],
    [{ component: 'x', start: 5, detected: '5' }, 'detected must be a valid Date or a finite number, got "5"'],
  ])('is refused: %j', (event, message) => {
    const { tracker } = tracked()

    expect(() => tracker.record(event as never)).toThrow(TypeError)
    expect(() => tracker.record(event as never)).toThrow(`availabilityTracker: ${message}`)
    expect(tracker.report().components).toEqual({})
  })

  it('is refused where a component has no name', () => {
    expect(() => tracked().tracker.component(5 as never)).toThrow('name must be a non-empty string, got 5')
  })
})

describe('outages', () => {
  it('are announced once each, when they are known, and when they are over', async () => {
    const { clock, tracker } = tracked({ name: 'mine' })
    const told: unknown[] = []
    tracker.on('outageStart', ({ policy, kind, component, start, detected, open }) =>
      told.push(['start', policy, kind, component, start, detected, open]),
    )
    tracker.on('outageEnd', ({ component, start, end, net, wall }) =>
      told.push(['end', component, start, end, net, wall]),
    )
    const x = tracker.component('x')
    x.up()
    await clock.advance(100)
    x.down({ time: 80, detected: 100 })
    await clock.advance(100)
    x.down()
    await clock.advance(100)
    x.up()

    expect(told).toEqual([
      ['start', 'mine', 'availabilityTracker', 'x', 80, 100, true],
      ['end', 'x', 80, 300, 220, 220],
    ])
  })

  it('are one over unknown time and maintenance between, and open until something serves', async () => {
    const { clock, tracker } = tracked()
    const told: string[] = []
    tracker.on('outageStart', () => told.push('start'))
    tracker.on('outageEnd', () => told.push('end'))
    const x = tracker.component('x')
    for (const state of ['up', 'down', 'unknown', 'maintenance', 'down', 'unknown'] as const) {
      x[state]()
      await clock.advance(100)
    }
    expect(told).toEqual(['start'])
    expect(tracker.report()).toMatchObject({
      failures: 1,
      restorations: 0,
      openOutage: { start: 100, elapsed: 500, net: 200 },
      longestOutage: 200,
    })
    x.up()
    expect(told).toEqual(['start', 'end'])

    const report = tracker.report()
    expect(report).toMatchObject({ failures: 1, restorations: 1, openOutage: null, mttr: { recovery: 200 } })
    expect(report.outages).toMatchObject([
      {
        start: 100,
        end: 500,
        net: 200,
        wall: 400,
        spansUnknown: true,
        startedAfter: 100,
        endedBefore: 600,
        open: false,
      },
    ])
  })

  it('that a correction takes back are never over, and one that replaces another ends it', async () => {
    const { clock, tracker } = tracked()
    const told: unknown[] = []
    tracker.on('outageStart', ({ start }) => told.push(['start', start]))
    tracker.on('outageEnd', ({ start, end }) => told.push(['end', start, end]))
    const x = tracker.component('x')
    x.up()
    await clock.advance(100)
    tracker.record({ component: 'x', start: 50, id: 'a' })
    tracker.record({ component: 'x', start: 100, end: 100, id: 'a' })
    expect(told).toEqual([['start', 50]])
    tracker.record({ component: 'x', start: 60, id: 'b' })
    tracker.record({ component: 'x', start: 90, id: 'c' })
    tracker.record({ component: 'x', start: 60, end: 70, id: 'b' })

    expect(told.slice(1)).toEqual([
      ['start', 60],
      ['end', 60, 70],
      ['start', 90],
    ])
  })

  it('may be listened to once, and no more', async () => {
    const { clock, tracker } = tracked()
    let once = 0
    let more = 0
    const listener = (): void => void more++
    tracker.once('outageStart', () => void once++)
    tracker.on('outageStart', listener)
    const x = tracker.component('x')
    for (let index = 0; index < 3; index++) {
      x.down()
      await clock.advance(1)
      x.up()
      await clock.advance(1)
      if (index === 1) tracker.off('outageStart', listener)
    }

    expect([once, more]).toEqual([1, 2])
  })

  it('of a listener that fails do no harm', async () => {
    const { tracker } = tracked()
    const faults: unknown[] = []
    tracker.on('fault', ({ source }) => faults.push(source))
    tracker.on('outageStart', () => {
      throw new Error('mine')
    })

    expect(tracker.component('x').down()).toBe(true)
    expect(faults).toEqual(['listener:outageStart'])
  })
})
