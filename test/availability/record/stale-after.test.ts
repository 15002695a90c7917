import fc from 'fast-check'
import { type AvailabilityTracker, availabilityTracker } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { failoverPool } from 'holdfast/failover'
import { retry } from 'holdfast/retry'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../persistence/memory-store.ts'

const minute = 60_000

const shown = (tracker: AvailabilityTracker, name = 'x') =>
  tracker.timeline(name).map(({ time, state }) => `${time / minute} ${state}`)

describe('a component with `staleAfter`', () => {
  it('is unknown once its last word is too old, and known again with the next', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const x = tracker.component('x', { staleAfter: '10m' })
    x.up()
    await clock.advance('8m')
    x.up()
    await clock.advance('10m')
    expect(tracker.state('x')).toBe('up')
    await clock.advance('1m')
    expect(tracker.state('x')).toBe('unknown')
    await clock.advance('11m')
    x.down()
    await clock.advance('30m')
    // Nobody has looked meanwhile.
    x.up()

    expect(shown(tracker)).toEqual(['0 up', '18 unknown', '30 down', '40 unknown', '60 up'])
    expect(tracker.report()).toMatchObject({ uptime: 18 * minute, downtime: 10 * minute, unknown: 32 * minute })
  })

  it('follows the silence of each source, and keeps what incidents and maintenance say', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const x = tracker.component('x')
    x.up({ source: 'a' })
    x.up({ source: 'b' })
    tracker.component('x', { staleAfter: '10m' })
    tracker.component('x', { staleAfter: '10m' })
    tracker.record({ component: 'x', start: 30 * minute, end: 40 * minute })
    await clock.advance('9m')
    x.up({ source: 'a' })
    await clock.advance('51m')
    expect(shown(tracker)).toEqual(['0 up', '10 unknown', '30 down', '40 unknown'])
    x.maintenance({ source: 'a' })
    await clock.advance('1h')

    expect(tracker.state('x')).toBe('maintenance')
  })

  it('takes events that are late, and events that are ahead', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const x = tracker.component('x', { staleAfter: '10m' })
    x.up()
    await clock.advance('30m')
    x.down({ time: 15 * minute })
    x.up({ time: 35 * minute })
    await clock.advance('30m')

    expect(shown(tracker)).toEqual(['0 up', '10 unknown', '15 down', '25 unknown', '35 up', '45 unknown'])
  })

  it('was unknown then after a restart, too', async () => {
    const clock = virtualClock()
    const store = new MemoryStore()
    const tracker = availabilityTracker({ clock, store, snapshotEvery: '30d' })
    await tracker.ready()
    const x = tracker.component('x', { staleAfter: '10m' })
    x.up()
    await clock.advance('30m')
    x.up()
    tracker.close()
    await tracker.closed
    const again = availabilityTracker({ clock, store: new MemoryStore(store), snapshotEvery: '30d' })
    await again.ready()
    again.component('x', { staleAfter: '10m' })
    await clock.advance('20m')

    expect(shown(again)).toEqual(['0 up', '10 unknown', '30 up', '40 unknown'])
    again.close()
  })

  it('has options that are checked', () => {
    const tracker = availabilityTracker({ clock: virtualClock() })

    expect(() => tracker.component('x', { staleAfter: 0 })).toThrow(
      'availabilityTracker: staleAfter must be a duration > 0, got 0',
    )
    expect(() => tracker.component('x', { stale: 1 } as never)).toThrow('availabilityTracker: "stale" is not an option')
    expect(() => tracker.watch(circuitBreaker(), { staleAfter: -1 })).toThrow(
      'staleAfter must be a duration > 0, got -1',
    )
  })
})

describe('a policy with `staleAfter`', () => {
  const bad = () => Promise.reject(new Error('no'))

  it('is unknown once no call was made for too long, and known again by the next', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const breaker = circuitBreaker({ name: 'x', clock, consecutiveFailures: 1, openFor: '1m' })
    const watching = tracker.watch(breaker, { staleAfter: '10m' })
    await breaker.execute(() => 'fine')
    await clock.advance('8m')
    await breaker.execute(() => 'fine')
    await clock.advance('22m')
    expect(tracker.state('x')).toBe('unknown')
    await breaker.execute(() => 'fine')
    expect(tracker.state('x')).toBe('up')
    await clock.advance('15m')
    // Nobody has looked meanwhile.
    await breaker.execute(() => 'fine')
    await breaker.execute(bad).catch(() => {})
    await clock.advance('15m')
    tracker.report()
    await breaker.execute(bad).catch(() => {})
    await clock.advance('2m')

    expect(shown(tracker).slice(0, 6)).toEqual(['0 up', '18 unknown', '30 up', '40 unknown', '45 down', '55 unknown'])
    watching.stop()
    await clock.advance('20m')
    tracker.report()
  })

  it('is judged again by its whole calls where it has no breaker, and calls that were given up are no news', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const again = retry({ name: 'x', clock, retries: 0 })
    tracker.watch(again, { staleAfter: '10m', consecutiveFailures: 1 })
    await again.execute(() => 'fine')
    await clock.advance('9m')
    const aborted = AbortSignal.abort()
    await again.execute(() => 'fine', { signal: aborted }).catch(() => {})
    await clock.advance('2m')
    expect(tracker.state('x')).toBe('unknown')
    await again.execute(bad).catch(() => {})

    expect(shown(tracker)).toEqual(['0 up', '10 unknown', '11 down'])
  })

  it('has members that are unknown with it, and keeps its isolation', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const guard = circuitBreaker({ name: 'guard', clock })
    const pool = failoverPool(['a'], { name: 'pool', clock, guard: () => guard })
    tracker.watch(pool, { staleAfter: '10m' })
    await pool.execute(() => 'fine')
    const isolated = circuitBreaker({ name: 'y', clock })
    tracker.watch(isolated, { staleAfter: '10m' })
    isolated.isolate()
    await clock.advance('20m')

    expect([tracker.state('pool'), tracker.state('pool/a'), tracker.state('y')]).toEqual([
      'unknown',
      'unknown',
      'maintenance',
    ])
    await pool.execute(() => 'fine')
    expect([tracker.state('pool'), tracker.state('pool/a')]).toEqual(['up', 'up'])
  })
})

describe('time', () => {
  it('always adds up to the window, with maintenance that comes again, silence, and service hours', async () => {
    const word = fc.record({
      wait: fc.integer({ min: 1, max: 600 }),
      state: fc.constantFrom('up', 'down', 'degraded', 'maintenance', 'unknown', 'nothing'),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { maxLength: 25 }),
        fc.integer({ min: 1, max: 400 }),
        fc.boolean(),
        async (words, stale, office) => {
          const clock = virtualClock({ wall: Date.parse('2026-03-27T12:00Z') })
          const serviceHours = { from: '06:00', to: '20:00' }
          const tracker = availabilityTracker({ clock, ...(office && { accounting: { serviceHours } }) })
          const x = tracker.component('x', { staleAfter: stale * minute })
          tracker.maintenance('x', { from: '22:00', to: '03:00', days: [6, 7], zone: 'Europe/Berlin' })
          for (const { wait, state } of words) {
            if (state !== 'nothing') x[state as 'up']()
            await clock.advance(wait * minute)
          }
          const { uptime, downtime, maintenance, unknown, outside, window, coverage } = tracker.report()

          expect(uptime + downtime + maintenance + unknown + outside).toBe(window.duration)
          const asked = window.duration - outside
          expect(coverage).toBe(asked === 0 ? null : (asked - unknown) / asked)
        },
      ),
      { numRuns: 60 },
    )
  })
})
