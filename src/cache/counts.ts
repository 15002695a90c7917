/** What a cache counts. */

/** The state of a cache, as plain data. Counts are since the start. */
export interface CacheSnapshot {
  /** Values in the store, expired ones included; null where the store does not say. */
  readonly size: number | null
  /** Refreshes that run. */
  readonly refreshing: number
  /** Calls that were given a fresh value. */
  readonly hits: number
  /** Calls that were given a stale value at once. */
  readonly stale: number
  /** Calls that went on. */
  readonly misses: number
  /** Those of them that were given a stale value in place of a failure. */
  readonly saved: number
  /** Values that were stored. */
  readonly stores: number
  /** Values that had to go because the cache was full. */
  readonly evictions: number
  /** Refreshes that were started. */
  readonly refreshes: number
  /** Refreshes that failed. */
  readonly refreshErrors: number
  /** Hits, fresh and stale, by calls; null before the first. */
  readonly hitRatio: number | null
  /** Stale hits by calls; null before the first. */
  readonly staleRatio: number | null
}

export class CacheCounts {
  hits = 0
  stale = 0
  misses = 0
  saved = 0
  stores = 0
  evictions = 0
  refreshes = 0
  refreshErrors = 0

  snapshot(size: number | undefined, refreshing: number): CacheSnapshot {
    const { hits, stale, misses, saved, stores, evictions, refreshes, refreshErrors } = this
    const calls = hits + stale + misses
    const ratio = (count: number) => (calls === 0 ? null : count / calls)
    return {
      size: size ?? null,
      refreshing,
      hits,
      stale,
      misses,
      saved,
      stores,
      evictions,
      refreshes,
      refreshErrors,
      hitRatio: ratio(hits + stale),
      staleRatio: ratio(stale),
    }
  }
}
