/**
 * User time and calls in slots of equal length. A ring keeps the newest ones.
 *
 * Invariant: slots from `#newest - count + 1` to `#newest` are kept, and slot n covers [origin + n length, one length on).
 */

/** The contents of one slot; times in ms. */
export interface Slot {
  readonly start: number
  readonly up: number
  readonly down: number
  readonly good: number
  readonly bad: number
}

export class Slots {
  readonly #origin: number
  readonly #length: number
  readonly #up: Float64Array
  readonly #down: Float64Array
  readonly #good: Float64Array
  readonly #bad: Float64Array
  #newest = 0

  constructor(origin: number, length: number, count: number) {
    this.#origin = origin
    this.#length = length
    this.#up = new Float64Array(count)
    this.#down = new Float64Array(count)
    this.#good = new Float64Array(count)
    this.#bad = new Float64Array(count)
  }

  /** A copy that can be changed independently. */
  copy(): Slots {
    const made = new Slots(this.#origin, this.#length, this.#up.length)
    made.#up.set(this.#up)
    made.#down.set(this.#down)
    made.#good.set(this.#good)
    made.#bad.set(this.#bad)
    made.#newest = this.#newest
    return made
  }

  /** Advances to `time`, and clears the oldest slots for new ones. */
  reach(time: number): void {
    const newest = Math.floor((time - this.#origin) / this.#length)
    const count = this.#up.length
    for (let slot = Math.max(this.#newest, newest - count) + 1; slot <= newest; slot++) {
      for (const column of [this.#up, this.#down, this.#good, this.#bad]) column[slot % count] = 0
    }
    this.#newest = Math.max(this.#newest, newest)
  }

  /** Adds a call in the newest slot. */
  call(ok: boolean): void {
    const column = ok ? this.#good : this.#bad
    const place = this.#newest % column.length
    column[place] = (column[place] as number) + 1
  }

  /** Adds the time of one user in [from, to); `to` was reached. */
  spend(ok: boolean, from: number, to: number): void {
    const column = ok ? this.#up : this.#down
    const first = Math.max(this.#oldest, Math.floor((from - this.#origin) / this.#length))
    for (let slot = first; this.#start(slot) < to; slot++) {
      const spent = Math.min(to, this.#start(slot + 1)) - Math.max(from, this.#start(slot))
      const place = slot % column.length
      column[place] = (column[place] as number) + spent
    }
  }

  /** All slots kept, the oldest first. */
  list(): readonly Slot[] {
    const oldest = this.#oldest
    return Array.from({ length: this.#newest - oldest + 1 }, (_, index) => {
      const place = (oldest + index) % this.#up.length
      const value = (column: Float64Array): number => column[place] as number
      return {
        start: this.#start(oldest + index),
        up: value(this.#up),
        down: value(this.#down),
        good: value(this.#good),
        bad: value(this.#bad),
      }
    })
  }

  get #oldest(): number {
    return Math.max(0, this.#newest - this.#up.length + 1)
  }

  #start(slot: number): number {
    return this.#origin + slot * this.#length
  }
}
