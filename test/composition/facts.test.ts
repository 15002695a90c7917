/** What one policy means for another inside it: what docs/composition.md says of limiters and keyed policies. */
import { bulkhead, keyed, pipeline, rateLimiter, retry, retryBudget, timeout } from 'holdfast'
import { scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from './deferred.ts'

const down = new Error('down')

describe('a rate limiter inside a retry', () => {
  it('takes a permit for each attempt', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 10, per: '1m' })
    const read = pipeline({ clock }, retry({ retries: 3, backoff: 0 }), limiter)

    expect(await clock.settle(read.execute(scripted(down, down, 'read')))).toBe('read')
    expect(Math.floor(limiter.available)).toBe(7)
  })

  it('counts the wait to the attempt where a timeout is outside it', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 1, per: 100, maxWait: 1000 })
    const read = pipeline({ clock }, retry({ retries: 0 }), timeout(150), limiter)
    limiter.tryTake()

    const end = await clock.settle(ended(read.execute(scripted({ hang: true }))))
    expect(String(end.ok || end.error)).toMatch(/^TimeoutError/)
    expect(clock.now()).toBe(150)
  })

  it('refuses an attempt at once that would have to wait for longer than such a timeout allows', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 1, per: 100, maxWait: 1000 })
    const read = pipeline({ clock }, retry({ retries: 0 }), timeout(50), limiter)
    limiter.tryTake()

    const end = await ended(read.execute(() => 'read'))
    expect(String(end.ok || end.error)).toMatch(/^RateLimitedError/)
    expect([clock.now(), clock.pending]).toEqual([0, 0])
  })

  it('does not count the wait for a timeout inside it', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 1, per: 100, maxWait: 1000 })
    const read = pipeline({ clock }, retry({ retries: 0 }), limiter, timeout(50))
    limiter.tryTake()

    expect(await clock.settle(read.execute(() => 'read'))).toBe('read')
    expect(clock.now()).toBe(100)
  })
})

describe('a rate limiter outside a retry', () => {
  it('takes one permit for all attempts of a call', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 10, per: '1m' })
    const read = pipeline({ clock }, limiter, retry({ retries: 3, backoff: 0 }))

    expect(await clock.settle(read.execute(scripted(down, down, 'read')))).toBe('read')
    expect(Math.floor(limiter.available)).toBe(9)
  })
})

describe('keyed policies', () => {
  it('are evicted only after all work under them has settled, also work that no caller waits for', async () => {
    const clock = virtualClock()
    const hosts = keyed(() => pipeline(timeout(10), bulkhead(1)), { max: 1, idle: 100 })
    const gate = deferred()
    const read = pipeline({ clock }, hosts)
    const late = ended(read.execute(() => gate.promise, { key: 'a' }))
    await clock.advance(10)
    expect((await late).ok).toBe(false)

    await clock.advance(1000)
    for (let i = 0; i < 64; i++) await read.execute(() => i, { key: 'b' })
    expect(hosts.peek('a')).toBeDefined()
    gate.resolve('late')
    await clock.advance(1000)
    for (let i = 0; i < 64; i++) await read.execute(() => i, { key: 'b' })
    expect(hosts.peek('a')).toBeUndefined()
  })

  it('may share one retry budget, which each call fills once', async () => {
    const clock = virtualClock()
    const budget = retryBudget.ratio({ ratio: 0.5, minPerSecond: 0 })
    const hosts = keyed(() => retry({ retries: 1, backoff: 0, budget }))
    const read = pipeline({ clock }, hosts)
    for (const key of ['a', 'b', 'c', 'd']) await read.execute(() => key, { key })
    expect(budget.balance).toBe(2)

    expect((await clock.settle(ended(read.execute(() => Promise.reject(down), { key: 'e' })))).ok).toBe(false)
    expect(budget.balance).toBe(1.5)
  })
})
