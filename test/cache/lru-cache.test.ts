/** lru-cache as the store: it bounds the values by their size. */
import { type CacheEntry, cache } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { LRUCache } from 'lru-cache'
import { describe, expect, it } from 'vitest'

describe('lru-cache as the store of a cache', () => {
  it('drops what is too much, and keeps what is used', async () => {
    const clock = virtualClock()
    const store = new LRUCache<string, CacheEntry>({
      maxSize: 10,
      sizeCalculation: ({ value }) => (value as string).length,
    })
    const policy = cache({ ttl: 10, staleWhileRevalidate: 10, store, clock })
    const { of } = recorder(policy)
    for (const key of ['aaaa', 'bbbb']) await policy.execute(() => key, { key })
    expect(await policy.execute(() => 'never', { key: 'aaaa' })).toBe('aaaa')
    await policy.execute(() => 'cccc', { key: 'cccc' })
    expect([policy.size, policy.get('aaaa'), policy.get('bbbb'), policy.get('cccc')]).toEqual([
      2,
      'aaaa',
      undefined,
      'cccc',
    ])
    await clock.advance(10)
    expect(await policy.execute(() => 'new!', { key: 'aaaa' })).toBe('aaaa')
    await clock.advance(0)
    expect(policy.get('aaaa')).toBe('new!')
    policy.invalidate((key) => key === 'aaaa')
    expect(policy.get('aaaa')).toBeUndefined()
    policy.clear()
    expect([policy.size, of('fault')]).toEqual([0, []])
  })
})
