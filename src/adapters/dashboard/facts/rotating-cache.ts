/**
 * Spreads expensive reads over ticks. Each key is read at most once per `period`, the longest unread first. Each tick reads about
 * as many keys, for at most `budget` ms. Invariant: `#read` is in the order of reading.
 */
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'

export interface RotatingCacheOptions {
  /** The interval between two calls of `refresh`. */
  readonly every: Milliseconds
  readonly period: Milliseconds
  readonly budget: Milliseconds
}

export class RotatingCache<Key, Value> {
  readonly #clock: Clock
  readonly #options: RotatingCacheOptions
  readonly #read = new Map<Key, { readonly at: Milliseconds; readonly value: Value }>()

  constructor(clock: Clock, options: RotatingCacheOptions) {
    this.#clock = clock
    this.#options = options
  }

  /** The latest value of a key; undefined if it was not read yet. */
  get(key: Key): Value | undefined {
    return this.#read.get(key)?.value
  }

  /** Reads new keys, then those that are due, and forgets all keys but the given ones. */
  refresh(keys: Iterable<Key>, read: (key: Key) => Value): void {
    const { every, period, budget } = this.#options
    const wanted = new Set(keys)
    const start = this.#clock.now()
    const due: Key[] = []
    for (const key of wanted) if (!this.#read.has(key)) due.push(key)
    const most = due.length + Math.ceil((wanted.size * every) / period)
    for (const [key, { at }] of this.#read) {
      if (!wanted.has(key)) this.#read.delete(key)
      else if (due.length < most && start - at >= period) due.push(key)
    }
    for (const key of due) {
      const at = this.#clock.now()
      if (at - start > budget) return
      const value = read(key)
      this.#read.delete(key)
      this.#read.set(key, { at, value })
    }
  }
}
