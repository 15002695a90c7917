import { type CircuitSnapshot, circuitBreaker, exponential, pipeline } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const down = new Error('down')
const fail = () => Promise.reject(down)
const ok = () => Promise.resolve('fine')
const times = async (count: number, run: () => Promise<unknown>) => {
  for (let i = 0; i < count; i++) await ended(run())
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a snapshot', () => {
  const opened = async () => {
    const clock = virtualClock({ wall: 1000 })
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 30_000, clock })
    await ended(guarded.execute(fail))
    await clock.advance(20_000)
    return guarded.snapshot()
  }

  it('of an open breaker goes on with what is left, by the wall clock', async () => {
    const snapshot = JSON.parse(JSON.stringify(await opened()))
    expect(snapshot).toEqual({ version: 1, state: 'open', openings: 1, remaining: 10_000, at: 21_000 })
    const clock = virtualClock({ wall: 26_000 })
    const restored = circuitBreaker({ consecutiveFailures: 1, openFor: 30_000, clock, restore: snapshot })
    expect(restored.state).toBe('open')
    expect(await ended(restored.execute(ok))).toMatchObject({ error: { retryAfter: 5000 } })
    await clock.advance(5000)
    expect(await restored.execute(ok)).toBe('fine')
    expect(restored.state).toBe('closed')
  })

  it('counts from its first call, and not longer than was left', async () => {
    const clock = virtualClock({ wall: 0 })
    const restored = circuitBreaker({ consecutiveFailures: 1, clock, restore: await opened() })
    expect(restored.snapshot()).toMatchObject({ state: 'open', remaining: 10_000 })
    expect(await ended(restored.execute(ok))).toMatchObject({ error: { retryAfter: 10_000 } })
    const late = circuitBreaker({ clock: virtualClock({ wall: 1e9 }), restore: await opened() })
    expect(await late.execute(ok)).toBe('fine')
  })

  it('keeps the number of openings in a row, and lets a probe lapse after its opening', async () => {
    const clock = virtualClock({ wall: 21_000 })
    const openFor = exponential({ base: 100, jitter: 'none' })
    const snapshot = { ...(await opened()), openings: 2, remaining: 0 }
    const restored = circuitBreaker({ consecutiveFailures: 1, openFor, clock, restore: snapshot })
    void ended(restored.execute(() => new Promise(() => {})))
    await clock.advance(199)
    expect((await ended(restored.execute(ok))).ok).toBe(false)
    await clock.advance(1)
    const { of } = recorder(restored)
    await ended(restored.execute(fail))
    expect(of('open')).toMatchObject([{ until: 200 + 400 }])
  })

  it('of a closed, disabled, half-open or isolated breaker restores the state that can continue', async () => {
    const clock = virtualClock()
    const make = (restore: ReturnType<ReturnType<typeof circuitBreaker>['snapshot']>) =>
      circuitBreaker({ consecutiveFailures: 1, openFor: 10, clock, restore })
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 10, clock })
    expect(await make(guarded.snapshot()).execute(ok)).toBe('fine')
    guarded.isolate()
    expect(guarded.snapshot().state).toBe('closed')
    guarded.disable()
    const disabled = make(guarded.snapshot())
    expect(disabled.state).toBe('disabled')
    await ended(disabled.execute(fail))
    expect(disabled.state).toBe('disabled')
    guarded.reset()
    await ended(guarded.execute(fail))
    await clock.advance(10)
    const probe = deferred()
    const probing = guarded.execute(() => probe.promise)
    expect(guarded.snapshot()).toMatchObject({ state: 'half-open', remaining: 0 })
    const restored = make(guarded.snapshot())
    expect(await restored.execute(ok)).toBe('fine')
    expect(restored.state).toBe('closed')
    probe.resolve('fine')
    await probing
  })

  it('is dropped by what changes the state before the first call', async () => {
    const restored = circuitBreaker({ clock: virtualClock(), restore: await opened() })
    restored.reset()
    expect(await restored.execute(ok)).toBe('fine')
    expect(restored.snapshot()).toMatchObject({ state: 'closed', openings: 0 })
  })

  it('of a closed breaker asks its backoff nothing', async () => {
    const asked: unknown[] = []
    const openFor = {
      kind: 'constant' as const,
      options: {},
      delay: (state: { readonly attempt: number; readonly previous: unknown }) => {
        asked.push([state.attempt, state.previous])
        return 10
      },
    }
    const clock = virtualClock()
    const restore = { version: 1 as const, state: 'closed' as const, openings: 0, remaining: 0, at: 0 }
    const restored = circuitBreaker({ consecutiveFailures: 1, openFor, clock, restore })
    await ended(restored.execute(fail))
    expect(asked).toEqual([[1, undefined]])
  })
})

