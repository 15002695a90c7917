/**
 * The latest `size` results, in a ring.
 *
 * Invariant: `total` and `bad` count what the ring holds. O(1) a record; the ring grows to its size as results come.
 */
import type { ResultWindow, SavedResults } from './result-window.ts'

export class CountWindow implements ResultWindow {
  readonly dated = false
  readonly #size: number
  /** The time of a bad result; NaN for a good one. */
  readonly #ring: number[] = []
  #next = 0
  total = 0
  bad = 0

  constructor(size: number) {
    this.#size = size
  }

  record(bad: boolean, _now: number, since: number): void {
    const ring = this.#ring
    if (this.total === this.#size) {
      if (!Number.isNaN(ring[this.#next])) this.bad--
    } else this.total++
    ring[this.#next] = bad ? since : Number.NaN
    if (bad) this.bad++
    this.#next = this.#next + 1 === this.#size ? 0 : this.#next + 1
  }

  firstBad(otherwise: number): number {
    for (const at of this.#results()) if (!Number.isNaN(at)) return at
    return otherwise
  }

  clear(): void {
    this.#next = this.total = this.bad = 0
  }

  saved(now: number): readonly SavedResults[] {
    const saved: SavedResults[] = []
    let good = 0
    for (const at of this.#results()) {
      if (Number.isNaN(at)) {
        good++
        continue
      }
      const age = Math.max(0, now - at)
      saved.push({ age, good, bad: 1, badAge: age })
      good = 0
    }
    if (good > 0) saved.push({ age: 0, good, bad: 0, badAge: 0 })
    return saved
  }

  restore(saved: readonly SavedResults[], now: number): void {
    for (const { good, bad, badAge } of saved) {
      for (let i = Math.min(good, this.#size); i > 0; i--) this.record(false, now, now)
      for (let i = Math.min(bad, this.#size); i > 0; i--) this.record(true, now, now - badAge)
    }
  }

  /** Oldest first. */
  *#results(): Iterable<number> {
    const start = this.total === this.#size ? this.#next : 0
    for (let i = 0; i < this.total; i++) yield this.#ring[(start + i) % this.#size] as number
  }
}
