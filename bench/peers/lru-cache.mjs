/** lru-cache: its `fetch`, which calls a function for what is missing. */
import { LRUCache } from 'lru-cache'

export function cached(work) {
  const kept = new LRUCache({ max: 1000, ttl: 3_600_000, fetchMethod: work })
  return () => kept.fetch('k')
}
