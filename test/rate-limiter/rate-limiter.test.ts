import { AsyncLocalStorage } from 'node:async_hooks'
import { keyed, pipeline, type RateLimiterOptions, rateLimiter, retry, timeout } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'
import { steppedClock } from './stepped-clock.ts'

const at = (options: Omit<RateLimiterOptions, 'clock'>) => {
  const clock = virtualClock()
  return { clock, limiter: rateLimiter({ ...options, clock }) }
}

describe('a call', () => {
  it('starts before execute returns while permits last, and is refused after that', async () => {
    const { clock, limiter } = at({ limit: 2, per: '1s' })
    const { of } = recorder(limiter)
    const started: number[] = []
    const calls = [1, 2].map((id) => limiter.execute(() => started.push(id)))
    expect([started, limiter.available, limiter.waiting]).toEqual([[1, 2], 0, 0])
    const refused = await ended(limiter.execute(() => started.push(3)))
    expect(refused).toMatchObject({
      error: {
        code: 'HF_RATE_LIMITED',
        policy: 'rateLimiter',
        message: 'rateLimiter: rate limit reached',
        retryAfter: 500,
        limit: 2,
        remaining: 0,
        reset: 1000,
      },
    })
    expect(of('reject')).toMatchObject([{ retryAfter: 500 }])
    await Promise.all(calls)
    await clock.advance(500)
    expect(await limiter.execute(() => 'in')).toBe('in')
    expect(started).toEqual([1, 2])
  })

  it('is refused at once if it would wait longer than maxWait, or past its deadline', async () => {
    const { clock, limiter } = at({ limit: 1, per: 100, maxWait: 150 })
    limiter.tryTake()
    expect(await ended(limiter.execute(() => 1, { deadline: 99 }))).toMatchObject({ error: { retryAfter: 100 } })
    const first = limiter.execute(() => clock.now(), { deadline: 100 })
    expect(await ended(limiter.execute(() => 1))).toMatchObject({ error: { retryAfter: 200 } })
    expect([clock.pending, limiter.waiting]).toEqual([1, 1])
    expect(await clock.settle(first)).toBe(100)
  })

  it('is refused at once if the timeout around it would end its wait', async () => {
    const { clock, limiter } = at({ limit: 1, per: 100, maxWait: '1h' })
    const both = pipeline({ clock }, timeout(50), limiter)
    limiter.tryTake()
    expect(await ended(both.execute(() => 1))).toMatchObject({ error: { code: 'HF_RATE_LIMITED' } })
    expect([clock.pending, clock.now()]).toEqual([0, 0])
  })

  it('is refused if the queue is full', async () => {
    const { clock, limiter } = at({ limit: 1, per: 100, maxWait: '1h', queue: 1 })
    limiter.tryTake()
    const first = limiter.execute(() => 'first')
    expect(await ended(limiter.execute(() => 1))).toMatchObject({ error: { retryAfter: 200 } })
    expect(await clock.settle(first)).toBe('first')
  })

  it('can never pass if it costs more than the burst', async () => {
    const { limiter } = at({ limit: 2, maxWait: '1h', cost: () => 3 })
    const { of } = recorder(limiter)
    expect(await ended(limiter.execute(() => 1))).toMatchObject({ error: { retryAfter: undefined, remaining: 2 } })
    expect(of('reject')).toMatchObject([{ retryAfter: undefined }])
  })

  it('reports its wait and its place, and starts without a further check', async () => {
    const { clock, limiter } = at({ limit: 1, per: 100, maxWait: '1h' })
    const { of } = recorder(limiter)
    limiter.tryTake()
    const calls = [limiter.execute(() => clock.now()), limiter.execute(() => clock.now())]
    expect(of('wait').map(({ delay, position }) => [delay, position])).toEqual([
      [100, 1],
      [200, 2],
    ])
    expect(await clock.settle(Promise.all(calls))).toEqual([100, 200])
    expect([clock.pending, limiter.waiting]).toEqual([0, 0])
  })

  it('runs in the context of its caller after a wait, and its abort is immediate', async () => {
    const storage = new AsyncLocalStorage<string>()
    const { clock, limiter } = at({ limit: 1, per: 100, maxWait: '1h' })
    limiter.tryTake()
    const controller = new AbortController()
    const leaving = storage.run('leaving', () => ended(limiter.execute(() => 1, { signal: controller.signal })))
    const staying = storage.run('staying', () => limiter.execute(() => storage.getStore()))
    controller.abort('left')
    expect(await leaving).toEqual({ ok: false, error: 'left' })
    expect(limiter.waiting).toBe(1)
    expect(await clock.settle(staying)).toBe('staying')
    expect(clock.now()).toBe(200)
  })

  it('takes nothing if a listener or the cost aborts it', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const { clock, limiter } = at({
      limit: 1,
      per: 100,
      maxWait: '1h',
      cost: ({ key }) => {
        if (key === 'abort') controller.abort('by cost')
        return 1
      },
    })
    expect(await ended(limiter.execute(() => 1, { key: 'abort', signal }))).toMatchObject({ error: 'by cost' })
    expect(limiter.available).toBe(1)
    limiter.tryTake()
    const second = new AbortController()
    limiter.once('wait', () => second.abort('by wait'))
    expect(await ended(limiter.execute(() => 1, { signal: second.signal }))).toMatchObject({ error: 'by wait' })
    expect([limiter.waiting, limiter.reset, clock.pending]).toEqual([0, 100, 0])
    const strict = rateLimiter({ limit: 1, clock })
    strict.tryTake()
    const third = new AbortController()
    strict.once('reject', () => third.abort('by reject'))
    expect(await ended(strict.execute(() => 1, { signal: third.signal }))).toMatchObject({ error: 'by reject' })
  })

  it('keeps its permit if it is aborted after its start', async () => {
    const { clock, limiter } = at({ limit: 1, per: 100, maxWait: '1h' })
    limiter.tryTake()
    const controller = new AbortController()
    const call = ended(limiter.execute(() => deferred().promise, { signal: controller.signal }))
    await clock.advance(100)
    controller.abort('late')
    expect(await call).toEqual({ ok: false, error: 'late' })
    expect(limiter.reset).toBe(100)
  })

  it('starts behind those that are due, even if their timers are late', async () => {
    const clock = steppedClock()
    const limiter = rateLimiter({ limit: 1, per: 100, maxWait: '1h', clock })
    const order: string[] = []
    const call = (name: string) => limiter.execute(() => void order.push(name))
    const calls = [call('a'), call('b'), call('c')]
    clock.time = 1000
    calls.push(call('d'))
    expect(order).toEqual(['a', 'b', 'c', 'd'])
    await Promise.all(calls)
  })

  it('may start others from within, without growing the stack', async () => {
    const clock = steppedClock()
    const limiter = rateLimiter({ limit: 30_000, per: 1, maxWait: '1h', clock })
    limiter.tryTake(30_000)
    let ran = 0
    const inside: Promise<unknown>[] = []
    const operation = () => {
      ran++
      inside.push(limiter.execute(() => 0))
    }
    const calls = Array.from({ length: 10_000 }, () => limiter.execute(operation))
    clock.time = 1e6
    calls.push(limiter.execute(operation))
    await Promise.all([...calls, ...inside])
    expect(ran).toBe(10_001)
  })
})

