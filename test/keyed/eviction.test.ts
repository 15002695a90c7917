/** Which policies are kept, and for how long. */
import { bulkhead, circuitBreaker, failoverPool, keyed, pipeline, retry } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const fine = () => 1
const fail = () => Promise.reject(new Error('down'))

/** Enough accesses for a sweep. */
async function sweep(hosts: { execute: (operation: () => number, options: { key: string }) => Promise<number> }) {
  for (let i = 0; i < 64; i++) await hosts.execute(fine, { key: 'busy' })
}

describe('a policy that was not used for long', () => {
  it('is evicted, without a timer', async () => {
    const clock = virtualClock()
    const hosts = keyed(() => retry(0), { idle: '10m', clock })
    for (const key of ['a', 'b']) await hosts.execute(fine, { key })
    await clock.advance('5m')
    await hosts.execute(fine, { key: 'b' })
    await clock.advance('5m')
    await sweep(hosts)
    expect(hosts.entries().map(([key]) => key)).toEqual(['b', 'busy'])
    expect(clock.pending).toBe(0)
  })

  it('is kept while its work runs, also work that no caller waits for, and idle counts from its end', async () => {
    const clock = virtualClock()
    const hosts = keyed(() => retry(0), { idle: '1m', clock })
    const gate = deferred<number>()
    const caller = new AbortController()
    const call = ended(hosts.execute(() => gate.promise, { key: 'a', signal: caller.signal }))
    caller.abort('left')
    await call
    await clock.advance('1h')
    await sweep(hosts)
    expect(hosts.peek('a')).toBeDefined()
    gate.resolve(1)
    await clock.advance(59_999)
    await sweep(hosts)
    expect(hosts.peek('a')).toBeDefined()
    await clock.advance(1)
    await sweep(hosts)
    expect(hosts.peek('a')).toBeUndefined()
  })

  it('is kept while its breaker is open, isolated or disabled', async () => {
    const clock = virtualClock()
    const hosts = keyed(() => pipeline(circuitBreaker({ consecutiveFailures: 1, openFor: '1h' })), {
      idle: '1m',
      clock,
    })
    await ended(hosts.execute(fail, { key: 'open' }))
    const breakers = keyed(() => circuitBreaker(), { idle: '1m', clock })
    const isolation = breakers.get('isolated').isolate()
    breakers.get('disabled').disable()
    await clock.advance('59m')
    await sweep(hosts)
    await sweep(breakers)
    expect([hosts.size, breakers.size]).toEqual([2, 3])
    isolation.release()
    await clock.advance('2m')
    await sweep(hosts)
    await sweep(breakers)
    expect(breakers.entries().map(([key]) => key)).toEqual(['disabled', 'busy'])
    expect(hosts.entries().map(([key]) => key)).toEqual(['busy'])
  })

  it('is kept while its pool has members in other states, or timers', async () => {
    const clock = virtualClock()
    const pools = keyed(() => failoverPool(['a', 'b'], { guard: () => bulkhead(1) }), { idle: '1m', clock })
    await pools.execute(fine, { key: 'plain' })
    const drained = pools.get('drained')
    drained.drain('a')
    const pending = keyed(() => failoverPool(['a']), { clock })
    const policy = pending.get('p') as unknown as { idleSince(): number | undefined }
    const gate = deferred<number>()
    const call = pending.execute(() => gate.promise, { key: 'p' })
    expect([policy.idleSince(), (pending as unknown as typeof policy).idleSince()]).toEqual([undefined, undefined])
    gate.resolve(1)
    await call
    expect(policy.idleSince()).toBe(Number.NEGATIVE_INFINITY)
    await clock.advance('2m')
    await sweep(pools)
    expect(pools.entries().map(([key]) => key)).toEqual(['drained', 'busy'])
    const checked = failoverPool(['a'], { check: { run: () => true, every: '1h' }, clock })
    const state = checked as unknown as { idleSince(): number | undefined }
    expect(state.idleSince()).toBe(Number.NEGATIVE_INFINITY)
    await checked.execute(fine)
    expect(state.idleSince()).toBe(undefined)
    checked.close()
    expect(state.idleSince()).toBe(Number.NEGATIVE_INFINITY)
  })

  it('that was made by hand before the clock was known counts from the first look', async () => {
    const clock = virtualClock()
    const hosts = keyed(() => retry(0), { idle: '1m' })
    hosts.get('early')
    const small = keyed(() => retry(0), { max: 1 })
    small.get('a')
    small.get('b')
    expect(small.entries().map(([key]) => key)).toEqual(['b'])
    const all = pipeline({ clock }, hosts)
    await sweep(all)
    expect(hosts.size).toBe(2)
    await clock.advance('1m')
    await sweep(all)
    expect(hosts.entries().map(([key]) => key)).toEqual(['busy'])
  })
})

