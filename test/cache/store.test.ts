/** Stores: the one of its own, those of others, and those that break their promises. */
import { type CacheEntry, type CacheStore, cache } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import QuickLru from 'quick-lru'
import { describe, expect, it, vi } from 'vitest'
import { LruStore } from '../../src/cache/lru-store.ts'

const key = 'k'
const lost = new Error('store lost')

/** A `Map` with some of its methods replaced. */
function mapWith(changes: Partial<Record<keyof CacheStore, unknown>>): CacheStore {
  const map = new Map<string, CacheEntry>()
  const store = {
    get: (at: string) => map.get(at),
    set: (at: string, entry: CacheEntry) => map.set(at, entry),
    delete: (at: string) => map.delete(at),
    clear: () => map.clear(),
    size: 0,
  }
  return Object.assign(store, changes) as CacheStore
}

describe('the store of its own', () => {
  it('holds the last `maxEntries` values where none is used again', () => {
    for (const maxEntries of [1, 2, 3, 10, 11]) {
      const policy = cache({ maxEntries })
      const { of } = recorder(policy)
      for (let i = 0; i < 50; i++) policy.prime(String(i), i)
      const { size, evictions } = policy.snapshot()
      expect([size, evictions]).toEqual([maxEntries, 50 - maxEntries])
      expect(of('evict').map((event) => event['key'])).toEqual(Array.from({ length: evictions }, (_, i) => String(i)))
      for (let i = 50 - maxEntries; i < 50; i++) expect(policy.get(String(i))).toBe(i)
    }
  })

  it('keeps what is used again, and drops what is not', () => {
    for (const maxEntries of [2, 3, 10]) {
      const policy = cache({ maxEntries })
      policy.prime('used', 'used')
      for (let i = 0; i < 50; i++) {
        policy.prime(String(i), i)
        expect(policy.get('used')).toBe('used')
      }
      expect(policy.size).toBe(maxEntries)
    }
  })

  it('counts exactly, and reports each key once, in any order of use', () => {
    const gone: string[] = []
    const store = new LruStore(6, (each) => gone.push(each))
    const entry = (each: string): CacheEntry => ({ key: each, value: each, storedAt: 0, ttl: 1 })
    let random = 1
    for (let i = 0; i < 3000; i++) {
      random = (random * 48_271) % 2_147_483_647
      const each = String(random % 9)
      const before = gone.length
      if (random % 5 === 0) store.delete(each)
      else if (random % 5 < 3) store.set(each, entry(each))
      else store.get(each)
      const held = [...store.keys()]
      expect(held.length).toBe(store.size)
      expect(new Set(held).size).toBe(store.size)
      expect(store.size).toBeLessThanOrEqual(6)
      for (const dropped of gone.slice(before)) expect(held).not.toContain(dropped)
    }
    store.clear()
    expect([store.size, [...store.keys()]]).toEqual([0, []])
  })

  it('looks for what to evict where it left off, and keeps doing so in any order of use', () => {
    const looks = vi.spyOn(QuickLru.prototype, 'entriesAscending')
    const store = new LruStore(100, () => {})
    const add = (each: string) => store.set(each, { key: each, value: each, storedAt: 0, ttl: 1 })
    for (let i = 0; i < 1000; i++) add(String(i))
    // Once after each change of generations: a look from the start would step over all that was removed before.
    expect(looks.mock.calls.length).toBeLessThanOrEqual(10)
    store.clear()
    for (let i = 0; i < 1000; i++) add(String(i))
    expect(looks.mock.calls.length).toBeLessThanOrEqual(20)
    looks.mockRestore()
    // Two of three keys are used again before each new one, so the others go in order.
    const gone: string[] = []
    const used = new LruStore(3, (each) => gone.push(each))
    for (const each of ['a', 'b']) used.set(each, { key: each, value: each, storedAt: 0, ttl: 1 })
    for (let i = 0; i < 50; i++) {
      used.set(String(i), { key: String(i), value: i, storedAt: 0, ttl: 1 })
      expect([used.get('a')?.value, used.get('b')?.value, used.size]).toEqual(['a', 'b', 3])
    }
    expect(gone).toEqual(Array.from({ length: 49 }, (_, i) => String(i)))
  })

  it('may be used by a listener to `evict`', () => {
    const policy = cache({ maxEntries: 2 })
    let again = true
    policy.on('evict', (event) => {
      if (!again) return
      again = false
      policy.prime(event.key, 'again')
    })
    for (let i = 0; i < 5; i++) policy.prime(String(i), i)
    const { size, stores, evictions } = policy.snapshot()
    expect((size as number) + evictions).toBe(stores)
  })
})