describe('a retry', () => {
  it('outside takes a permit for each attempt; the waits count', async () => {
    const { clock, limiter } = at({ limit: 1, per: 100, maxWait: '1h' })
    const all = pipeline({ clock }, retry({ retries: 2, backoff: 0 }), limiter)
    const times: number[] = []
    await clock.settle(
      ended(
        all.execute(() => {
          times.push(clock.now())
          throw new Error('down')
        }),
      ),
    )
    expect(times).toEqual([0, 100, 200])
  })

  it('inside takes one permit for the call', async () => {
    const { clock, limiter } = at({ limit: 5, per: 100 })
    const all = pipeline({ clock }, limiter, retry({ retries: 2, backoff: 0 }))
    await clock.settle(ended(all.execute(() => Promise.reject(new Error('down')))))
    expect(limiter.available).toBe(4)
  })

  it('outside repeats a refusal where its retryAfter fits the deadline', async () => {
    const { clock, limiter } = at({ limit: 1, per: 100 })
    const all = pipeline({ clock }, retry({ retries: 1, backoff: 0 }), limiter)
    limiter.tryTake()
    expect(await clock.settle(all.execute(() => clock.now(), { deadline: '1s' }))).toBe(100)
  })
})

describe('the cost', () => {
  it('is what a call takes, also a part of a permit or none', async () => {
    const costs = [0.5, 0, 1.5]
    const { limiter } = at({ limit: 2, cost: () => costs.shift() as number })
    const left: number[] = []
    for (let i = 0; i < 3; i++) {
      await limiter.execute(() => 1)
      left.push(limiter.reset)
    }
    expect(left).toEqual([250, 250, 1000])
  })

  it('of nothing waits behind those that wait', async () => {
    const costs = [1, 1, 0]
    const { clock, limiter } = at({ limit: 1, per: 100, maxWait: '1h', cost: () => costs.shift() as number })
    const calls = [1, 2, 3].map(() => limiter.execute(() => clock.now()))
    expect(await clock.settle(Promise.all(calls))).toEqual([0, 100, 100])
    expect(limiter.reset).toBe(100)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('cost')
      },
    ],
    ['gives NaN', () => Number.NaN],
    ['gives a negative number', () => -1],
    ['gives Infinity', () => Number.POSITIVE_INFINITY],
    ['gives a promise', () => Promise.reject(new Error('cost'))],
  ])('is 1 if the function %s, and the fault is reported', async (_name, cost) => {
    const { limiter } = at({ limit: 3, cost: cost as () => number })
    const { of } = recorder(limiter)
    expect(await limiter.execute(() => 'in')).toBe('in')
    expect(limiter.available).toBe(2)
    expect(of('fault')).toMatchObject([{ source: 'cost' }])
  })
})

