import { type CircuitSnapshot, circuitBreaker, pipeline } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

const down = new Error('down')
const fail = () => Promise.reject(down)
const ok = () => Promise.resolve('fine')
const times = async (count: number, run: () => Promise<unknown>) => {
  for (let i = 0; i < count; i++) await ended(run())
}

describe('trip', () => {
  it('opens it by hand, and it probes as usual', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ openFor: '10s', clock })
    const { of } = recorder(guarded)
    await clock.advance(5)
    guarded.trip()
    expect(guarded.state).toBe('open')
    expect(of('open')).toMatchObject([{ cause: 'manual', error: undefined, since: 5, until: 10_005 }])
    expect(await ended(guarded.execute(ok))).toMatchObject({ error: { reason: 'open', retryAfter: 10_000 } })
    await clock.advance('10s')
    expect(await guarded.execute(ok)).toBe('fine')
    expect(guarded.state).toBe('closed')
  })

  it('takes a time of its own, also again while it is open', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ openFor: '10s', clock })
    const { of } = recorder(guarded)
    guarded.trip({ openFor: '1m' })
    await clock.advance('30s')
    guarded.trip({ openFor: '1m' })
    expect(of('open')).toMatchObject([{ until: 60_000 }, { until: 90_000 }])
    expect(guarded.snapshot()).toMatchObject({ state: 'open', openings: 2, remaining: 60_000 })
  })

  it('makes what probes a half-open breaker count no more', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ openFor: 10, clock })
    guarded.trip()
    await clock.advance(10)
    const probe = guarded.execute(() => clock.advance(1))
    guarded.trip()
    await probe
    expect(guarded.state).toBe('open')
  })

  it('leaves an isolated or disabled breaker as it is', () => {
    const guarded = circuitBreaker()
    const isolation = guarded.isolate()
    guarded.trip()
    expect(guarded.state).toBe('isolated')
    isolation.release()
    guarded.disable()
    guarded.trip()
    expect(guarded.state).toBe('disabled')
  })

  it('goes on with a restored number of openings', async () => {
    const clock = virtualClock()
    const restore: CircuitSnapshot = { version: 1, state: 'open', openings: 2, remaining: 5, at: 0 }
    const lengths: number[] = []
    const openFor = ({ attempt }: { readonly attempt: number }) => {
      lengths.push(attempt)
      return 100 * attempt
    }
    const guarded = circuitBreaker({ clock, restore, openFor })
    guarded.trip()
    expect(guarded.snapshot()).toMatchObject({ openings: 3, remaining: 300 })
    expect(lengths).toEqual([2, 3])
  })

  it('refuses a wrong option, and changes nothing then', () => {
    const guarded = circuitBreaker()
    expect(() => guarded.trip({ openFor: -1 })).toThrow('circuitBreaker: trip: openFor must be a duration >= 0, got -1')
    expect(() => guarded.trip({ open: 1 } as object)).toThrow(/"open" is not an option/)
    expect(guarded.state).toBe('closed')
  })
})

describe('openFor as a function', () => {
  it('is given the opening, the one before, and the error', async () => {
    const clock = virtualClock()
    const given: unknown[] = []
    const guarded = circuitBreaker({
      consecutiveFailures: 1,
      clock,
      openFor: (context) => {
        given.push(context)
        return context.attempt * 100
      },
    })
    await ended(guarded.execute(fail))
    await clock.advance(100)
    await ended(guarded.execute(fail))
    expect(given).toEqual([
      { attempt: 1, previous: undefined, error: down },
      { attempt: 2, previous: 100, error: down },
    ])
    expect(pipeline(guarded).explain().text).toContain('openFor a function')
  })

  it('falls back to 30 s where it throws or gives no length, and reports it', async () => {
    for (const wrong of [Number.NaN, -1, '5s', undefined, Number.POSITIVE_INFINITY, 'throw']) {
      const guarded = circuitBreaker({
        consecutiveFailures: 1,
        clock: virtualClock(),
        openFor: () => {
          if (wrong === 'throw') throw down
          return wrong as number
        },
      })
      const { of } = recorder(guarded)
      await ended(guarded.execute(fail))
      expect(of('open')).toMatchObject([{ until: 30_000 }])
      expect(of('fault')).toMatchObject([{ source: 'openFor' }])
    }
  })
})

describe('warmUp', () => {
  it('keeps rules from tripping, but counts', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 3, warmUp: '10s', clock })
    await clock.advance('1h')
    await times(5, () => guarded.execute(fail))
    await clock.advance(9999)
    await ended(guarded.execute(fail))
    expect(guarded.state).toBe('closed')
    await clock.advance(1)
    const { of } = recorder(guarded)
    await ended(guarded.execute(fail))
    expect(of('open')).toMatchObject([{ cause: 'consecutive', since: 3_600_000 }])
  })

  it('holds for rates, slow calls and calls that hang alike', async () => {
    const clock = virtualClock()
    const rate = circuitBreaker({ failureRate: 0.5, minimumCalls: 2, warmUp: 100, clock })
    await times(4, () => rate.execute(fail))
    const slow = circuitBreaker({ slowCallAfter: 10, minimumCalls: 2, warmUp: 100, clock })
    for (let i = 0; i < 3; i++) void slow.execute(() => new Promise(() => {}))
    await clock.advance(50)
    await slow.execute(ok)
    expect([rate.state, slow.state]).toEqual(['closed', 'closed'])
    await clock.advance(50)
    await rate.execute(ok)
    expect(rate.state).toBe('open')
    expect(await ended(slow.execute(ok))).toMatchObject({ ok: false })
    expect(slow.state).toBe('open')
  })

  it('does not hold against trip()', () => {
    const guarded = circuitBreaker({ warmUp: '10s', clock: virtualClock() })
    guarded.trip()
    expect(guarded.state).toBe('open')
  })
})