describe('a store of the user', () => {
  it('may be a `Map`, which bounds nothing', async () => {
    const store = new Map<string, CacheEntry>()
    const policy = cache({ store, clock: virtualClock() })
    await policy.execute(() => 'value', { key })
    expect(await policy.execute(() => 'other', { key })).toBe('value')
    expect(store.get(key)).toMatchObject({ key, value: 'value', storedAt: 0, ttl: 30_000 })
    policy.invalidate((each) => each === key)
    expect([store.size, policy.size]).toEqual([0, 0])
    policy.prime(key, 1)
    policy.clear()
    expect(store.size).toBe(0)
  })

  it('may drop entries as it likes', async () => {
    const policy = cache({ store: mapWith({ get: () => undefined }) })
    expect([await policy.execute(() => 1, { key }), await policy.execute(() => 2, { key })]).toEqual([1, 2])
  })

  it('bounds itself', () => {
    expect(() => cache({ store: new Map(), maxEntries: 5 })).toThrow(
      'cache: maxEntries must be left out with store, which bounds itself, got 5',
    )
  })

  it('must list its keys to invalidate by a function', () => {
    const policy = cache({ store: mapWith({}) })
    expect(() => policy.invalidate(() => true)).toThrow('cache: store must have keys() to invalidate by a function')
  })

  it.each([
    [
      'throws',
      () => {
        throw lost
      },
      'Error: store lost',
    ],
    ['gives a promise', async () => undefined, 'TypeError: store'],
    ['gives a promise that rejects', () => Promise.reject(lost), 'TypeError: store'],
  ])('whose `get` %s is a miss and a fault', async (_, get, text) => {
    const policy = cache({ store: mapWith({ get }) })
    const { of } = recorder(policy)
    expect([await policy.execute(() => 1, { key }), await policy.execute(() => 2, { key })]).toEqual([1, 2])
    expect(of('fault').length).toBe(2)
    expect(of('fault')[0]).toMatchObject({ source: 'store' })
    expect(String(of('fault')[0]?.['error'])).toContain(text)
  })

  it('that gives back what was never put in is a miss and a fault', async () => {
    const foreign = cache({ store: new Map() })
    const store = new Map<string, CacheEntry>()
    const other = cache({ store })
    other.prime(key, 'other')
    foreign.prime(key, 'foreign')
    const ofOther = store.get(key) as CacheEntry
    const own = new Map<string, CacheEntry>()
    for (const found of [null, 'text', { ...ofOther }, ofOther, 'own, of another key']) {
      const policy = cache({
        store: mapWith({
          get: () => (found === 'own, of another key' ? own.get('a') : found),
          set: (at: string, entry: CacheEntry) => own.set(at, entry),
        }),
      })
      policy.prime('a', 'a')
      const { of } = recorder(policy)
      expect(await policy.execute(() => 'run', { key })).toBe('run')
      expect(of('fault')).toMatchObject([{ source: 'store' }])
    }
  })

  it.each([
    [
      'throws',
      () => {
        throw lost
      },
    ],
    ['gives a promise', () => Promise.reject(lost)],
  ])('whose `set` %s delivers the value, and emits no `store`', async (_, set) => {
    const policy = cache({ store: mapWith({ set }) })
    const { names, of } = recorder(policy)
    expect(await policy.execute(() => 1, { key })).toBe(1)
    expect([names, policy.snapshot().stores]).toEqual([['miss', 'fault', 'call'], 0])
    expect(of('fault')).toMatchObject([{ source: 'store' }])
  })

  it('that does not delete or clear gives no value that was invalidated', async () => {
    for (const change of [
      () => {
        throw lost
      },
      async () => true,
      () => false,
    ]) {
      const policy = cache({ store: mapWith({ delete: change, clear: change }) })
      recorder(policy)
      policy.prime(key, 'old')
      policy.invalidate(key)
      expect(policy.get(key)).toBeUndefined()
      policy.prime(key, 'old')
      policy.clear()
      expect(policy.get(key)).toBeUndefined()
      expect(await policy.execute(() => 'new', { key })).toBe('new')
    }
  })

  it('that does not say its size has none', () => {
    let size: unknown = 0
    const store = mapWith({})
    Object.defineProperty(store, 'size', {
      get: () => {
        if (size === lost) throw lost
        return size
      },
    })
    const policy = cache({ store })
    const { of } = recorder(policy)
    for (const said of [-1, 0.5, 'one', lost]) {
      size = said
      expect([policy.size, policy.snapshot().size]).toEqual([undefined, null])
    }
    expect(of('fault').length).toBe(8)
    size = 3
    expect(policy.size).toBe(3)
  })

  it('that aborts the call ends it', async () => {
    const controller = new AbortController()
    const policy = cache({
      store: mapWith({
        get: () => {
          controller.abort('by store')
        },
      }),
    })
    const call = policy.execute(() => 1, { key, signal: controller.signal })
    await expect(call).rejects.toBe('by store')
    expect(policy.snapshot().misses).toBe(0)
  })
})
