import { cache, pipeline } from 'holdfast'
import { recorder, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const key = 'k'
const down = new Error('down')
const fails = async () => {
  throw down
}

/** An operation that counts its runs, and gives that count. */
function counting() {
  const operation = async () => ++operation.runs
  operation.runs = 0
  return operation
}

describe('cache', () => {
  it('gives a value of the same key for as long as it is fresh', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: '1s', clock })
    const run = counting()
    expect(await policy.execute(run, { key })).toBe(1)
    await clock.advance(999)
    expect([await policy.execute(run, { key }), await policy.execute(run, { key: 'other' })]).toEqual([1, 2])
    await clock.advance(1)
    expect(await policy.execute(run, { key })).toBe(3)
    expect(clock.pending).toBe(0)
  })

  it('takes a ttl alone, and 30 s without one', async () => {
    for (const [policy, ttl] of [
      [cache('2s'), 2000],
      [cache(500), 500],
      [cache(), 30_000],
    ] as const) {
      const clock = virtualClock()
      const all = pipeline({ clock }, policy)
      const run = counting()
      await all.execute(run, { key })
      await clock.advance(ttl - 1)
      await all.execute(run, { key })
      expect(run.runs).toBe(1)
      await clock.advance(1)
      await all.execute(run, { key })
      expect(run.runs).toBe(2)
    }
  })

  it('refuses a ttl that is none', () => {
    expect(() => cache({ ttl: -1 })).toThrow('cache: ttl must be a duration >= 0, or a function that gives one, got -1')
    expect(() => cache((() => 1) as never)).toThrow(
      'cache: ttl must be a duration where it is given alone, got a function',
    )
    expect(() => cache(true as never)).toThrow('cache: ttl must be')
    expect(() => cache({ store: {} as never })).toThrow(
      'cache: store must be a store with get, set, delete, clear and size, got an object',
    )
  })

  it('lets calls pass that have no key, or may run once only', async () => {
    const policy = cache()
    const run = counting()
    await policy.execute(run)
    await policy.execute(run, { key: undefined, priority: 1 })
    await policy.execute(run, { key, idempotent: false })
    await policy.execute(run, { key, idempotent: false })
    expect(run.runs).toBe(4)
    expect(await ended(policy.execute(fails))).toEqual({ ok: false, error: down })
    expect(policy.snapshot()).toMatchObject({ size: 0, misses: 0, hitRatio: null, staleRatio: null })
  })

  it('asks a `key` of its own, and lets a call pass for which that fails', async () => {
    let next: unknown = 'x'
    const policy = cache({
      key: () => {
        if (next instanceof Error) throw next
        return next as string
      },
    })
    const { of } = recorder(policy)
    const run = counting()
    await policy.execute(run)
    expect(await policy.execute(run)).toBe(1)
    for (const value of [undefined, 1, Promise.reject(down), down]) {
      next = value
      await policy.execute(run)
    }
    expect(run.runs).toBe(5)
    expect(of('fault').map(({ source, error }) => [source, String(error)])).toEqual([
      ['key', 'TypeError: key must return a string or undefined'],
      ['key', 'TypeError: key must return a string or undefined'],
      ['key', 'Error: down'],
    ])
  })

  it('keeps undefined and falsy values, and the identity of objects', async () => {
    const policy = cache()
    for (const [at, value] of [undefined, null, 0, '', {}].entries()) {
      await policy.execute(() => value, { key: String(at) })
      expect(await policy.execute(fails, { key: String(at) })).toBe(value)
    }
    expect(policy.size).toBe(5)
  })

  it('never stores an error', async () => {
    const policy = cache({ ttl: '1h', staleIfError: '1h', staleWhileRevalidate: '1h' })
    expect(await ended(policy.execute(fails, { key }))).toEqual({ ok: false, error: down })
    const thrown = () => {
      throw down
    }
    expect(await ended(policy.execute(thrown, { key }))).toEqual({ ok: false, error: down })
    expect([policy.size, policy.get(key)]).toEqual([0, undefined])
  })

  it('gives a hit before `execute` returns, without a timer, and starts nothing', () => {
    const clock = virtualClock()
    const policy = cache({ clock })
    policy.prime(key, 'primed')
    const { names } = recorder(policy)
    void policy.execute(() => 'never', { key })
    expect([names, clock.pending]).toEqual([['hit', 'call'], 0])
  })

  it('reads the clock once for a hit', async () => {
    const clock = virtualClock()
    const policy = cache({ clock })
    policy.prime(key, 1)
    let reads = 0
    const { now } = clock
    clock.now = () => {
      reads++
      return now.call(clock)
    }
    await policy.execute(() => 2, { key })
    expect(reads).toBe(1)
  })

  it('emits what it does', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 100, staleWhileRevalidate: 50, clock, name: 'prices' })
    const { events } = recorder(policy)
    const run = counting()
    await policy.execute(run, { key })
    await clock.advance(10)
    await policy.execute(run, { key })
    await clock.advance(90)
    await policy.execute(run, { key })
    await clock.advance(0)
    const seen = events.filter(({ event }) => event !== 'call')
    expect(seen.map(({ event }) => event)).toEqual(['miss', 'store', 'hit', 'stale', 'store'])
    expect(seen).toMatchObject([
      { policy: 'prices', kind: 'cache', time: 0, key },
      { key, ttl: 100, time: 0 },
      { key, age: 10, time: 10 },
      { key, age: 100, reason: 'revalidate', error: undefined, time: 100 },
      { key, ttl: 100, time: 100 },
    ])
    expect(policy.snapshot()).toEqual({
      size: 1,
      refreshing: 0,
      hits: 1,
      stale: 1,
      misses: 1,
      saved: 0,
      stores: 2,
      evictions: 0,
      refreshes: 1,
      refreshErrors: 0,
      hitRatio: 2 / 3,
      staleRatio: 1 / 3,
    })
  })

  it('ends a call that a listener aborts with the reason of the abort', async () => {
    for (const event of ['hit', 'stale', 'miss'] as const) {
      const clock = virtualClock()
      const policy = cache({ ttl: 10, staleWhileRevalidate: 10, clock })
      if (event !== 'miss') policy.prime(key, 1)
      if (event === 'stale') await clock.advance(10)
      const controller = new AbortController()
      policy.on(event, () => controller.abort(event))
      const run = counting()
      expect(await ended(policy.execute(run, { key, signal: controller.signal }))).toEqual({ ok: false, error: event })
      expect([run.runs, clock.pending, policy.snapshot().refreshing]).toEqual([0, 0, 0])
    }
  })

  it('leaves a call alone that its `key` has aborted', async () => {
    const controller = new AbortController()
    const policy = cache({
      key: () => {
        controller.abort('by key')
        return key
      },
    })
    expect(await ended(policy.execute(() => 1, { signal: controller.signal }))).toEqual({ ok: false, error: 'by key' })
    expect(policy.snapshot()).toMatchObject({ misses: 0, size: 0 })
  })

  it('does not store what a caller no longer waits for', async () => {
    const policy = cache()
    const controller = new AbortController()
    const gate = deferred()
    const call = ended(policy.execute(() => gate.promise, { key, signal: controller.signal }))
    controller.abort('left')
    gate.resolve('late')
    expect(await call).toEqual({ ok: false, error: 'left' })
    expect(policy.size).toBe(0)
  })
})

