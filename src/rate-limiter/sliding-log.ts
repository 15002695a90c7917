/**
 * Sliding log: exact, as it keeps when each call of the last period started. A call passes if the permits taken in `(now - per, now]`
 * and its own are within the limit.
 *
 * It counts whole permits, so it has at most `limit` entries and those that wait. Invariant: entries are in order of time; those before
 * `#from` are outside the period that ends when the latest one starts, and `#used` is the sum of the others.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { RateAlgorithm, RateLimits } from './rate-algorithm.ts'

interface LogTaking {
  readonly time: Milliseconds
  readonly cost: number
}

export class SlidingLog implements RateAlgorithm<number> {
  #limit = 0
  #per = 0
  #entries: LogTaking[] = []
  /** Entries removed from the front so far: an entry keeps its number. */
  #removed = 0
  #from = 0
  #used = 0

  constructor({ limit, per }: RateLimits) {
    this.#limit = limit
    this.#per = per
  }

  wait(now: Milliseconds, cost: number): Milliseconds {
    const whole = Math.ceil(cost)
    if (whole > this.#limit) return Number.POSITIVE_INFINITY
    let start = Math.max(now, this.#latest)
    this.#expire(start)
    let used = this.#used
    for (let at = this.#from; used + whole > this.#limit; at++) {
      const entry = this.#entries[at - this.#removed] as LogTaking
      used -= entry.cost
      start = entry.time + this.#per
    }
    return start - now
  }

  take(now: Milliseconds, wait: Milliseconds, cost: number): void {
    this.#forget(now)
    const whole = Math.ceil(cost)
    this.#entries.push({ time: now + wait, cost: whole })
    this.#used += whole
  }

  mark(): number {
    return this.#removed + this.#entries.length
  }

  restore(mark: number): void {
    this.#entries.length = Math.max(0, mark - this.#removed)
    this.#recount()
  }

  permits(now: Milliseconds): number {
    if (this.#latest > now) return 0
    this.#expire(now)
    return Math.max(0, this.#limit - this.#used)
  }

  reset(now: Milliseconds): Milliseconds {
    return Math.max(0, this.#latest + this.#per - now)
  }

  update({ limit, per }: RateLimits): void {
    this.#limit = limit
    this.#per = per
    this.#recount()
  }

  get #latest(): Milliseconds {
    return this.#entries.at(-1)?.time ?? Number.NEGATIVE_INFINITY
  }

  /** Nothing starts before `time` any more. */
  #expire(time: Milliseconds): void {
    for (;;) {
      const entry = this.#entries[this.#from - this.#removed]
      if (entry === undefined || entry.time > time - this.#per) return
      this.#used -= entry.cost
      this.#from++
    }
  }

  /** Removes entries from before the period that ends now, many at a time. */
  #forget(now: Milliseconds): void {
    const half = this.#entries.length >> 1
    const middle = this.#entries[half]
    if (middle === undefined || middle.time > now - this.#per) return
    this.#entries.splice(0, half + 1)
    this.#removed += half + 1
  }

  #recount(): void {
    this.#from = this.#removed
    this.#used = this.#entries.reduce((sum, { cost }) => sum + cost, 0)
    this.#expire(this.#latest)
  }
}
