export { type Cache, cache } from './cache.ts'
export type { CacheSnapshot } from './counts.ts'
export type { CacheEntry, CacheStore } from './entry.ts'
export type {
  CacheEvents,
  CacheEvictEvent,
  CacheHitEvent,
  CacheMissEvent,
  CacheRefreshErrorEvent,
  CacheStaleEvent,
  CacheStoreEvent,
} from './events.ts'
export type { CacheOptions } from './options.ts'