describe('getters', () => {
  it('fix no clock, and show a full limiter before the first call', () => {
    const limiter = rateLimiter(5)
    expect(limiter.snapshot()).toEqual({ limit: 5, per: 1000, available: 5, reset: 0, waiting: 0 })
    expect([limiter.limit, limiter.available, limiter.reset, limiter.waiting]).toEqual([5, 5, 0, 0])
    expect(() => pipeline({ clock: virtualClock() }, limiter)).not.toThrow()
    for (const algorithm of ['smooth', 'slidingWindow', 'slidingLog'] as const) {
      const other = rateLimiter({ limit: 5, algorithm })
      expect([other.available, other.reset]).toEqual([algorithm === 'smooth' ? 1 : 5, 0])
    }
  })

  it('follow time', async () => {
    for (const algorithm of ['tokenBucket', 'slidingWindow', 'slidingLog'] as const) {
      const { clock, limiter } = at({ limit: 4, per: 100, algorithm, maxWait: '1h' })
      limiter.tryTake(4)
      void limiter.execute(() => 1)
      expect([limiter.available, limiter.waiting]).toEqual([0, 1])
      await clock.advance(limiter.reset)
      expect([limiter.available, limiter.reset, limiter.waiting]).toEqual([4, 0, 0])
    }
  })

  it('show 0 permits while a warm-up spaces calls', async () => {
    const { clock, limiter } = at({ limit: 10, maxWait: '1h', warmUp: { period: '10s' } })
    expect(limiter.available).toBe(1)
    await limiter.execute(() => 1)
    expect(limiter.available).toBe(0)
    expect(limiter.reset).toBeCloseTo(298, 6)
    const second = limiter.execute(() => clock.now())
    const controller = new AbortController()
    const third = ended(limiter.execute(() => 1, { signal: controller.signal }))
    const before = limiter.reset
    controller.abort('left')
    await third
    expect(limiter.reset).toBeLessThan(before - 250)
    expect(await clock.settle(second)).toBeCloseTo(298, 6)
  })
})

