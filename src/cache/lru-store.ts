/**
 * The store of a cache that was given none: what was not used for long goes first.
 *
 * quick-lru keeps two generations. A use moves a key to the newer one, and when that is full it becomes the older one. By itself it
 * would hold up to twice as many entries, and count them only roughly. So here they are counted, a key is in one generation only, and
 * where one is too many, the first of the older generation goes: it was not used since the generations changed. The look for it goes on
 * from the last one, as a look from the start would step over all that was removed before. Evictions are reported when quick-lru has
 * finished, since a listener may use the cache.
 *
 * Invariant: `#recent` is the number of keys in the newer generation, which are those whose `generation` is the present one.
 *
 * This is the only file that imports quick-lru.
 */
import QuickLru from 'quick-lru'
import type { CacheEntry, CacheStore } from './entry.ts'

interface Kept {
  readonly entry: CacheEntry
  generation: number
}

export class LruStore implements CacheStore {
  readonly #entries: QuickLru<string, Kept>
  readonly #maxEntries: number
  readonly #evicted: (key: string) => void
  #gone: string[] = []
  #generation = 0
  #recent = 0
  /** Those of the older generation that no look has reached. */
  #oldest: Iterator<[string, Kept]> | undefined = undefined
  size = 0

  /** Holds at most `maxEntries`. */
  constructor(maxEntries: number, evicted: (key: string) => void) {
    this.#maxEntries = maxEntries
    this.#evicted = evicted
    this.#entries = new QuickLru({ maxSize: maxEntries, onEviction: (key) => this.#gone.push(key) })
  }

  get(key: string): CacheEntry | undefined {
    const kept = this.#entries.get(key)
    if (kept === undefined) return undefined
    if (kept.generation !== this.#generation) this.#used(kept)
    return kept.entry
  }

  set(key: string, entry: CacheEntry): void {
    this.delete(key)
    this.size++
    const kept = { entry, generation: this.#generation }
    this.#entries.set(key, kept)
    this.#used(kept)
    if (this.size - this.#gone.length > this.#maxEntries) this.#evictOne()
    if (this.#gone.length > 0) this.#report()
  }

  delete(key: string): void {
    const kept = this.#entries.peek(key)
    if (kept === undefined) return
    if (kept.generation === this.#generation) this.#recent--
    this.#entries.delete(key)
    this.size--
  }

  clear(): void {
    this.#entries.clear()
    this.size = 0
    this.#changeGeneration()
  }

  keys(): Iterable<string> {
    return this.#entries.keys()
  }

  /** quick-lru has put it into the newer generation, which becomes the older one when it is full. */
  #used(kept: Kept): void {
    kept.generation = this.#generation
    if (++this.#recent === this.#maxEntries) this.#changeGeneration()
  }

  #changeGeneration(): void {
    this.#generation++
    this.#recent = 0
    this.#oldest = undefined
  }

  #evictOne(): void {
    this.#oldest ??= this.#entries.entriesAscending()[Symbol.iterator]()
    const [oldest] = this.#oldest.next().value as [string, Kept]
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
