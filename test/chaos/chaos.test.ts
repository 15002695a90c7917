import { AsyncLocalStorage } from 'node:async_hooks'
import {
  bulkhead,
  ChaosError,
  chaos,
  circuitBreaker,
  isHoldfastError,
  pipeline,
  RejectedError,
  retry,
  timeout,
} from 'holdfast'
import { recorder, scripted, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const on = { enabled: true, rate: 1 } as const

describe('chaos', () => {
  it('injects nothing unless it is enabled', async () => {
    let draws = 0
    const random = () => draws++
    expect(await chaos({ rate: 1, random }).execute(() => 'fine')).toBe('fine')
    expect(await chaos({ enabled: () => false, rate: 1, random }).execute(() => 'fine')).toBe('fine')
    expect(draws).toBe(0)
    let enabled = false
    const switched = chaos({ enabled: () => enabled, rate: 1 })
    expect((await ended(switched.execute(() => 1))).ok).toBe(true)
    enabled = true
    expect((await ended(switched.execute(() => 1))).ok).toBe(false)
  })

  it('draws one number a call, and injects where it is below the rate', async () => {
    const drawn = [0, 0.29, 0.3, 0.99]
    let draws = 0
    const some = chaos({ enabled: true, rate: 0.3, random: () => drawn[draws++] as number })
    const ends = []
    for (let i = 0; i < 4; i++) ends.push((await ended(some.execute(() => 1))).ok)
    expect([ends, draws, some.injected]).toEqual([[false, false, true, true], 4, 2])
    expect(some.snapshot()).toEqual({ injected: 2 })
    const never = chaos({ enabled: true, rate: 0, random: () => 0 })
    expect((await ended(never.execute(() => 1))).ok).toBe(true)
    const always = chaos({ ...on, random: () => 1 - Number.EPSILON })
    expect((await ended(always.execute(() => 1))).ok).toBe(false)
  })

  it('takes its rate from the call, and its calls by their key', async () => {
    const byPriority = chaos({ enabled: true, rate: ({ priority }) => priority, random: () => 0.5 })
    expect((await ended(byPriority.execute(() => 1, { priority: 0 }))).ok).toBe(true)
    expect((await ended(byPriority.execute(() => 1, { priority: 1 }))).ok).toBe(false)
    const testers = chaos({ ...on, key: /^test-/gy })
    for (const key of ['test-a', 'test-b']) expect((await ended(testers.execute(() => 1, { key }))).ok).toBe(false)
    for (const key of ['user', 'a test-a']) expect((await ended(testers.execute(() => 1, { key }))).ok).toBe(true)
    expect((await ended(testers.execute(() => 1))).ok).toBe(true)
  })

  it('repeats its sequence for a seed', async () => {
    const sequence = async (options: { seed?: number; random?: () => number }) => {
      const some = chaos({ enabled: true, rate: 0.5, ...options })
      const ends = []
      for (let i = 0; i < 50; i++) ends.push((await ended(some.execute(() => 1))).ok)
      return ends
    }
    expect(await sequence({ seed: 3 })).toEqual(await sequence({ seed: 3 }))
    expect(await sequence({ seed: 3 })).toEqual(await sequence({ random: seededRandom(3) }))
    expect(await sequence({ seed: 3 })).not.toEqual(await sequence({ seed: 4 }))
  })

  it('refuses two kinds of things, and a seed beside a random', () => {
    expect(() => chaos({ fault: () => 1, latency: 5 })).toThrow('chaos: latency must be left out beside fault, got 5')
    expect(() => chaos({ value: undefined as never, behavior: () => {} })).toThrow(
      'chaos: behavior must be left out beside value, got a function',
    )
    expect(() => chaos({ fault: undefined as never, latency: 5 })).not.toThrow()
    expect(() => chaos({ latency: 5, key: /a/, value: 1 as never })).toThrow(
      'chaos: latency must be left out beside value',
    )
    expect(() => chaos({ key: 'a' as never })).toThrow('chaos: key must be a RegExp, got "a"')
    expect(() => chaos({ rate: 2 })).toThrow('chaos: rate must be a number from 0 to 1, or a function, got 2')
    expect(() => chaos(5 as never)).toThrow('chaos: options must be an object, got 5')
    expect(() => chaos({ seed: 1, random: Math.random })).toThrow('chaos: seed must be left out beside random, got 1')
    expect(() => chaos({ latency: { min: 2, max: 1 } })).toThrow(
      'chaos: latency must be a duration >= 0, or { min, max } with min <= max, got an object',
    )
  })
})

describe('an injected fault', () => {
  it('is a ChaosError, no rejection, and the operation does not run', async () => {
    const operation = scripted('never')
    const end = await ended(chaos({ ...on, name: 'drill' }).execute(operation))
    const error = end.ok ? undefined : (end.error as ChaosError)
    expect(error).toBeInstanceOf(ChaosError)
    expect(error).not.toBeInstanceOf(RejectedError)
    expect([error?.code, error?.policy, error?.message, isHoldfastError(error)]).toEqual([
      'HF_CHAOS',
      'drill',
      'drill: injected fault',
      true,
    ])
    expect(operation.calls.length).toBe(0)
  })

  it('is what the function gives, whatever that is', async () => {
    for (const thrown of ['a string', null, 0, Object.freeze(new Error('frozen'))]) {
      expect(await ended(chaos({ ...on, fault: () => thrown }).execute(() => 1))).toEqual({ ok: false, error: thrown })
    }
    const end = await ended(chaos({ ...on, fault: () => undefined }).execute(() => 1))
    expect(end.ok ? '' : (end.error as ChaosError).code).toBe('HF_CHAOS')
  })

  it('counts as a failed attempt of the dependency', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 3 })
    const slots = bulkhead(1)
    const all = pipeline(retry({ retries: 2, backoff: 0 }), slots, breaker, chaos(on))
    const { of } = recorder(all)
    const end = await ended(all.execute(() => 1))
    expect(end.ok ? '' : (end.error as ChaosError).code).toBe('HF_CHAOS')
    expect([breaker.state, slots.active]).toEqual(['open', 0])
    expect(of('call')).toMatchObject([{ ok: false, attempts: 3, injected: true }])
    expect(of('inject')).toMatchObject([{ injected: 'fault', delay: undefined }, {}, {}])
    const once = pipeline(retry({ retries: 2, backoff: 0 }), chaos(on))
    const seen = recorder(once)
    await ended(once.execute(() => 1, { idempotent: false }))
    expect(seen.of('call')).toMatchObject([{ attempts: 1 }])
  })

  it('is repeated by a retry outside', async () => {
    const drawn = [0, 0, 0.9]
    const all = pipeline(
      retry({ retries: 2, backoff: 0 }),
      chaos({ enabled: true, rate: 0.5, random: () => drawn.shift() as number }),
    )
    const { of } = recorder(all)
    expect(await all.execute(() => 'fine')).toBe('fine')
    expect(of('call')).toMatchObject([{ ok: true, first: false, savedBy: 'retry', attempts: 3, injected: true }])
    const { of: later } = recorder(all)
    drawn.push(0.9)
    await all.execute(() => 'fine')
    expect(Object.keys(later('call')[0] as object)).not.toContain('injected')
  })
})

