/** What exporters show of a cache. */
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { Cache } from './cache.ts'
import type { CacheEvents } from './events.ts'

const lookups = {
  name: 'cache.lookups',
  unit: '{call}',
  description: 'Calls by what the cache had for them',
  attributes: { result: 'cache.result' },
}

export const cacheTelemetry: PolicyTelemetry<Cache, CacheEvents> = {
  kind: 'cache',
  label: ['policy', 'policy.name'],
  events: {
    hit: { counter: { metric: lookups, labels: { result: 'hit' } } },
    miss: { counter: { metric: lookups, labels: { result: 'miss' } } },
    stale: {
      counter: {
        metric: {
          name: 'cache.stale',
          unit: '{call}',
          description: 'Calls that were given a stale value, by why',
          attributes: { reason: 'reason' },
        },
        by: { label: 'reason', field: 'reason', initial: ['revalidate', 'error'] },
      },
    },
    store: { counter: { metric: { name: 'cache.stores', unit: '{value}', description: 'Values that were stored' } } },
    refreshError: {
      counter: {
        metric: {
          name: 'cache.refresh_errors',
          unit: '{refresh}',
          description: 'Refreshes in the background that failed',
        },
      },
    },
    evict: {
      counter: {
        metric: {
          name: 'cache.evictions',
          unit: '{value}',
          description: 'Values that had to go because the cache was full',
        },
      },
    },
  },
  gauges: {
    size: {
      metric: { name: 'cache.entries', unit: '{value}', description: 'Values in the store, expired ones included' },
      additive: true,
      read: ({ size }) => size,
    },
  },
  dashboard: {
    id: 'cache',
    counts: { hits: 'hit', stale: 'stale', misses: 'miss', 'failed refreshes': 'refreshError', evicted: 'evict' },
  },
}