describe('ttl', () => {
  it('may be a function of the value and the call', async () => {
    const clock = virtualClock()
    const policy = cache<{ readonly for: number }>({
      ttl: (value, call) => (call?.key === 'short' ? 10 : value.for),
      clock,
    })
    const { of } = recorder(policy)
    const run = async () => ({ for: 100 })
    await policy.execute(run, { key: 'short' })
    await policy.execute(run, { key })
    policy.prime('primed', { for: 7 })
    expect(of('store').map(({ ttl }) => ttl)).toEqual([10, 100, 7])
  })

  it('stores nothing where the function gives no duration, or throws', async () => {
    const wrong = [new Date(), Number.NaN, -1, Number.POSITIVE_INFINITY, 'soon', undefined, Promise.reject(down), down]
    let next: unknown
    const policy = cache({
      ttl: () => {
        if (next === down) throw down
        return next as number
      },
    })
    const { of } = recorder(policy)
    for (const value of wrong) {
      next = value
      expect(await policy.execute(() => 'value', { key })).toBe('value')
    }
    expect(of('fault').map(({ source }) => source)).toEqual(wrong.map(() => 'ttl'))
    expect(policy.size).toBe(0)
  })

  it('of 0 stores nothing without a window after it, and lets a value be stale at once with one', async () => {
    const clock = virtualClock()
    const none = cache({ ttl: 0 })
    await none.execute(() => 1, { key })
    expect(none.size).toBe(0)
    const policy = cache({ ttl: 0, staleWhileRevalidate: 10, clock })
    const run = counting()
    await policy.execute(run, { key })
    expect([await policy.execute(run, { key }), run.runs]).toEqual([1, 2])
  })

  it('is shortened by `jitter`, never made longer', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 1000, jitter: 0.2, random: seededRandom(7), clock })
    const { of } = recorder(policy)
    for (let i = 0; i < 200; i++) policy.prime(String(i), i)
    const all = of('store').map(({ ttl }) => ttl as number)
    expect(Math.min(...all)).toBeGreaterThan(800)
    expect(Math.min(...all)).toBeLessThan(820)
    expect(Math.max(...all)).toBeLessThanOrEqual(1000)
    expect(Math.max(...all)).toBeGreaterThan(980)
  })
})

