import { pipeline, rateLimiter } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

const algorithms = ['tokenBucket', 'smooth', 'slidingWindow', 'slidingLog'] as const

describe('update', () => {
  it('keeps what was taken, and counts with the new rate', () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 10, clock })
    limiter.tryTake(5)
    expect([limiter.available, limiter.reset]).toEqual([5, 500])
    limiter.update({ limit: 20 })
    expect([limiter.limit, limiter.available, limiter.reset]).toEqual([20, 15, 250])
    limiter.update({ per: '10s' })
    expect([limiter.snapshot().per, limiter.available, limiter.reset]).toEqual([10_000, 15, 2500])
    // Five are missing, and no more than the burst can be.
    limiter.update({ limit: 2, per: '1s', burst: 4 })
    expect([limiter.available, limiter.reset]).toEqual([0, 2000])
    expect(pipeline(limiter).explain().text).toContain('limit 2')
  })

  it('is checked as a whole, and changes nothing if it is refused', () => {
    const limiter = rateLimiter({ limit: 10, clock: virtualClock() })
    expect(() => limiter.update({ limit: 5, per: 0 })).toThrow('rateLimiter: per must be a duration > 0, got 0')
    expect(() => limiter.update({ maxWait: 1 } as object)).toThrow('rateLimiter: "maxWait" is not an option')
    expect(limiter.snapshot()).toMatchObject({ limit: 10, per: 1000 })
    const log = rateLimiter({ limit: 10, algorithm: 'slidingLog' })
    expect(() => log.update({ limit: 1e6 })).toThrow(/^rateLimiter: limit must be a number from 1 to 10000/)
  })

  it('works before the first call, and fixes no clock', () => {
    const limiter = rateLimiter(10)
    limiter.update({ limit: 3 })
    expect(limiter.available).toBe(3)
    expect(() => pipeline({ clock: virtualClock() }, limiter)).not.toThrow()
  })

  it.each(algorithms)('starts calls that wait at once if the new rate allows it: %s', async (algorithm) => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 1, per: 100, algorithm, maxWait: '1h', clock })
    const order: number[] = []
    const calls = [0, 1, 2, 3].map((id) => limiter.execute(() => order.push(id)))
    expect(order).toEqual([0])
    limiter.update({ limit: 1000 })
    expect(order).toEqual(algorithm === 'smooth' ? [0] : [0, 1, 2, 3])
    await clock.settle(Promise.all(calls))
    expect(order).toEqual([0, 1, 2, 3])
    expect([limiter.waiting, clock.pending]).toEqual([0, 0])
    expect(clock.now()).toBeLessThan(1)
  })

  it.each(algorithms)('never moves a start that was decided to later: %s', async (algorithm) => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 4, per: 100, algorithm, maxWait: '1h', clock })
    limiter.tryTake(algorithm === 'smooth' ? 1 : 4)
    const times: number[] = []
    const delays: number[] = []
    limiter.on('wait', ({ delay }) => delays.push(delay))
    const calls = [0, 1, 2].map(() => limiter.execute(() => times.push(clock.now())))
    limiter.update({ limit: 1 })
    const later = ended(limiter.execute(() => times.push(clock.now())))
    await clock.settle(Promise.all([...calls, later]))
    for (const i of [0, 1, 2]) expect(times[i]).toBeCloseTo(delays[i] as number, 6)
    // The one that came after pays for them.
    expect(times[3]).toBeGreaterThanOrEqual(algorithm === 'smooth' ? 300 : 275)
  })

  it('lets a call that waits keep its start even if it could never pass by the new rate', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 4, per: 100, maxWait: '1h', clock, cost: () => 3 })
    await limiter.execute(() => 1)
    const waiting = limiter.execute(() => clock.now())
    limiter.update({ limit: 2 })
    expect(await clock.settle(waiting)).toBe(50)
  })

  it('gives back what is aborted after it', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 1, per: 100, maxWait: '1h', clock })
    limiter.tryTake()
    const controller = new AbortController()
    const call = ended(limiter.execute(() => 1, { signal: controller.signal }))
    limiter.update({ per: 200 })
    expect(limiter.reset).toBe(400)
    controller.abort('left')
    expect((await call).ok).toBe(false)
    expect(limiter.reset).toBe(200)
  })

  it('of the period keeps the estimate of a sliding window', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 10, per: 100, algorithm: 'slidingWindow', clock })
    limiter.tryTake(8)
    await clock.advance(150)
    expect(limiter.available).toBe(6)
    limiter.update({ per: '1s' })
    expect(limiter.available).toBe(6)
    expect(limiter.reset).toBe(2000 - 150)
  })

  it('keeps how warm a warm-up is', () => {
    const limiter = rateLimiter({ limit: 10, warmUp: { period: '10s' }, clock: virtualClock() })
    limiter.update({ limit: 20 })
    limiter.tryTake()
    // Half of the 298 ms at twice the rate, but for the slope: it is as cold as before.
    expect(limiter.reset).toBeCloseTo(149.5, 1)
  })
})
