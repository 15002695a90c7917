/**
 * The store of a cache that was given none: what was not used for long goes first.
 *
 * quick-lru keeps two generations. A use moves a key to the newer one, and when that is full it becomes the older one. By itself it
 * would hold up to twice as many entries, and count them only roughly. So here they are counted, a key is in one generation only, and
 * where one is too many, the first of the older generation goes: it was not used since the generations changed. Evictions are
 * reported when quick-lru has finished, since a listener may use the cache.
 *
 * This is the only file that imports quick-lru.
 */
import QuickLru from 'quick-lru'
import type { CacheEntry, CacheStore } from './entry.ts'

export class LruStore implements CacheStore {
  readonly #entries: QuickLru<string, CacheEntry>
  readonly #maxEntries: number
  readonly #evicted: (key: string) => void
  #gone: string[] = []
  size = 0

  /** Holds at most `maxEntries`. */
  constructor(maxEntries: number, evicted: (key: string) => void) {
    this.#maxEntries = maxEntries
    this.#evicted = evicted
    this.#entries = new QuickLru({ maxSize: maxEntries, onEviction: (key) => this.#gone.push(key) })
  }

  get(key: string): CacheEntry | undefined {
    return this.#entries.get(key)
  }

  set(key: string, entry: CacheEntry): void {
    this.delete(key)
    this.size++
    this.#entries.set(key, entry)
    if (this.size - this.#gone.length > this.#maxEntries) this.#evictOne()
    if (this.#gone.length > 0) this.#report()
  }

  delete(key: string): void {
    if (this.#entries.delete(key)) this.size--
  }

  clear(): void {
    this.#entries.clear()
    this.size = 0
  }

  keys(): Iterable<string> {
    return this.#entries.keys()
  }

  #evictOne(): void {
    const [first] = this.#entries.entriesAscending()
    const [oldest] = first as [string, CacheEntry]
    this.#entries.delete(oldest)
    this.#gone.push(oldest)
  }

  #report(): void {
    const gone = this.#gone
    this.#gone = []
    this.size -= gone.length
    for (const key of gone) this.#evicted(key)
  }
}
