import { type AvailabilityTracker, availabilityTracker } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { failoverPool } from 'holdfast/failover'
import { pipeline } from 'holdfast/pipeline'
import { retry } from 'holdfast/retry'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { MemoryStore } from './memory-store.ts'

const fails = () => Promise.reject(new Error('down'))
const fine = async () => 'fine'

/** States by the wall clock. */
const states = (tracker: AvailabilityTracker, component: string) =>
  tracker.timeline(component).map(({ at, state }) => [at, state])

async function settled(tracker: AvailabilityTracker, clock: ReturnType<typeof virtualClock>): Promise<void> {
  await clock.settle(tracker.flush())
}

describe('a tracker with a store', () => {
  it('goes on after a crash with the history of before, and a gap from the last beat to the restart', async () => {
    const store = new MemoryStore()
    const clock = virtualClock({ wall: 1_000_000 })
    const breaker = circuitBreaker({ name: 'db', consecutiveFailures: 1, openFor: '5s', clock })
    const old = availabilityTracker({ clock, store })
    old.watch(breaker)
    await breaker.execute(fine)
    await clock.advance(60_000)
    await breaker.execute(fails).catch(() => {})
    await clock.advance(5000)
    await breaker.execute(fine)
    await clock.advance(38_000)

    const later = virtualClock({ wall: 2_000_000, ...{} })
    const tracker = availabilityTracker({ clock: later, store: new MemoryStore(store) })
    await later.settle(tracker.ready())
    await later.advance(1000)
    tracker.component('db').up()

    // The last beat came at 1,100,000.
    expect(states(tracker, 'db')).toEqual([
      [1_000_000, 'up'],
      [1_060_000, 'down'],
      [1_065_000, 'up'],
      [1_100_000, 'unknown'],
      [2_001_000, 'up'],
    ])
    expect(tracker.timeline('db')[1]?.reason).toBe('db: consecutive')
    expect(tracker.timeline('db')[3]?.reason).toBe('tracker gone')
    expect(tracker.report({ component: 'db' })).toMatchObject({
      failures: 1,
      downtime: 5000,
      unknown: 901_000,
      requests: { calls: 3, attempts: 3 },
    })
    expect(tracker.report({ component: 'db' }).outages[0]).toMatchObject({ detected: expect.any(Number), net: 5000 })
  })

  it('knows exactly when it was closed, and that it was', async () => {
    const store = new MemoryStore()
    const clock = virtualClock({ wall: 0 })
    const old = availabilityTracker({ clock, store })
    old.component('x').up()
    await clock.advance(12_345)
    old.close()
    await clock.settle(old.closed)
    const later = virtualClock({ wall: 100_000 })
    const tracker = availabilityTracker({ clock: later, store: new MemoryStore(store) })
    await later.settle(tracker.ready())

    expect(store.calls.at(-1)).toBe('close')
    expect(states(tracker, 'x')).toEqual([
      [0, 'up'],
      [12_345, 'unknown'],
    ])
    expect(tracker.timeline('x')[1]?.reason).toBe('tracker stopped')
  })

  it('bridges a short restart until there is news, also where the tracker was closed', async () => {
    const store = new MemoryStore()
    const clock = virtualClock({ wall: 0 })
    const guard = circuitBreaker({ name: 'db', consecutiveFailures: 1, clock })
    const old = availabilityTracker({ clock, store })
    old.watch(guard)
    await guard.execute(fine)
    await guard.execute(fails).catch(() => {})
    await clock.advance(10_000)
    old.close()
    await clock.settle(old.closed)

    const later = virtualClock({ wall: 40_000 })
    const told: unknown[] = []
    const tracker = availabilityTracker({ clock: later, store: new MemoryStore(store) })
    tracker.on('outageStart', () => told.push('start'))
    tracker.on('outageEnd', ({ net }) => told.push(net))
    await later.settle(tracker.ready())
    await later.advance(20_000)
    const again = circuitBreaker({ name: 'db', clock: later })
    tracker.watch(again)
    await again.execute(fine)

    expect(states(tracker, 'db')).toEqual([
      [0, 'down'],
      [60_000, 'up'],
    ])
    expect(told).toEqual([60_000])
  })

  it('keeps what was said before the history was in, and puts the history in front of it', async () => {
    const store = new MemoryStore()
    const clock = virtualClock({ wall: 0 })
    const old = availabilityTracker({ clock, store })
    old.component('x').up({ id: 'one' })
    old.component('x').down({ source: 'other', id: 'two' })
    old.record({ component: 'x', state: 'degraded', start: new Date(0), id: 'ticket' })
    await clock.advance(10_000)
    const breaker = circuitBreaker({ name: 'db', clock })
    old.watch(breaker)
    await breaker.execute(fine)
    await clock.advance(20_000)

    const later = virtualClock({ wall: 50_000 })
    const slow = new MemoryStore(store)
    slow.before.load = () => new Promise<void>((resolve) => later.schedule(timer(resolve), 5000))
    const tracker = availabilityTracker({ clock: later, store: slow })
    const again = circuitBreaker({ name: 'db', consecutiveFailures: 1, clock: later })
    tracker.watch(again)
    await later.advance(1000)
    await again.execute(fine)
    tracker.component('x').up({ id: 'three' })
    // This id was told before the restart already.
    expect(tracker.component('x').maintenance({ id: 'one' })).toBe(true)
    tracker.component('x').up({ source: 'other' })
    tracker.record({ component: 'x', state: 'degraded', start: new Date(0), end: new Date(1000), id: 'ticket' })
    await later.advance(1000)
    expect(tracker.persistence).toMatchObject({ loaded: false, written: 0 })
    await later.settle(tracker.ready())
    await settled(tracker, later)

    expect(states(tracker, 'x')).toEqual([
      [0, 'down'],
      [51_000, 'up'],
    ])
    // Bridged until the first good call.
    expect(states(tracker, 'db')).toEqual([[10_000, 'up']])
    expect(tracker.report({ component: 'db' })).toMatchObject({ uptime: 45_000, requests: { calls: 2 } })
    expect(tracker.persistence).toMatchObject({ loaded: true, pending: 0, lost: 0, failing: false })

    const third = availabilityTracker({ clock: virtualClock({ wall: later.wall() }), store: new MemoryStore(slow) })
    await third.ready()
    expect(states(third, 'x')).toEqual(states(tracker, 'x'))
    expect(states(third, 'db')).toEqual(states(tracker, 'db'))
  })

  it('keeps a pool with its members, and what was asleep', async () => {
    const store = new MemoryStore()
    const clock = virtualClock({ wall: 0 })
    const pool = failoverPool(['a', 'b'], {
      name: 'pool',
      clock,
      guard: () => circuitBreaker({ consecutiveFailures: 1, openFor: '1m', clock }),
    })
    const tracker = availabilityTracker({ clock, store })
    const policy = pipeline({ name: 'api', clock }, retry({ retries: 1, backoff: 10 }), pool)
    tracker.watch(policy)
    for (let call = 0; call < 4; call++) await clock.settle(policy.execute(fine))
    await clock.advance(1000)
    await clock.settle(policy.execute(fails)).catch(() => {})
    await clock.advance(1000)
    clock.suspend(30_000)
    await clock.advance(60_000)
    await clock.settle(policy.execute(fine))
    await settled(tracker, clock)

    const later = virtualClock({ wall: clock.wall() })
    const again = availabilityTracker({ clock: later, store: new MemoryStore(store) })
    await later.settle(again.ready())
    for (const name of ['api', 'pool/a', 'pool/b']) {
      expect(states(again, name)).toEqual(states(tracker, name))
      expect(states(again, name).length).toBeGreaterThan(2)
      const { outages, suspended } = tracker.report({ component: name })
      expect(suspended).toBe(30_000)
      expect(again.report({ component: name }).suspended).toBe(30_000)
      expect(again.report({ component: name }).outages.map(({ net, phases }) => [net, 'detected' in phases])).toEqual(
        outages.map(({ net, phases }) => [net, 'detected' in phases]),
      )
    }
    expect(Object.keys(again.report().components).sort()).toEqual(Object.keys(tracker.report().components).sort())
  })
})

