/** What is changed by hand: `get`, `prime`, `invalidate`, `clear`; and the work that runs meanwhile. */
import { cache } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred } from '../composition/deferred.ts'

const key = 'k'

describe('get', () => {
  it('gives what a call would be given at once, and counts for nothing', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleWhileRevalidate: 10, staleIfError: 100, clock })
    const { events } = recorder(policy)
    await policy.execute(() => 'value', { key })
    const before = policy.snapshot()
    const seen = events.length
    expect(policy.get(key)).toBe('value')
    await clock.advance(19)
    expect([policy.get(key), policy.get('other')]).toEqual(['value', undefined])
    await clock.advance(1)
    expect(policy.get(key)).toBeUndefined()
    expect([policy.snapshot(), events.length, clock.pending]).toEqual([before, seen, 0])
  })

  it('fixes no clock', () => {
    const policy = cache()
    expect(policy.get(key)).toBeUndefined()
    expect(policy.snapshot().size).toBe(0)
  })
})

describe('prime', () => {
  it('stores a value, and begins its time', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, clock })
    const { of } = recorder(policy)
    policy.prime(key, 'primed')
    expect(await policy.execute(() => 'run', { key })).toBe('primed')
    await clock.advance(10)
    expect(await policy.execute(() => 'run', { key })).toBe('run')
    expect(of('store')).toMatchObject([
      { key, ttl: 10, time: 0 },
      { key, ttl: 10, time: 10 },
    ])
  })

  it('needs no listener', () => {
    const policy = cache()
    policy.prime(key, 1)
    expect(policy.get(key)).toBe(1)
  })

  it('is not overwritten by work that began before', async () => {
    const policy = cache()
    const gate = deferred()
    const call = policy.execute(() => gate.promise, { key })
    policy.prime(key, 'newer')
    gate.resolve('older')
    expect(await call).toBe('older')
    expect(policy.get(key)).toBe('newer')
  })

  it('removes what is out of date where the value is not kept', () => {
    let ttl = 10
    const policy = cache({ ttl: () => ttl })
    const { of } = recorder(policy)
    policy.prime(key, 'old')
    ttl = Number.NaN
    policy.prime(key, 'new')
    expect([policy.get(key), policy.size, of('fault').length]).toEqual([undefined, 0, 1])
  })

  it('refuses keys that are no strings, and promises', () => {
    const policy = cache()
    expect(() => policy.prime(1 as never, 1)).toThrow('cache: key must be a string, got 1')
    expect(() => policy.prime(key, Promise.resolve(1))).toThrow('cache: value must be a value, got a promise')
  })
})

describe('invalidate and clear', () => {
  it('remove by key, by function, and all', () => {
    const policy = cache()
    const fill = () => {
      for (const each of ['user/1', 'user/2', 'order/1']) policy.prime(each, each)
    }
    fill()
    policy.invalidate('user/1')
    policy.invalidate('never there')
    expect([policy.get('user/1'), policy.get('user/2'), policy.size]).toEqual([undefined, 'user/2', 2])
    fill()
    policy.invalidate((each) => each.startsWith('user/'))
    expect([policy.get('user/1'), policy.get('user/2'), policy.get('order/1')]).toEqual([
      undefined,
      undefined,
      'order/1',
    ])
    policy.clear()
    expect([policy.size, policy.get('order/1')]).toEqual([0, undefined])
  })

  it('refuse what is neither a key nor a function, and let the error of the function out before anything has changed', () => {
    const policy = cache()
    expect(() => policy.invalidate(undefined as never)).toThrow(
      'cache: invalidate needs a key or a function, got undefined',
    )
    policy.prime('a', 1)
    policy.prime('b', 1)
    const fails = (each: string) => {
      if (each === 'b') throw new Error('mine')
      return true
    }
    expect(() => policy.invalidate(fails)).toThrow('mine')
    for (const given of [Promise.reject(new Error('late')), Promise.resolve(false), undefined, 1]) {
      expect(() => policy.invalidate((() => given) as never)).toThrow(
        'needs a function that returns true or false, got ',
      )
    }
    expect(policy.size).toBe(2)
  })

  it.each([
    ['invalidate by key', (policy: ReturnType<typeof cache>) => policy.invalidate(key)],
    ['invalidate by function', (policy: ReturnType<typeof cache>) => policy.invalidate((each) => each === key)],
    ['clear', (policy: ReturnType<typeof cache>) => policy.clear()],
  ])('%s: work that runs is delivered, but not stored; work that begins later is', async (_, change) => {
    const policy = cache()
    const [early, late] = [deferred(), deferred()]
    const first = policy.execute(() => early.promise, { key })
    const beside = policy.execute(() => early.promise, { key: 'beside' })
    change(policy)
    const second = policy.execute(() => late.promise, { key })
    early.resolve('early')
    expect(await first).toBe('early')
    expect(policy.get(key)).toBeUndefined()
    late.resolve('late')
    expect(await second).toBe('late')
    expect(policy.get(key)).toBe('late')
    await beside
  })

  it('keep a value out that a function of the user invalidates while it is judged', async () => {
    const policy = cache({
      storeWhen: () => {
        policy.invalidate(key)
        return true
      },
    })
    expect(await policy.execute(() => 1, { key })).toBe(1)
    expect(policy.size).toBe(0)
  })
})

describe('work for the same key at the same time', () => {
  it('stores what began last, in whichever order it settles', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const policy = cache()
      const gates = [deferred(), deferred()]
      const calls = gates.map(({ promise }) => policy.execute(() => promise, { key }))
      for (const at of order) {
        gates[at]?.resolve(at)
        await calls[at]
      }
      expect(policy.get(key)).toBe(1)
    }
  })
})
