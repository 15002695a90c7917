import { type Cache, type CacheEntry, cache, pipeline, timeout } from 'holdfast'
import { LRUCache } from 'lru-cache'
import { describe, expectTypeOf, it } from 'vitest'

interface Item {
  readonly id: string
  readonly maxAge: number
}

describe('cache', () => {
  it('takes any value where nothing says more', () => {
    const policy = cache('30s')
    expectTypeOf(policy).toEqualTypeOf<Cache<unknown>>()
    expectTypeOf(policy.execute(() => 1, { key: 'k' })).resolves.toEqualTypeOf<number>()
    expectTypeOf(policy.get('k')).toEqualTypeOf<unknown>()
  })

  it('infers its values from a function of them, and refuses others', () => {
    const policy = cache({ ttl: (item: Item) => item.maxAge, storeWhen: (item) => item.id !== '' })
    expectTypeOf(policy).toEqualTypeOf<Cache<Item>>()
    expectTypeOf(policy.get('k')).toEqualTypeOf<Item | undefined>()
    const all = pipeline(timeout('1s'), policy)
    expectTypeOf(all.execute(() => ({ id: 'a', maxAge: 5 }))).resolves.toEqualTypeOf<{ id: string; maxAge: number }>()
    // @ts-expect-error: not an item
    void all.execute(() => 1)
    // @ts-expect-error: not an item
    policy.prime('k', 1)
  })

  it('takes stores of others', () => {
    cache({ store: new Map<string, CacheEntry>() })
    cache({ store: new LRUCache<string, CacheEntry>({ max: 10 }) })
    // @ts-expect-error: it would answer later
    cache({ store: { get: async () => undefined, set: () => 1, delete: () => 1, clear: () => 1, size: 0 } })
  })
})