describe('when and storeWhen', () => {
  it('treats a value that `when` calls a failure as one: not stored, and replaced', async () => {
    const clock = virtualClock()
    const policy = cache<number>({ ttl: 10, staleIfError: 10, clock, when: (o) => o.ok && o.value < 0 })
    const { of } = recorder(policy)
    expect(await policy.execute(() => -1, { key })).toBe(-1)
    expect([policy.size, of('call')]).toMatchObject([0, [{ ok: false }]])
    await policy.execute(() => 5, { key })
    await clock.advance(10)
    expect(await policy.execute(() => -1, { key })).toBe(5)
    expect(of('call').at(-1)).toMatchObject({ ok: true, first: false, savedBy: 'cache', attempts: 1 })
    expect(of('stale')).toMatchObject([{ reason: 'error', error: undefined, age: 10 }])
  })

  it('lets an error pass that `when` does not call a failure', async () => {
    for (const verdict of [false, 'ignore'] as const) {
      const clock = virtualClock()
      const policy = cache({ ttl: 10, staleIfError: 10, clock, when: (o) => (o.ok ? false : verdict) })
      policy.prime(key, 1)
      await clock.advance(10)
      expect(await ended(policy.execute(fails, { key }))).toEqual({ ok: false, error: down })
    }
  })

  it('does not store a value that `when` ignores', async () => {
    const policy = cache({ when: () => 'ignore' })
    expect(await policy.execute(() => 1, { key })).toBe(1)
    expect(policy.size).toBe(0)
  })

  it('counts every error where `when` throws', async () => {
    const clock = virtualClock()
    const policy = cache({
      ttl: 10,
      staleIfError: 10,
      clock,
      when: () => {
        throw down
      },
    })
    const { of } = recorder(policy)
    await policy.execute(() => 1, { key })
    await clock.advance(10)
    expect(await policy.execute(fails, { key })).toBe(1)
    expect(of('fault').length).toBe(2)
  })

  it('stores only what `storeWhen` wants, and nothing where that fails', async () => {
    let next: unknown = true
    const policy = cache<number>({
      storeWhen: (value, call) => {
        if (next === down) throw down
        return (next === true ? value > 0 && call.key === key : next) as boolean
      },
    })
    const { of } = recorder(policy)
    await policy.execute(() => -1, { key })
    await policy.execute(() => 1, { key: 'other' })
    for (const value of [false, 1, Promise.reject(down), down]) {
      next = value
      await policy.execute(() => 1, { key })
    }
    expect([policy.size, of('fault').map(({ source }) => source)]).toEqual([0, ['storeWhen', 'storeWhen', 'storeWhen']])
    next = true
    await policy.execute(() => 1, { key })
    expect(policy.size).toBe(1)
  })
})

describe('staleIfError', () => {
  it('gives a stale value in place of a failure, and names itself in `savedBy`', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleIfError: 20, clock, name: 'prices' })
    const { of } = recorder(policy)
    policy.prime(key, 'old')
    await clock.advance(29)
    expect(await policy.execute(fails, { key })).toBe('old')
    expect(of('call')).toMatchObject([{ ok: true, first: false, savedBy: 'prices', attempts: 1 }])
    expect(of('stale')).toMatchObject([{ key, age: 29, reason: 'error', error: down }])
    expect(policy.snapshot()).toMatchObject({ misses: 1, saved: 1, stale: 0 })
    await clock.advance(1)
    expect(await ended(policy.execute(fails, { key }))).toEqual({ ok: false, error: down })
  })

  it('looks at the age when the work has failed, not when it began', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleIfError: 20, clock })
    policy.prime(key, 'old')
    await clock.advance(20)
    const gate = deferred()
    const call = ended(policy.execute(() => gate.promise, { key }))
    await clock.advance(10)
    gate.reject(down)
    expect(await call).toEqual({ ok: false, error: down })
  })

  it('gives what other work has stored while it ran', async () => {
    const policy = cache({ staleIfError: 20 })
    const gate = deferred()
    const call = policy.execute(() => gate.promise, { key })
    await policy.execute(() => 'new', { key })
    gate.reject(down)
    expect(await call).toBe('new')
  })

  it('gives the value it began with also where that was evicted while it ran, but not where it was invalidated', async () => {
    for (const [change, kept] of [
      ['evict', true],
      ['invalidate', false],
    ] as const) {
      const clock = virtualClock()
      const policy = cache({ ttl: 10, staleIfError: 20, clock, maxEntries: 1 })
      policy.prime(key, 'old')
      await clock.advance(10)
      const gate = deferred()
      const call = ended(policy.execute(() => gate.promise, { key }))
      if (change === 'evict') policy.prime('other', 1)
      else policy.invalidate(key)
      gate.reject(down)
      expect(await call).toEqual(kept ? { ok: true, value: 'old' } : { ok: false, error: down })
    }
  })

  it('lets a listener to `stale` abort the call', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleIfError: 20, clock })
    policy.prime(key, 'old')
    await clock.advance(10)
    const controller = new AbortController()
    policy.on('stale', () => controller.abort('left'))
    expect(await ended(policy.execute(fails, { key, signal: controller.signal }))).toEqual({ ok: false, error: 'left' })
  })
})
