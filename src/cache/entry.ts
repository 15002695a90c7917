/** What a cache keeps, and where. */
import type { Milliseconds } from '../core/duration.ts'

/** A value with its times. A store keeps the object as it is, and gives the same object back. */
export interface CacheEntry {
  readonly key: string
  readonly value: unknown
  /** When it was stored, in the clock of the cache. */
  readonly storedAt: Milliseconds
  /** How long it is fresh. */
  readonly ttl: Milliseconds
}

/** Where a cache keeps its entries: a `Map`, or a cache such as `lru-cache` that bounds itself. Synchronous. */
export interface CacheStore {
  get(key: string): CacheEntry | undefined
  set(key: string, entry: CacheEntry): unknown
  delete(key: string): unknown
  clear(): unknown
  readonly size: number
  /** The keys it holds, for `invalidate` with a predicate. */
  keys?(): Iterable<string>
}

/** The time of a cache between two calls of `clear`. */
export interface Era {
  /** The entries of the cache. */
  readonly of: object
}

export class StoredEntry implements CacheEntry {
  readonly key: string
  readonly value: unknown
  readonly storedAt: Milliseconds
  readonly ttl: Milliseconds
  readonly era: Era
  /** It was invalidated. A store may hold it still. */
  invalid = false
  /** No refresh of it starts before. */
  refreshFrom: Milliseconds = Number.NEGATIVE_INFINITY

  constructor(key: string, value: unknown, storedAt: Milliseconds, ttl: Milliseconds, era: Era) {
    this.key = key
    this.value = value
    this.storedAt = storedAt
    this.ttl = ttl
    this.era = era
  }
}
