import {
  bulkhead,
  type CallEvent,
  cache,
  circuitBreaker,
  fallback,
  keyed,
  pipeline,
  retry,
  retryBudget,
  singleFlight,
  timeout,
} from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const key = 'k'
const down = new Error('down')
const fails = async () => {
  throw down
}

describe('the same cache twice in a pipeline', () => {
  it('does not take its own stale value for the result of a refresh, or of a call that failed', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleWhileRevalidate: 10, staleIfError: 100 })
    const all = pipeline({ clock }, policy, retry({ retries: 1, backoff: 0 }), policy)
    let runs = 0
    const run = async () => ++runs
    expect(await all.execute(run, { key })).toBe(1)
    expect(policy.snapshot()).toMatchObject({ misses: 1, stores: 1 })
    await clock.advance(15)
    expect(await all.execute(run, { key })).toBe(1)
    await clock.advance(0)
    expect([runs, policy.get(key)]).toEqual([2, 2])
    await clock.advance(50)
    expect(await all.execute(fails, { key })).toBe(2)
    expect([policy.get(key), clock.pending]).toEqual([undefined, 0])
    expect(policy.snapshot()).toMatchObject({ misses: 2, stale: 1, saved: 1, stores: 2, refreshes: 1, refreshing: 0 })
  })
})

describe('cache outside singleFlight', () => {
  it('lets misses at the same time become one', async () => {
    const policy = cache()
    const all = pipeline(policy, singleFlight())
    let runs = 0
    const run = async () => ++runs
    expect(await Promise.all([1, 2, 3].map(() => all.execute(run, { key })))).toEqual([1, 1, 1])
    expect([runs, policy.snapshot().misses, policy.get(key)]).toEqual([1, 3, 1])
  })

  it('joins a flight that runs with a refresh, never with a stale hit', async () => {
    const clock = virtualClock()
    const once = singleFlight()
    const policy = cache({ ttl: 10, staleWhileRevalidate: 100 })
    const all = pipeline({ clock }, policy, once)
    const { of } = recorder(once)
    const gate = deferred()
    const call = all.execute(() => gate.promise, { key })
    policy.prime(key, 'primed')
    await clock.advance(10)
    expect(await all.execute(() => 'never', { key })).toBe('primed')
    expect([once.joined, once.keys]).toEqual([1, 1])
    expect(of('join')).toMatchObject([{ key, waiting: 2 }])
    gate.resolve('new')
    expect(await call).toBe('new')
    await clock.advance(0)
    // What the refresh has joined began before it was primed.
    expect([policy.get(key), clock.pending]).toEqual(['primed', 0])
  })

  it('stores nothing that began before the key was invalidated, also where a later call joined it', async () => {
    const changes = {
      invalidate: (policy: ReturnType<typeof cache>) => policy.invalidate(key),
      clear: (policy: ReturnType<typeof cache>) => policy.clear(),
    }
    for (const change of Object.values(changes)) {
      for (const inner of [[singleFlight()], [retry(0), singleFlight(), singleFlight({ name: 'second' })]]) {
        const policy = cache()
        const all = pipeline(policy, ...inner)
        const [old, ...gates] = [deferred(), deferred(), deferred()]
        const calls = [all.execute(() => old.promise, { key })]
        change(policy)
        calls.push(all.execute(() => old.promise, { key }))
        old.resolve('old')
        expect(await Promise.all(calls)).toEqual(['old', 'old'])
        expect(policy.get(key)).toBe(undefined)
        // Without that, the value of a call that joins is stored, also where the one that led has left.
        const left = new AbortController()
        const led = ended(all.execute(() => gates[0]?.promise, { key, signal: left.signal }))
        const joined = all.execute(() => gates[1]?.promise, { key })
        left.abort()
        gates[0]?.resolve('new')
        expect([(await led).ok, await joined, policy.get(key)]).toEqual([false, 'new', 'new'])
      }
    }
  })

  it('stores nothing that an outer flight has taken over from work of an inner one that began before', async () => {
    const policy = cache()
    const [outer, inner] = [singleFlight({ name: 'outer' }), singleFlight({ name: 'inner' })]
    const gate = deferred()
    const first = inner.execute(() => gate.promise, { key })
    policy.invalidate(key)
    const all = pipeline(policy, outer, inner)
    const calls = [1, 2].map(() => all.execute(() => gate.promise, { key }))
    gate.resolve('old')
    expect(await Promise.all([first, ...calls])).toEqual(['old', 'old', 'old'])
    expect(policy.get(key)).toBe(undefined)
  })

  it('gives a refresh to a call that comes when the window is over', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleWhileRevalidate: 5 })
    const all = pipeline({ clock }, timeout(100), policy, singleFlight(), retry({ retries: 1, backoff: 20 }))
    await all.execute(() => 'old', { key })
    await clock.advance(10)
    let runs = 0
    const run = async () => {
      if (++runs === 1) throw down
      return runs
    }
    expect(await all.execute(run, { key })).toBe('old')
    await clock.advance(5)
    const late = all.execute(run, { key })
    await clock.advance(15)
    expect([await late, runs, policy.get(key), clock.pending]).toEqual([2, 2, 2, 0])
  })

  it('ends its part in a flight when its time is over', async () => {
    const clock = virtualClock()
    const once = singleFlight()
    const policy = cache({ ttl: 10, staleWhileRevalidate: '1h' })
    const all = pipeline({ clock }, timeout(50), policy, once)
    policy.prime(key, 'old')
    await clock.advance(10)
    let signal: AbortSignal | undefined
    const hangs = (call: { readonly signal: AbortSignal }) => {
      signal = call.signal
      return new Promise(() => {})
    }
    await all.execute(hangs, { key })
    expect(once.keys).toBe(1)
    await clock.advance(50)
    expect([once.keys, signal?.aborted, clock.pending]).toEqual([0, true, 0])
  })
})

