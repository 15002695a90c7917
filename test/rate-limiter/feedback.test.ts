import { rateLimiter } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { Slowdown } from '../../src/rate-limiter/slowdown.ts'
import { ended } from '../composition/deferred.ts'

describe('feedback', () => {
  it.each(['tokenBucket', 'slidingWindow', 'slidingLog'] as const)(
    'lowers what is available, and never raises it: %s',
    (algorithm) => {
      const limiter = rateLimiter({ limit: 10, algorithm, clock: virtualClock() })
      limiter.feedback({ remaining: 4 })
      expect(limiter.available).toBe(4)
      limiter.feedback({ remaining: 9, reset: '1h' })
      expect(limiter.available).toBe(4)
      limiter.feedback({ remaining: 0 })
      expect([limiter.available, limiter.tryTake()]).toEqual([0, false])
    },
  )

  it('lets no call start before the reset, then 1/8 of the rate, doubled in each period', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 8, per: 1000, maxWait: '1h', clock })
    limiter.feedback({ remaining: 0, reset: '10s' })
    const times: number[] = []
    const calls = Array.from({ length: 10 }, () => limiter.execute(() => times.push(clock.now() - 10_000)))
    await clock.settle(Promise.all(calls))
    expect(times).toEqual([1000, 1500, 2000, 2250, 2500, 2750, 3000, 3125, 3250, 3375])
    expect(clock.pending).toBe(0)
  })

  it('refuses with the time until then', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 8, per: 1000, clock })
    limiter.feedback({ remaining: 0, reset: '10s' })
    expect(await ended(limiter.execute(() => 1))).toMatchObject({
      error: { retryAfter: 11_000, remaining: 0, reset: 13_125 },
    })
    await clock.advance(limiter.reset)
    expect([limiter.available, limiter.reset]).toEqual([8, 0])
  })

  it('holds back an unlimited limiter too, but not what costs nothing', async () => {
    const clock = virtualClock()
    let cost = 1
    const limiter = rateLimiter({ limit: Number.POSITIVE_INFINITY, maxWait: '1m', clock, cost: () => cost })
    limiter.feedback({ remaining: 0, reset: '5s' })
    expect([limiter.available, limiter.tryTake(), limiter.tryTake(0)]).toEqual([0, false, true])
    const call = limiter.execute(() => clock.now())
    cost = 0
    expect(await limiter.execute(() => clock.now())).toBe(0)
    expect(await clock.settle(call)).toBe(5000)
    expect(limiter.available).toBe(Number.POSITIVE_INFINITY)
  })

  it('keeps nothing of a call that is aborted while it waits for the reset', async () => {
    for (const algorithm of ['tokenBucket', 'slidingWindow'] as const) {
      const clock = virtualClock()
      const limiter = rateLimiter({ limit: Number.POSITIVE_INFINITY, algorithm, maxWait: '1m', clock })
      limiter.feedback({ remaining: 0, reset: '5s' })
      const controller = new AbortController()
      const call = ended(limiter.execute(() => 1, { signal: controller.signal }))
      expect(limiter.waiting).toBe(1)
      controller.abort('left')
      expect(await call).toEqual({ ok: false, error: 'left' })
      expect([limiter.waiting, clock.pending]).toEqual([0, 0])
      await clock.advance('5s')
      expect(limiter.reset).toBe(0)
    }
  })

  it('never shortens a stop, and believes no server for more than an hour', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: Number.POSITIVE_INFINITY, clock })
    limiter.feedback({ remaining: 0, reset: '30s' })
    limiter.feedback({ remaining: 0, reset: '1s' })
    expect(await ended(limiter.execute(() => 1))).toMatchObject({ error: { retryAfter: 30_000 } })
    limiter.feedback({ remaining: 0, reset: '30d' })
    expect(await ended(limiter.execute(() => 1))).toMatchObject({ error: { retryAfter: 3_600_000 } })
  })

  it('leaves calls that wait their start, and what can never pass refused', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 1, per: 100, maxWait: 250, clock })
    limiter.tryTake()
    const waiting = limiter.execute(() => clock.now())
    limiter.feedback({ remaining: 0, reset: '10s' })
    expect(await clock.settle(waiting)).toBe(100)
    expect(limiter.tryTake(2)).toBe(false)
  })

  it('stops again while the rate still rises', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 8, per: 1000, maxWait: '1h', clock })
    limiter.feedback({ remaining: 0, reset: '1s' })
    await clock.advance(2500)
    limiter.feedback({ remaining: 0, reset: '1s' })
    const call = limiter.execute(() => clock.now())
    expect(await clock.settle(call)).toBe(4500)
  })

  it('refuses what is no feedback', () => {
    const limiter = rateLimiter(1)
    expect(() => limiter.feedback({ remaining: -1 })).toThrow(
      'rateLimiter: remaining must be a finite number >= 0, got -1',
    )
    expect(() => limiter.feedback({ remaining: 1, reset: Number.NaN })).toThrow(
      /^rateLimiter: reset must be a duration >= 0/,
    )
    expect(() => limiter.feedback(undefined as never)).toThrow(/^rateLimiter: remaining must be/)
  })
})

describe('the time of a slowdown', () => {
  it('stops, and rises to the speed of the clock', () => {
    const slow = new Slowdown(50, 100, 80)
    expect([0, 100, 140, 180, 260, 340, 440].map((time) => slow.at(time))).toEqual([50, 50, 55, 60, 80, 120, 220])
  })

  it('gives the same the other way round', () => {
    const slow = new Slowdown(50, 100, 80)
    for (const time of [100, 140, 180, 220, 260, 300, 340, 440, 1000])
      expect(slow.timeOf(slow.at(time))).toBeCloseTo(time, 9)
  })
})
