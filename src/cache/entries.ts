/**
 * The entries of one cache, in a store that may be the user's.
 *
 * What the store throws is a `fault`. So is what it gives back in place of an entry that was put in, such as a promise: for the
 * cache that is a miss. An entry that was invalidated stays so, also if the store did not delete it.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { Events } from '../core/events.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
import { type CacheStore, type Era, StoredEntry } from './entry.ts'

export class Entries {
  readonly #store: CacheStore
  readonly #events: Events
  #era: Era = { of: this }

  constructor(store: CacheStore, events: Events) {
    this.#store = store
    this.#events = events
  }

  read(key: string): StoredEntry | undefined {
    let found: unknown
    try {
      found = this.#store.get(key)
    } catch (error) {
      this.#events.fault('store', error)
      return undefined
    }
    if (found === undefined) return undefined
    if (!(found instanceof StoredEntry) || found.era.of !== this || found.key !== key) {
      ignoreRejection(found)
      this.#events.fault('store', new TypeError('store.get must return the entry that was set, or undefined'))
      return undefined
    }
    return found.invalid || found.era !== this.#era ? undefined : found
  }

  /** False where the store did not take it. */
  put(key: string, value: unknown, now: Milliseconds, ttl: Milliseconds): boolean {
    const entry = new StoredEntry(key, value, now, ttl, this.#era)
    return this.#change((store) => store.set(key, entry))
  }

  remove(key: string): void {
    const entry = this.read(key)
    if (entry !== undefined) entry.invalid = true
    this.#change((store) => store.delete(key))
  }

  clear(): void {
    this.#era = { of: this }
    this.#change((store) => store.clear())
  }

  /** @throws TypeError if the store does not list its keys. */
  keys(): readonly string[] {
    const store = this.#store
    if (typeof store.keys !== 'function')
      throw new TypeError('cache: store must have keys() to invalidate by a function')
    return [...store.keys()]
  }

  /** Undefined where the store does not say. */
  get size(): number | undefined {
    try {
      const { size } = this.#store
      if (Number.isSafeInteger(size) && size >= 0) return size
      this.#events.fault('store', new TypeError('store.size must be an integer >= 0'))
    } catch (error) {
      this.#events.fault('store', error)
    }
    return undefined
  }

  #change(change: (store: CacheStore) => unknown): boolean {
    try {
      const result = change(this.#store)
      if (typeof (result as PromiseLike<unknown> | undefined)?.then !== 'function') return true
      ignoreRejection(result)
      this.#events.fault('store', new TypeError('store must be synchronous, not return a promise'))
    } catch (error) {
      this.#events.fault('store', error)
    }
    return false
  }
}
