import { type AdaptiveLimiter, adaptiveLimiter, circuitBreaker, hedge, keyed, pipeline, retry, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const window = { every: 1, samples: 1 }
const seen = () => {
  const windows: { latency: number; samples: number; drops: number }[] = []
  return {
    windows,
    algorithm: {
      update: (limit: number, { latency, samples, drops }: { latency: number; samples: number; drops: number }) => {
        windows.push({ latency, samples, drops })
        return limit
      },
    },
  }
}

describe('an adaptive limiter in a pipeline', () => {
  it('takes a timeout inside as overload, and keeps the permit until the work has settled', async () => {
    const clock = virtualClock()
    const { windows, algorithm } = seen()
    const limiter = adaptiveLimiter({ algorithm, window })
    const both = pipeline({ name: 'both', clock }, limiter, timeout(10))
    const gates = [deferred(), deferred()]
    for (const { promise } of gates) {
      const call = ended(both.execute(() => promise))
      await clock.advance(10)
      expect(await call).toMatchObject({ ok: false, error: { code: 'HF_TIMEOUT' } })
    }
    expect(windows).toEqual([{ latency: Number.POSITIVE_INFINITY, samples: 2, drops: 2 }])
    expect(limiter.inflight).toBe(2)
    for (const { resolve } of gates) resolve(1)
    await clock.advance(0)
    expect(limiter.inflight).toBe(0)
    // What ends late does not count again.
    expect(limiter.snapshot().samples).toBe(0)
  })

  it('takes a timeout outside as overload, and keeps the permit until the work has settled', async () => {
    const clock = virtualClock()
    const { windows, algorithm } = seen()
    const limiter = adaptiveLimiter({ algorithm, window })
    const both = pipeline({ name: 'both', clock }, timeout(10), limiter)
    const gates = [deferred(), deferred()]
    for (const { promise } of gates) {
      const call = ended(both.execute(() => promise))
      await clock.advance(10)
      expect(await call).toMatchObject({ ok: false, error: { code: 'HF_TIMEOUT' } })
    }
    expect(windows).toEqual([{ latency: Number.POSITIVE_INFINITY, samples: 2, drops: 2 }])
    expect(limiter.inflight).toBe(2)
    for (const { resolve } of gates) resolve(1)
    await clock.advance(0)
    expect([limiter.inflight, limiter.snapshot().samples]).toEqual([0, 0])
  })

  it('does not count a wait in its queue that a timeout outside ends, and needs no timer of its own for it', async () => {
    const clock = virtualClock()
    const limiter = adaptiveLimiter({ initial: 1, queue: 1, order: 'fifo' })
    const both = pipeline({ name: 'both', clock }, timeout(10), limiter)
    const gate = deferred()
    const first = ended(both.execute(() => gate.promise))
    const second = ended(both.execute(() => 1))
    expect(limiter.queued).toBe(1)
    await clock.advance(10)
    expect((await second).ok).toBe(false)
    expect(limiter.snapshot()).toMatchObject({ inflight: 1, queued: 0, samples: 1, rejections: {} })
    gate.resolve(1)
    await first
    await clock.advance(0)
    expect(limiter.inflight).toBe(0)
  })

  it('does not count what a breaker inside refuses', async () => {
    const clock = virtualClock()
    const limiter = adaptiveLimiter({ window: { every: 1000 } })
    const both = pipeline({ name: 'both', clock }, limiter, circuitBreaker({ consecutiveFailures: 1 }))
    await ended(both.execute(() => Promise.reject({ status: 503 })))
    for (let i = 0; i < 5; i++) await ended(both.execute(() => 1))
    expect(limiter.snapshot()).toMatchObject({ samples: 1, inflight: 0 })
  })

  it('takes a permit for each attempt inside a retry, and one for all of them outside', async () => {
    for (const inside of [true, false]) {
      const clock = virtualClock()
      const limiter = adaptiveLimiter({ initial: 1 })
      const again = retry({ retries: 2, backoff: 10 })
      const both = pipeline({ name: 'both', clock }, ...(inside ? [again, limiter] : [limiter, again]))
      const during: number[] = []
      const call = both.execute(({ attempt }) => {
        during.push(limiter.inflight)
        return attempt < 3 ? Promise.reject(new Error('down')) : attempt
      })
      await clock.advance(5)
      expect(limiter.inflight).toBe(inside ? 0 : 1)
      expect(await clock.settle(call)).toBe(3)
      expect(during).toEqual([1, 1, 1])
      expect(limiter.inflight).toBe(0)
    }
  })

  it('frees the permit of an attempt beside others whose listener aborts the call while it ends', async () => {
    const clock = virtualClock()
    const { algorithm } = seen()
    const stop = [
      (limiter: AdaptiveLimiter, abort: () => void) => limiter.on('limit', abort),
      (limiter: AdaptiveLimiter, abort: () => void) => limiter.on('fault', abort),
    ]
    for (const [i, listen] of stop.entries()) {
      for (const good of [true, false]) {
        const caller = new AbortController()
        const limiter = adaptiveLimiter({
          algorithm: i === 0 ? { update: (limit) => limit + 1 } : algorithm,
          window,
          ...(i === 0 ? {} : { when: () => 'maybe' as never }),
        })
        listen(limiter, () => caller.abort('left'))
        const both = pipeline({ name: 'both', clock }, hedge({ after: 0 }), limiter)
        const work = () => clock.advance(5).then(() => (good ? 1 : Promise.reject({ status: 503 })))
        for (let j = 0; j < 3; j++) await ended(both.execute(work, { signal: caller.signal }))
        await clock.advance(0)
        expect([caller.signal.aborted, limiter.inflight]).toEqual([true, 0])
      }
    }
  })

  it('is not evicted by keyed while a call runs or waits', async () => {
    const clock = virtualClock()
    const hosts = keyed(() => adaptiveLimiter({ initial: 1, queue: 1, order: 'fifo' }), { idle: 100, clock })
    const gate = deferred()
    const calls = [1, 2].map(() => hosts.execute(() => gate.promise, { key: 'a' }))
    await clock.advance(1000)
    for (let i = 0; i < 200; i++) await hosts.execute(() => 1, { key: `other ${i}` })
    expect(hosts.peek('a')).toBeDefined()
    gate.resolve(1)
    await Promise.all(calls)
  })
})
