/**
 * Dear looks, a few at a time: each key at most once in `period`, those that have waited longest first, about as many each
 * time, and no longer than `budget` ms at once. Invariant: `#seen` is in the order of looking.
 */
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'

export interface RotaRules {
  /** How often it is gone through. */
  readonly every: Milliseconds
  readonly period: Milliseconds
  readonly budget: Milliseconds
}

export class Rota<Key, Seen> {
  readonly #clock: Clock
  readonly #rules: RotaRules
  readonly #seen = new Map<Key, { readonly at: Milliseconds; readonly value: Seen }>()

  constructor(clock: Clock, rules: RotaRules) {
    this.#clock = clock
    this.#rules = rules
  }

  /** What was seen of it last. */
  get(key: Key): Seen | undefined {
    return this.#seen.get(key)?.value
  }

  /** Looks at keys that are new, then at those whose turn it is, and forgets all others. */
  go(keys: Iterable<Key>, look: (key: Key) => Seen): void {
    const { every, period, budget } = this.#rules
    const wanted = new Set(keys)
    const start = this.#clock.now()
    const due: Key[] = []
    for (const key of wanted) if (!this.#seen.has(key)) due.push(key)
    const most = due.length + Math.ceil((wanted.size * every) / period)
    for (const [key, { at }] of this.#seen) {
      if (!wanted.has(key)) this.#seen.delete(key)
      else if (due.length < most && start - at >= period) due.push(key)
    }
    for (const key of due) {
      const at = this.#clock.now()
      if (at - start > budget) return
      const value = look(key)
      this.#seen.delete(key)
      this.#seen.set(key, { at, value })
    }
  }
}