describe('an injected value', () => {
  it('is given in place of the operation', async () => {
    const operation = scripted('never')
    expect(await chaos({ ...on, value: 5 }).execute(operation)).toBe(5)
    expect(await chaos({ ...on, value: undefined }).execute(operation)).toBe(undefined)
    expect(await chaos({ ...on, value: ({ key }) => key }).execute(operation, { key: 'k' })).toBe('k')
    expect(await chaos({ ...on, value: async () => 7 }).execute(operation)).toBe(7)
    expect(operation.calls.length).toBe(0)
  })

  it('is a success after failures', async () => {
    const drawn = [0.9, 0]
    const all = pipeline(
      retry({ retries: 2, backoff: 0 }),
      chaos({ enabled: true, rate: 0.5, value: 'stale', random: () => drawn.shift() as number }),
    )
    const { of } = recorder(all)
    expect(await all.execute(() => Promise.reject(new Error('down')))).toBe('stale')
    expect(of('call')).toMatchObject([{ ok: true, savedBy: 'retry', attempts: 2 }])
  })
})

describe('an injected value that comes later', () => {
  it('does not hold a caller who leaves', async () => {
    const gate = deferred<string>()
    const caller = new AbortController()
    const policy = chaos({ ...on, value: () => gate.promise })
    const call = ended(policy.execute(() => 'never', { signal: caller.signal }))
    caller.abort('left')
    expect(await call).toEqual({ ok: false, error: 'left' })
    gate.resolve('late')
    await gate.promise
    expect(policy.injected).toBe(0)
  })
})