describe('what held over a restart', () => {
  it('still holds after the next, also where a snapshot came in between', async () => {
    const store = new MemoryStore()
    const clock = virtualClock({ wall: 0 })
    const breaker = circuitBreaker({ name: 'db', clock })
    const old = availabilityTracker({ clock, store })
    old.watch(breaker)
    await breaker.execute(fine)
    await clock.advance(1000)
    old.close()
    await old.closed

    const second = virtualClock({ wall: 5000 })
    const between = availabilityTracker({ clock: second, store, snapshotEvery: 1000, heartbeat: 1000 })
    await between.ready()
    await second.advance(2500)
    expect(store.taken?.carried).toHaveLength(1)
    const third = virtualClock({ wall: 20_000 })
    const tracker = availabilityTracker({ clock: third, store })
    await tracker.ready()
    await third.advance(1000)
    const again = circuitBreaker({ name: 'db', consecutiveFailures: 1, clock: third })
    tracker.watch(again)
    await again.execute(fails).catch(() => {})

    expect(states(tracker, 'db')).toEqual([
      [0, 'up'],
      [21_000, 'down'],
    ])
  })

  it('goes on in the middle of a run, where a snapshot replaces its beginning', async () => {
    const store = new MemoryStore()
    const clock = virtualClock({ wall: 0 })
    const breaker = circuitBreaker({ name: 'db', consecutiveFailures: 1, openFor: '5s', clock })
    const old = availabilityTracker({ clock, store, snapshotEvery: 1000, heartbeat: 1000 })
    old.watch(breaker)
    old.component('told').up({ source: 'me' })
    await breaker.execute(fine)
    await clock.advance(1500)
    expect(store.taken?.sources).toHaveLength(1)
    store.before.snapshot = () => Promise.reject(new Error('not again'))
    old.on('fault', () => {})
    await breaker.execute(fails).catch(() => {})
    await clock.advance(5000)
    await breaker.execute(fine)
    old.component('told').down({ source: 'me' })
    await old.flush()

    const later = virtualClock({ wall: 20_000 })
    const tracker = availabilityTracker({ clock: later, store: new MemoryStore(store) })
    await tracker.ready()
    for (const name of ['db', 'told']) expect(states(tracker, name)).toEqual(states(old, name))
    expect(states(tracker, 'db')).toHaveLength(3)
  })

  it('ends for a policy that is watched no more', async () => {
    const store = new MemoryStore()
    const clock = virtualClock({ wall: 0 })
    const tracker = availabilityTracker({ clock, store })
    const spoke = circuitBreaker({ name: 'spoke', clock })
    const watching = [spoke, circuitBreaker({ name: 'silent', clock })].map((policy) => tracker.watch(policy))
    await spoke.execute(fine)
    await clock.advance(5000)
    for (const { stop } of watching) stop()
    await clock.advance(10_000)
    expect(store.records.filter(({ kind }) => kind === 'gone')).toMatchObject([{ component: 'spoke', source: 1 }])

    const later = virtualClock({ wall: 16_000 })
    const again = availabilityTracker({ clock: later, store: new MemoryStore(store) })
    await again.ready()
    expect(states(again, 'spoke')).toEqual([
      [0, 'up'],
      [5000, 'unknown'],
    ])
  })

  it('adds what saved the calls before to what saves them now', async () => {
    const store = new MemoryStore()
    let tracker: AvailabilityTracker | undefined
    for (let run = 0; run < 2; run++) {
      const clock = virtualClock({ wall: run * 10_000 })
      store.before.load = () => new Promise<void>((resolve) => clock.schedule(timer(resolve), 500))
      tracker = availabilityTracker({ clock, store, heartbeat: 1000 })
      const policy = retry({ name: `again ${run}`, retries: 1, backoff: 0, clock })
      tracker.watch(policy, { component: 'api' })
      let calls = 0
      const second = async () => {
        if (calls++ === 0) throw new Error('once')
      }
      await clock.settle(policy.execute(second))
      await clock.settle(tracker.ready())
      await clock.advance(2000)
    }

    expect(tracker?.report().requests).toMatchObject({ calls: 2, savedBy: { 'again 0': 1, 'again 1': 1 } })
  })

  it('is reported even if the clock fails', async () => {
    const clock = virtualClock({ wall: 0 })
    const broken = {
      now: () => clock.now(),
      wall: () => clock.wall(),
      schedule: (...args: Parameters<typeof clock.schedule>) => clock.schedule(...args),
      cancel: (...args: Parameters<typeof clock.cancel>) => clock.cancel(...args),
    }
    const tracker = availabilityTracker({ clock: broken, store: new MemoryStore(), heartbeat: 1000 })
    const faults: unknown[] = []
    tracker.on('fault', ({ source, error }) => faults.push([source, String(error)]))
    await tracker.ready()
    await clock.advance(100)
    let failures = 0
    broken.wall = () => {
      if (failures++ === 0) throw new Error('no clock')
      return clock.wall()
    }
    await clock.advance(1000)

    expect(faults).toEqual([['store', 'Error: no clock']])
    // Once more, when the store has taken something.
    await clock.advance(999)
    tracker.component('x').up()
    clock.schedule(
      timer(() => {
        failures = 0
      }),
      5,
    )
    await clock.advance(100)
    expect(faults).toHaveLength(2)
    expect(tracker.persistence).toMatchObject({ pending: 0, failing: false })
  })
})

function timer(ring: () => void) {
  return { at: 0, list: undefined, previous: undefined, next: undefined, background: false, fire: ring }
}
