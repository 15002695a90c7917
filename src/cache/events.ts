/** The events of a cache. */
import type { Milliseconds } from '../core/duration.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'

export interface CacheHitEvent extends EventBase {
  readonly key: string
  /** How long ago the value was stored. */
  readonly age: Milliseconds
}

export interface CacheStaleEvent extends EventBase {
  readonly key: string
  readonly age: Milliseconds
  /** `'revalidate'`: given at once, while a refresh is made. `'error'`: given in place of a failure. */
  readonly reason: 'revalidate' | 'error'
  /** The error that the value replaces; undefined where there is none, or where `when` judged a value a failure. */
  readonly error: unknown
}

export interface CacheMissEvent extends EventBase {
  readonly key: string
}

export interface CacheStoreEvent extends EventBase {
  readonly key: string
  /** How long the value is fresh. */
  readonly ttl: Milliseconds
}

export interface CacheRefreshErrorEvent extends EventBase {
  readonly key: string
  /** Why it failed; undefined where `when` judged its value a failure. */
  readonly error: unknown
}

export interface CacheEvictEvent extends EventBase {
  readonly key: string
}

export interface CacheEvents extends BaseEvents {
  /** A call is given a fresh value. */
  hit: CacheHitEvent
  /** A call is given a stale value. */
  stale: CacheStaleEvent
  /** There is no value to give, so the call goes on. */
  miss: CacheMissEvent
  /** A value was stored. */
  store: CacheStoreEvent
  /** A refresh in the background failed. */
  refreshError: CacheRefreshErrorEvent
  /** The cache was full, so the value of a key was removed. */
  evict: CacheEvictEvent
}
