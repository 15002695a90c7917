import { cache } from 'holdfast'
import { holdfastMetrics } from 'holdfast/prometheus'
import { virtualClock } from 'holdfast/testing'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'

describe('the metrics of a cache', () => {
  it('are its lookups by result, what was stale and why, and what was stored and evicted', async () => {
    const registry = new Registry()
    const clock = virtualClock()
    const policy = cache({ name: 'prices', ttl: 10, staleWhileRevalidate: 10, staleIfError: 50, maxEntries: 1, clock })
    const metrics = holdfastMetrics({ registry, policies: [policy] })
    const fails = () => Promise.reject(new Error('down'))
    for (const key of ['a', 'b', 'b', 'b']) await policy.execute(() => 1, { key })
    await clock.advance(10)
    await policy.execute(fails, { key: 'b' })
    await clock.advance(10)
    await policy.execute(fails, { key: 'b' })
    const text = await registry.metrics()
    metrics.stop()
    const shown = [...text.matchAll(/^holdfast_cache_(\w+)\{(.*)\} (\d+)$/gm)].map(
      ([, name, labels = '', value]) => [name, /(?:result|reason)="(\w+)"/.exec(labels)?.[1], Number(value)] as const,
    )
    expect(shown.filter(([, , value]) => value > 0).sort()).toEqual([
      ['entries', undefined, 1],
      ['evictions_total', undefined, 1],
      ['lookups_total', 'hit', 2],
      ['lookups_total', 'miss', 3],
      ['refresh_errors_total', undefined, 1],
      ['stale_total', 'error', 1],
      ['stale_total', 'revalidate', 1],
      ['stores_total', undefined, 2],
    ])
  })
})
