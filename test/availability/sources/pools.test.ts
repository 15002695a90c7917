import { availabilityTracker } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { failoverPool, ordered, roundRobin } from 'holdfast/failover'
import { pipeline } from 'holdfast/pipeline'
import { virtualClock } from 'holdfast/testing'
import { timeout } from 'holdfast/timeout'
import { describe, expect, it } from 'vitest'
import { policyOf } from '../../../src/core/policy-of.ts'

function made(options: Parameters<typeof failoverPool>[1] = {}) {
  const clock = virtualClock()
  const broken = new Set<string>()
  const pool = failoverPool(['a', 'b'], { name: 'api', clock, random: () => 0, selection: roundRobin(), ...options })
  const tracker = availabilityTracker({ clock })
  const watching = tracker.watch(pool)
  const call = async (): Promise<void> => {
    const operation = async ({ target }: { target: string }): Promise<string> => {
      if (broken.has(target)) throw new Error(`${target} is down`)
      return target
    }
    await pool.execute(operation as never).catch(() => {})
  }
  const states = (name: string): unknown[] => tracker.timeline(name).map(({ time, state }) => [time, state])
  return { clock, broken, pool, tracker, watching, call, states }
}

const outlier = { consecutiveFailures: 2, ejectFor: 1000 }

describe('a watched pool', () => {
  it('feeds each member, which has to show itself first, and is up while one is', async () => {
    const { clock, call, tracker, states } = made()
    await clock.advance(10)
    expect(states('api')).toEqual([])
    await call()
    await clock.advance(10)
    await call()
    await clock.advance(10)

    expect(states('api/a')).toEqual([[10, 'up']])
    expect(states('api/b')).toEqual([[20, 'up']])
    expect(states('api')).toEqual([[10, 'up']])
    const report = tracker.report()
    expect(report.component).toBe('api')
    expect(Object.keys(report.components)).toEqual(['api', 'api/a', 'api/b'])
  })

  it('listens to successes only while a member is awaited', async () => {
    const { call, pool, watching } = made()
    const wants = (): boolean => policyOf(pool)?.events.hasListeners('success') ?? false
    await call()
    expect(wants()).toBe(true)
    await call()
    expect(wants()).toBe(false)
    pool.add('c')
    expect(wants()).toBe(true)
    watching.stop()
    expect(wants()).toBe(false)
  })

  it('has a member down since the failure that began its ejection, until it is restored', async () => {
    const { clock, broken, call, tracker, states } = made({ outlier })
    await call()
    await call()
    broken.add('a')
    for (let calls = 0; calls < 4; calls++) {
      await clock.advance(10)
      await call()
    }
    await clock.advance(2000)
    await call()
    broken.clear()
    await clock.advance(3000)
    await call()

    expect(states('api/a')).toEqual([
      [0, 'up'],
      [10, 'down'],
      [5040, 'up'],
    ])
    expect(states('api')).toEqual([[0, 'up']])
    expect(tracker.report({ component: 'api/a' })).toMatchObject({ failures: 1, mttd: 10 })
    expect(tracker.report({ component: 'api/a' }).outages[0]).toMatchObject({ reason: 'api: ejected' })
  })

  it('is down since the last member is, when the breakers of all guards are open', async () => {
    const guard = () => circuitBreaker({ name: 'guard', consecutiveFailures: 1, openFor: 100 })
    const { clock, broken, call, tracker, states } = made({ guard, outlier: false })
    await call()
    await call()
    broken.add('a')
    await clock.advance(10)
    await call()
    await clock.advance(10)
    broken.add('b')
    await call()
    await clock.advance(200)
    broken.clear()
    await call()
    await clock.advance(10)
    await call()

    expect(states('api/a')).toEqual([
      [0, 'up'],
      [10, 'down'],
      [220, 'up'],
    ])
    expect(states('api/b')).toEqual([
      [0, 'up'],
      [20, 'down'],
      [230, 'up'],
    ])
    expect(states('api')).toEqual([
      [0, 'up'],
      [20, 'down'],
      [220, 'up'],
    ])
    expect(tracker.report().outages[0]).toMatchObject({ detected: 20, net: 200 })
  })

  it('is down where whole calls fail in a row, however many members a cautious pool leaves in rotation', async () => {
    const { clock, broken, call, states } = made({ outlier, maxEjected: 0.5 })
    await call()
    await call()
    broken.add('a').add('b')
    for (let calls = 0; calls < 6; calls++) {
      await clock.advance(10)
      await call()
    }
    broken.clear()
    await clock.advance(10)
    await call()

    expect(states('api')).toEqual([
      [0, 'up'],
      [10, 'down'],
      [70, 'up'],
    ])
  })

  it('takes members that join and leave', async () => {
    const { clock, pool, call, states, tracker } = made({ selection: ordered() })
    await call()
    await clock.advance(10)
    pool.remove('a')
    await clock.advance(10)
    // Calls have been good, and none has failed since.
    expect(states('api')).toEqual([[0, 'up']])
    expect(states('api/a')).toEqual([
      [0, 'up'],
      [10, 'unknown'],
    ])
    await call()
    expect(states('api/b')).toEqual([[20, 'up']])
    pool.add('a')
    await clock.advance(10)
    expect(tracker.report().state).toBe('up')
    expect(tracker.report({ component: 'api/a' }).state).toBe('unknown')
  })

  it('also inside a pipeline feeds its members under its own name', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a'], { name: 'backends', selection: ordered() })
    const api = pipeline({ name: 'api', clock }, timeout('1s'), pool)
    const tracker = availabilityTracker()
    tracker.watch(api)
    await api.execute((async () => 'fine') as never)

    expect(tracker.timeline('backends/a')).toMatchObject([{ state: 'up' }])
    expect(tracker.timeline('api')).toMatchObject([{ state: 'up' }])
    expect(tracker.timeline('backends')).toEqual([])
    expect(tracker.report().component).toBe('api')
  })

  it('takes a member that drains for what it was, for it goes on with what sticks to it', async () => {
    const { clock, pool, call, states, tracker } = made({ selection: ordered() })
    await call()
    await clock.advance(10)
    await pool.drain('a')
    await pool.drain('b')
    await clock.advance(10)
    expect(states('api')).toEqual([[0, 'up']])
    pool.update('a', { admin: 'ready' })
    await clock.advance(10)

    expect(states('api/a')).toEqual([[0, 'up']])
    expect(states('api/b')).toEqual([])
    expect(tracker.report({ component: 'api/a' })).toMatchObject({ state: 'up', uptime: 30 })
  })

  it('under another name feeds its members under that', () => {
    const { tracker, pool } = made()
    tracker.watch(pool, { component: 'eu' })

    expect(Object.keys(tracker.report().components)).toContain('eu/a')
  })

  it('makes no member of a component that has events of its own', async () => {
    const { tracker, clock } = made()
    tracker.component('api/b').up()
    tracker.component('api/a').down()
    await clock.advance(10)

    expect(tracker.report()).toMatchObject({ component: 'api/a', availability: 0 })
    expect(tracker.report({ component: 'api' }).availability).toBe(1)
  })
})
