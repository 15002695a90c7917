/**
 * The policies by key, bounded.
 *
 * The list is in order of use, the least recently used first. A look at an entry that must not be evicted moves it to the
 * end, so the entries at the front are those that may be. No timer: every 64th access evicts what has been idle for long.
 *
 * Invariant: the list and the map have the same entries, at most twice `max` of them.
 */
import type { Milliseconds } from '../core/duration.ts'
import { LinkedList } from '../core/linked-list.ts'
import type { BasePolicy } from '../core/policy.ts'
import { KeyedEntry } from './entry.ts'

/** Accesses between two sweeps, and how many entries a sweep looks at. */
const every = 64
const atOnce = 1024

/** How many entries a new key looks at for one to evict. */
const looked = 16

export interface EntryLimits {
  readonly max: number
  readonly idle: Milliseconds
}

export class KeyedEntries {
  readonly #limits: EntryLimits
  readonly #evicted: (entry: KeyedEntry) => void
  readonly #byKey = new Map<string, KeyedEntry>()
  readonly #order = new LinkedList<KeyedEntry>()
  #accesses = 0

  constructor(limits: EntryLimits, evicted: (entry: KeyedEntry) => void) {
    this.#limits = limits
    this.#evicted = evicted
  }

  get size(): number {
    return this.#byKey.size
  }

  [Symbol.iterator](): IterableIterator<KeyedEntry> {
    return this.#byKey.values()
  }

  /** Without counting as a use. */
  peek(key: string): KeyedEntry | undefined {
    return this.#byKey.get(key)
  }

  use(key: string, now: Milliseconds | undefined): KeyedEntry | undefined {
    if (++this.#accesses % every === 0 && now !== undefined) this.sweep(now, atOnce)
    const entry = this.#byKey.get(key)
    if (entry !== undefined) this.touch(entry, now)
    return entry
  }

  touch(entry: KeyedEntry, now: Milliseconds | undefined): void {
    entry.usedAt = now
    if (entry === this.#order.tail || this.#byKey.get(entry.key as string) !== entry) return
    this.#order.remove(entry)
    this.#order.append(entry)
  }

  /** Whether there is room for one more; evicts the least recently used one that may go, where there are `max`. */
  makeRoom(): boolean {
    const { max } = this.#limits
    if (this.size >= max) this.#evictOne((entry) => entry.idleSince() !== undefined)
    return this.size < 2 * max
  }

  /** Evicts one without work in flight, whatever state is lost. Returns whether it found one. */
  forceRoom(): boolean {
    return this.#evictOne(({ active }) => active === 0)
  }

  add(key: string, policy: BasePolicy, now: Milliseconds | undefined): KeyedEntry {
    const entry = new KeyedEntry(key, policy, now)
    this.#byKey.set(key, entry)
    this.#order.append(entry)
    return entry
  }

  delete(entry: KeyedEntry): void {
    this.#byKey.delete(entry.key as string)
    this.#order.remove(entry)
    this.#evicted(entry)
  }

  /** Evicts what has been idle for long, looking at `count` entries at most. */
  sweep(now: Milliseconds, count: number): void {
    for (let left = Math.min(count, this.size); left > 0; left--) {
      const entry = this.#order.head as KeyedEntry
      entry.usedAt ??= now
      if (now - entry.usedAt < this.#limits.idle) return
      const since = entry.idleSince()
      if (since !== undefined && now - since >= this.#limits.idle) this.delete(entry)
      else this.#toEnd(entry)
    }
  }

  #evictOne(may: (entry: KeyedEntry) => boolean): boolean {
    for (let left = Math.min(looked, this.size); left > 0; left--) {
      const entry = this.#order.head as KeyedEntry
      if (may(entry)) {
        this.delete(entry)
        return true
      }
      this.#toEnd(entry)
    }
    return false
  }

  #toEnd(entry: KeyedEntry): void {
    this.#order.remove(entry)
    this.#order.append(entry)
  }
}