describe('keyed', () => {
  it('keeps a limiter as long as permits are out', async () => {
    const clock = virtualClock()
    const made: string[] = []
    const limits = keyed(
      (key) => {
        made.push(key)
        return rateLimiter({ limit: 1, per: 100, maxWait: '1h', clock })
      },
      { max: 1, clock },
    )
    const call = (key: string) => limits.execute(() => clock.now(), { key })
    await call('a')
    await call('b')
    expect(await clock.settle(Promise.all([call('a'), call('a')]))).toEqual([100, 200])
    expect(made).toEqual(['a', 'b'])
    await clock.advance(100)
    await call('c')
    await call('d')
    await call('a')
    expect(made).toEqual(['a', 'b', 'c', 'd', 'a'])
  })
})

describe('tryTake', () => {
  it('takes what there is, or nothing', () => {
    const { limiter } = at({ limit: 5 })
    expect([limiter.tryTake(3), limiter.tryTake(3), limiter.tryTake(2), limiter.tryTake()]).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(limiter.tryTake(0)).toBe(true)
    for (const algorithm of ['tokenBucket', 'smooth', 'slidingWindow', 'slidingLog'] as const) {
      expect(at({ limit: 5, algorithm }).limiter.tryTake(6)).toBe(false)
    }
  })

  it('refuses what is no number of permits', () => {
    const { limiter } = at({ limit: 5 })
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1']) {
      expect(() => limiter.tryTake(wrong as number)).toThrow(/^rateLimiter: permits must be a finite number >= 0, got /)
    }
  })
})

describe('an unlimited limiter', () => {
  it.each(['tokenBucket', 'smooth', 'slidingWindow'] as const)('passes all: %s', async (algorithm) => {
    const { limiter } = at({ limit: Number.POSITIVE_INFINITY, algorithm })
    for (let i = 0; i < 100; i++) await limiter.execute(() => 1)
    expect(limiter.available).toBe(algorithm === 'smooth' ? 1 : Number.POSITIVE_INFINITY)
  })
})

describe('options', () => {
  it('need a limit', () => {
    for (const nothing of [undefined, {}]) {
      expect(() => rateLimiter(nothing as never)).toThrow(
        'rateLimiter: limit must be a finite number > 0, got undefined',
      )
    }
  })

  it('have bounds that depend on each other', () => {
    expect(() => rateLimiter({ limit: 0.5, algorithm: 'slidingWindow' })).toThrow(
      'rateLimiter: limit must be a number >= 1 with slidingWindow, got 0.5',
    )
    for (const limit of [0.5, 10_001, Number.POSITIVE_INFINITY]) {
      expect(() => rateLimiter({ limit, algorithm: 'slidingLog' })).toThrow(
        `rateLimiter: limit must be a number from 1 to 10000 with slidingLog, got ${limit}`,
      )
    }
    expect(() => rateLimiter({ limit: 1, algorithm: 'slidingLog', warmUp: { period: 1 } })).toThrow(
      'rateLimiter: warmUp must be left out with slidingLog, got an object',
    )
    expect(() => rateLimiter({ limit: Number.POSITIVE_INFINITY, warmUp: { period: 1 } })).toThrow(
      'rateLimiter: limit must be a finite number > 0 with warmUp, got Infinity',
    )
  })

  it('are refused with a burst that is no number of at least one', () => {
    for (const burst of ['1', 0.5, Number.POSITIVE_INFINITY]) {
      expect(() => rateLimiter({ limit: 1, burst: burst as number })).toThrow(
        /^rateLimiter: burst must be a finite number >= 1, got /,
      )
    }
  })

  it('that have no effect are reported once', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    try {
      for (let i = 0; i < 2; i++) {
        rateLimiter({ limit: 1, burst: 2, algorithm: 'smooth' })
        rateLimiter({ limit: 1, burst: 2, warmUp: { period: 1 } })
        rateLimiter({ limit: 1, queue: 2 })
      }
      expect(warn.mock.calls).toEqual([
        ['holdfast: rateLimiter: burst has no effect with smooth'],
        ['holdfast: rateLimiter: burst has no effect with warmUp'],
        ['holdfast: rateLimiter: queue has no effect without maxWait'],
      ])
    } finally {
      warn.mockRestore()
    }
  })

  it('allow a fractional limit', async () => {
    const { clock, limiter } = at({ limit: 0.5, per: '1s', maxWait: '1h' })
    await limiter.execute(() => 1)
    expect(await clock.settle(limiter.execute(() => clock.now()))).toBe(2000)
  })
})