describe('cache with staleIfError inside fallback', () => {
  it('gives the stale value first, and the substitute only if there is none', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleIfError: 10 })
    const substitute = fallback({ value: 'substitute' })
    const all = pipeline({ clock }, substitute, policy)
    const { of } = recorder(substitute)
    await all.execute(() => 'old', { key })
    await clock.advance(10)
    expect([await all.execute(fails, { key }), of('fallback').length]).toEqual(['old', 0])
    await clock.advance(10)
    expect([await all.execute(fails, { key }), of('fallback').length]).toEqual(['substitute', 1])
    expect(policy.get(key)).toBeUndefined()
  })
})

describe('cache outside what fails', () => {
  it('gives a stale value while a circuit is open, also where `when` calls no error a failure', async () => {
    for (const when of [undefined, () => false] as const) {
      const clock = virtualClock()
      const breaker = circuitBreaker()
      const policy = cache({ ttl: 10, staleIfError: '1h', ...(when === undefined ? {} : { when }) })
      const all = pipeline({ clock }, policy, breaker)
      const ends: CallEvent[] = []
      await all.execute(() => 'old', { key })
      await clock.advance(10)
      breaker.isolate()
      all.on('call', (event) => ends.push(event))
      expect(await all.execute(() => 'never', { key })).toBe('old')
      expect(ends).toMatchObject([{ ok: true, first: false, savedBy: 'cache', attempts: 0 }])
    }
  })

  it('gives a stale value when retries are exhausted, an attempt took too long, or no slot is free', async () => {
    const inner = [retry({ retries: 2, backoff: 5 }), timeout(5), bulkhead(0)]
    for (const each of inner) {
      const clock = virtualClock()
      const policy = cache({ ttl: 10, staleIfError: '1h' })
      const all = pipeline({ clock }, policy, each)
      policy.prime(key, 'old')
      await clock.advance(10)
      const run = each.kind === 'timeout' ? () => new Promise(() => {}) : fails
      expect(await clock.settle(all.execute(run, { key }))).toBe('old')
      expect(clock.pending).toBe(0)
    }
  })

  it('is left by a timeout outside: that is the failure of the caller', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleIfError: '1h' })
    const all = pipeline({ clock }, timeout(20), policy)
    policy.prime(key, 'old')
    await clock.advance(10)
    const gate = deferred()
    const call = ended(all.execute(() => gate.promise, { key }))
    await clock.advance(20)
    expect(await call).toMatchObject({ ok: false, error: { code: 'HF_TIMEOUT' } })
    gate.resolve('late')
    await clock.advance(0)
    expect([policy.get(key), clock.pending]).toEqual([undefined, 0])
  })

  it('deposits once a refresh in the budget of a retry inside', async () => {
    const clock = virtualClock()
    const budget = retryBudget.ratio()
    const deposits = vi.spyOn(budget, 'deposit')
    const policy = cache({ ttl: 10, staleWhileRevalidate: 100 })
    const all = pipeline({ clock }, policy, retry({ retries: 1, backoff: 5, budget }))
    policy.prime(key, 'old')
    await clock.advance(10)
    for (let i = 0; i < 3; i++) await all.execute(scripted(down, 'new'), { key })
    await clock.advance(5)
    expect([deposits.mock.calls.length, policy.get(key), clock.pending]).toEqual([1, 'new', 0])
  })
})