describe('an injected latency', () => {
  it('waits on the clock, then the operation runs, in the context of its caller', async () => {
    const clock = virtualClock()
    const storage = new AsyncLocalStorage<string>()
    const slow = chaos({ ...on, latency: '50ms', clock })
    const { of } = recorder(slow)
    const seen: unknown[] = []
    const calls = ['a', 'b'].map((who) =>
      storage.run(who, () => slow.execute(async () => seen.push(storage.getStore(), clock.now()))),
    )
    await clock.advance(49)
    expect(seen).toEqual([])
    await clock.advance(1)
    await Promise.all(calls)
    expect(seen).toEqual(['a', 50, 'b', 50])
    expect(of('inject')).toMatchObject([{ injected: 'latency', delay: 50 }, { delay: 50 }])
    expect(clock.pending).toBe(0)
  })

  it('has a length between its bounds, by the number that was drawn', async () => {
    const clock = virtualClock()
    const drawn = [0, 0.1, 0.2, 0.3]
    const slow = chaos({
      enabled: true,
      rate: 0.4,
      latency: { min: '10ms', max: '20ms' },
      clock,
      random: () => drawn.shift() as number,
    })
    const { of } = recorder(slow)
    for (let i = 0; i < 4; i++) await clock.settle(slow.execute(() => 1))
    expect(of('inject').map(({ delay }) => Math.round((delay as number) * 10) / 10)).toEqual([10, 12.5, 15, 17.5])
    expect(await chaos({ ...on, latency: 0, clock }).execute(() => 'at once')).toBe('at once')
  })

  it('ends at once by an abort, and by a timeout outside', async () => {
    const clock = virtualClock()
    const operation = scripted('never')
    const slow = chaos({ ...on, latency: '1h', clock })
    const caller = new AbortController()
    const call = ended(slow.execute(operation, { signal: caller.signal }))
    expect(clock.pending).toBe(1)
    caller.abort('left')
    expect([await call, clock.pending]).toEqual([{ ok: false, error: 'left' }, 0])
    const bounded = pipeline({ clock }, timeout(10), slow)
    const late = await clock.settle(ended(bounded.execute(operation)))
    expect(late.ok ? '' : String(late.error)).toBe('TimeoutError: timeout: timed out after 10 ms')
    expect([clock.pending, operation.calls.length]).toEqual([0, 0])
  })
})

describe('an injected behavior', () => {
  it('is awaited, then the operation runs', async () => {
    const gate = deferred<void>()
    const order: unknown[] = []
    const behavior = ({ key }: { key: string | undefined }) => {
      order.push(key)
      return gate.promise
    }
    const call = chaos({ ...on, behavior }).execute(() => order.push('operation'), { key: 'k' })
    expect(order).toEqual(['k'])
    gate.resolve()
    await call
    expect(order).toEqual(['k', 'operation'])
    expect(await chaos({ ...on, behavior: () => {} }).execute(() => 'at once')).toBe('at once')
  })

  it('does not hold a caller who leaves, and the operation does not run', async () => {
    for (const settle of ['resolve', 'reject'] as const) {
      const gate = deferred<void>()
      const operation = scripted('never')
      const caller = new AbortController()
      const odd = chaos({ ...on, behavior: () => gate.promise })
      odd.on('fault', () => {})
      const call = ended(odd.execute(operation, { signal: caller.signal }))
      caller.abort('left')
      expect(await call).toEqual({ ok: false, error: 'left' })
      gate[settle](undefined as never)
      await gate.promise.catch(() => {})
      expect(operation.calls.length).toBe(0)
    }
  })
})