describe('a snapshot with counts', () => {
  const json = (snapshot: CircuitSnapshot) => JSON.parse(JSON.stringify(snapshot)) as CircuitSnapshot

  it('makes the next breaker trip where this one would have: failures in a row', async () => {
    const clock = virtualClock({ wall: 1e12 })
    const make = (restore?: CircuitSnapshot) =>
      circuitBreaker({ consecutiveFailures: 3, clock, ...(restore === undefined ? {} : { restore }) })
    const first = make()
    await clock.advance(100)
    await times(2, () => first.execute(fail))
    const snapshot = json(first.snapshot())
    await clock.advance(50)
    const second = make(snapshot)
    const { of } = recorder(second)
    await ended(second.execute(fail))
    expect(of('open')).toMatchObject([{ cause: 'consecutive', since: 100 }])
  })

  it('makes the next breaker trip where this one would have: rates over time, and forgets what is old by then', async () => {
    for (const [away, state] of [
      [1000, 'open'],
      [10_000, 'closed'],
    ] as const) {
      const clock = virtualClock({ wall: 1e12 })
      const options = { failureRate: 0.5, minimumCalls: 4, window: '10s', clock } as const
      const first = circuitBreaker(options)
      await first.execute(ok)
      await clock.advance(500)
      await times(2, () => first.execute(fail))
      const snapshot = json(first.snapshot())
      await clock.advance(away)
      const second = circuitBreaker({ ...options, restore: snapshot })
      await ended(second.execute(fail))
      expect(second.state).toBe(state)
    }
  })

  it('has what is left of the warm-up, once that has begun', async () => {
    const clock = virtualClock()
    const options = { consecutiveFailures: 1, warmUp: 100, clock } as const
    const first = circuitBreaker(options)
    expect(first.snapshot()).not.toHaveProperty('warmUp')
    await first.execute(ok)
    await clock.advance(60)
    expect(first.snapshot()).toMatchObject({ warmUp: 40 })
    const second = circuitBreaker({ ...options, restore: json(first.snapshot()) })
    await clock.advance(39)
    await ended(second.execute(fail))
    expect(second.state).toBe('closed')
    await clock.advance(1)
    await ended(second.execute(fail))
    expect(second.state).toBe('open')
  })

  it('of before, without counts, is taken too', async () => {
    const restore = { version: 1, state: 'closed', openings: 0, remaining: 0, at: 0 } as const
    const guarded = circuitBreaker({ consecutiveFailures: 1, restore, clock: virtualClock() })
    await ended(guarded.execute(fail))
    expect(guarded.state).toBe('open')
  })
})

describe('a snapshot before the first call', () => {
  const saved = async () => {
    const clock = virtualClock({ wall: 1e12 })
    const options = {
      failureRate: 0.9,
      slowCallRate: 0.9,
      slowCallAfter: 10,
      warmUp: 100,
      window: '1m',
      clock,
    } as const
    const guarded = circuitBreaker(options)
    await guarded.execute(ok)
    await clock.advance(20)
    await times(2, () => guarded.execute(fail))
    return { options, snapshot: guarded.snapshot() }
  }

  it('is the same without a clock as with one', async () => {
    const { options, snapshot } = await saved()
    const { clock: _, ...others } = options
    for (const restore of [
      snapshot,
      { version: 1, state: 'half-open', openings: 2, remaining: 0, at: 1e12 },
      { version: 1, state: 'open', openings: 2, remaining: 70, at: 1e12 },
      { ...snapshot, counts: { row: 0, rowAge: 0, failures: [], slow: [] } },
    ] as const) {
      vi.spyOn(Date, 'now').mockReturnValue(1e12 + 50)
      const given = circuitBreaker({ ...options, clock: virtualClock({ wall: 1e12 + 50 }), restore })
      expect(circuitBreaker({ ...others, restore }).snapshot()).toEqual(given.snapshot())
    }
  })

  it('fixes no clock: a pipeline may still give its own', async () => {
    const { options, snapshot } = await saved()
    const { clock: _, ...others } = options
    const restored = circuitBreaker({ ...others, restore: snapshot })
    restored.snapshot()
    expect(await pipeline({ clock: options.clock }, restored).execute(ok)).toBe('fine')
  })
})