describe('more keys than `max`', () => {
  it('are bounded also where the factory asks for the key that it is called for, or for others', async () => {
    const events: unknown[] = []
    for (const overflow of ['evict', 'share'] as const) {
      let asked = 0
      const hosts = keyed(
        (key) => {
          if (asked++ % 2 === 0) hosts.get(overflow === 'share' && hosts.size === 2 ? `${key}'` : key)
          return bulkhead(0)
        },
        { max: 1, overflow },
      )
      hosts.on('reject', ({ key }) => events.push(key))
      await ended(hosts.execute(fine, { key: 'a' }))
      expect([hosts.size, hosts.get('a') === hosts.peek('a')]).toEqual([1, true])
      for (const key of ['b', 'c', 'd']) await ended(hosts.execute(fine, { key }))
      expect(hosts.entries().map(([key]) => key)).toEqual(['d'])
    }
    expect(events).toEqual(['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd'])
    const gate = deferred<number>()
    let deep = false
    const shared = keyed(
      (key) => {
        if (key !== 'c' || deep) return bulkhead(1)
        deep = true
        shared.get('d')
        return bulkhead(1)
      },
      { max: 1, overflow: 'share' },
    )
    const calls = ['a', 'b'].map((key) => shared.execute(() => gate.promise, { key }))
    expect(shared.get('c')).toBe(shared.get('d'))
    gate.resolve(1)
    await Promise.all(calls)
  })

  it('evict the least recently used one that may go', async () => {
    const hosts = keyed(() => retry(0), { max: 2 })
    for (const key of ['a', 'b', 'a', 'c']) await hosts.execute(fine, { key })
    expect(hosts.entries().map(([key]) => key)).toEqual(['a', 'c'])
  })

  it('grow to twice `max` while none may go, then overflow', async () => {
    const grown = (overflow: 'evict' | 'share' | 'reject') => {
      const made: string[] = []
      const hosts = keyed(
        (key) => {
          made.push(key)
          return bulkhead(1)
        },
        { max: 1, overflow },
      )
      const gates = [deferred<number>(), deferred<number>()]
      const calls = gates.map(({ promise }, i) => hosts.execute(() => promise, { key: `k${i}` }))
      return { hosts, made, calls, finish: () => gates.map(({ resolve }) => resolve(1)) }
    }
    for (const overflow of ['evict', 'reject'] as const) {
      const { hosts, calls, finish } = grown(overflow)
      expect(hosts.size).toBe(2)
      const end = await ended(hosts.execute(fine, { key: 'c' }))
      expect(end.ok ? '' : String(end.error)).toBe('BulkheadFullError: keyed: the policies of 2 keys are in use')
      expect(() => hosts.get('c')).toThrow('in use')
      finish()
      await Promise.all(calls)
      expect(await hosts.execute(fine, { key: 'c' })).toBe(1)
      expect(hosts.size).toBe(2)
    }
    const { hosts, made, calls, finish } = grown('share')
    const gate = deferred<number>()
    const first = hosts.execute(() => gate.promise, { key: 'c' })
    const second = await ended(hosts.execute(fine, { key: 'd' }))
    expect(second.ok ? '' : String(second.error)).toMatch(/^BulkheadFullError: bulkhead: /)
    expect([hosts.size, made]).toEqual([2, ['k0', 'k1', 'c']])
    expect((hosts as unknown as { idleSince(): unknown }).idleSince()).toBe(undefined)
    expect(hosts.on('reject', () => {}).size).toBe(2)
    gate.resolve(1)
    finish()
    await Promise.all([...calls, first])
    const withDefault = keyed(() => bulkhead(1), { max: 1, overflow: 'share', defaultPolicy: bulkhead(0) })
    const hung = ['a', 'b'].map((key) => withDefault.execute(() => gate.promise, { key }))
    const refused = await ended(withDefault.execute(fine, { key: 'c' }))
    expect(refused.ok).toBe(false)
    await Promise.all(hung)
  })

  it('with `evict` lose an open breaker rather than work in flight', async () => {
    const clock = virtualClock()
    const hosts = keyed(() => circuitBreaker({ consecutiveFailures: 1 }), { max: 1, clock })
    for (const key of ['a', 'b']) await ended(hosts.execute(fail, { key }))
    expect(hosts.size).toBe(2)
    await hosts.execute(fine, { key: 'c' })
    expect(hosts.entries().map(([key]) => key)).toEqual(['b', 'c'])
  })
})