describe('cache inside other policies', () => {
  it('inside a retry that is not content with a hit: each try gets it', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleWhileRevalidate: 100 })
    const all = pipeline({ clock }, retry({ retries: 2, backoff: 1, when: (o) => o.ok && o.value === 'old' }), policy)
    policy.prime(key, 'old')
    const ends: CallEvent[] = []
    all.on('call', (event) => ends.push(event))
    expect(await clock.settle(all.execute(() => 'never', { key }))).toBe('old')
    expect(policy.snapshot().hits).toBe(3)
    await clock.advance(10)
    expect(await clock.settle(all.execute(() => 'new', { key }))).toBe('new')
    expect(ends).toMatchObject([
      { ok: false, attempts: 0 },
      { ok: true, savedBy: 'retry', first: false },
    ])
    expect(clock.pending).toBe(0)
  })

  it('inside a retry: a try that finds a value after one that failed makes the call good', async () => {
    const clock = virtualClock()
    const policy = cache()
    const all = pipeline({ clock }, retry({ retries: 1, backoff: 10 }), policy)
    const ends: CallEvent[] = []
    all.on('call', (event) => ends.push(event))
    const call = all.execute(fails, { key })
    await clock.advance(5)
    policy.prime(key, 'primed')
    await clock.advance(5)
    expect(await call).toBe('primed')
    expect(ends).toMatchObject([{ ok: true, savedBy: 'retry', attempts: 1 }])
  })

  it('holds a slot outside until the refresh has ended, and frees that of a hit at once', async () => {
    const clock = virtualClock()
    const slots = bulkhead(2)
    const policy = cache({ ttl: 10, staleWhileRevalidate: 100 })
    const all = pipeline({ clock }, slots, policy)
    policy.prime(key, 'old')
    await all.execute(() => 1, { key })
    expect(slots.active).toBe(0)
    await clock.advance(10)
    const gate = deferred()
    await all.execute(() => gate.promise, { key })
    expect(slots.active).toBe(1)
    gate.resolve(1)
    await clock.advance(0)
    expect(slots.active).toBe(0)
  })

  it('may be one of each tenant', async () => {
    const clock = virtualClock()
    const caches = keyed(() => cache({ ttl: 10, staleWhileRevalidate: 100, key: () => 'all' }))
    const all = pipeline({ clock }, bulkhead(1), timeout(50), caches)
    let runs = 0
    const run = async () => ++runs
    for (const tenant of ['a', 'b', 'a', 'b']) await all.execute(run, { key: tenant })
    expect(runs).toBe(2)
    await clock.advance(10)
    expect(await all.execute(run, { key: 'a' })).toBe(1)
    await clock.advance(0)
    expect(await all.execute(run, { key: 'a' })).toBe(3)
    expect(clock.pending).toBe(0)
  })

  it('may have its key from the arguments of a function', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleWhileRevalidate: 100, key: ({ key: given }) => given })
    const all = pipeline({ clock }, policy)
    const call = all.withCall(
      (_call, id: number) => id,
      (id) => ({ key: String(id) }),
    )
    expect([await call(1), await call(2), await call(1)]).toEqual([1, 2, 1])
    expect(policy.snapshot()).toMatchObject({ hits: 1, misses: 2 })
  })
})
