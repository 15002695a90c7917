/** async-cache-dedupe: a cache in memory that also joins equal calls. */
import { createCache } from 'async-cache-dedupe'

export function cached(work) {
  const kept = createCache({ ttl: 3600, storage: { type: 'memory', options: { size: 1000 } } })
  kept.define('read', work)
  return () => kept.read('k')
}
