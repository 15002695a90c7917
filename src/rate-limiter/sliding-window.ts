/**
 * Sliding window by two counters: the calls of the last window count by the share of it that is still inside.
 *
 * Windows are aligned to multiples of their length. The estimate is `previous * (1 - elapsed / length) + current`, not rounded: with
 * rounding a limit of 1 would never pass. The wait solves the estimate for time, in this window or the next. Source: Cloudflare, 2017.
 *
 * What waits is counted in the window in which it starts, so there may be counts of future windows.
 */
import type { Milliseconds } from '../core/duration.ts'
import { type RateAlgorithm, type RateLimits, tolerance } from './rate-algorithm.ts'

interface WindowMark {
  readonly latest: Milliseconds
  readonly count: number
}

export class SlidingWindow implements RateAlgorithm<WindowMark> {
  #limit = 0
  #length = 0
  /** The counts of windows one after the other, the first of them that of window `#first`. */
  #counts: number[] = []
  #first = 0
  /** When the latest call starts that was taken. */
  #latest = Number.NEGATIVE_INFINITY

  constructor({ limit, per }: RateLimits) {
    this.#limit = limit
    this.#length = per
  }

  wait(now: Milliseconds, cost: number): Milliseconds {
    if (cost > this.#limit) return Number.POSITIVE_INFINITY
    const from = Math.max(now, this.#latest)
    const window = this.#windowOf(from)
    const previous = this.#countOf(window - 1)
    const current = this.#countOf(window)
    const free = this.#limit - current - cost
    if (this.#inside(previous, from) <= free + tolerance) return from - now
    const share = free >= 0 ? 1 - free / previous : 1 + Math.max(0, 1 - (this.#limit - cost) / current)
    return (window + share) * this.#length - now
  }

  take(now: Milliseconds, wait: Milliseconds, cost: number): void {
    const before = this.#windowOf(now) - 1
    if (this.#counts.length === 0) this.#first = before
    else if (before > this.#first) {
      this.#counts.splice(0, before - this.#first)
      this.#first = before
    }
    this.#latest = now + wait
    const place = this.#windowOf(this.#latest) - this.#first
    while (this.#counts.length <= place) this.#counts.push(0)
    ;(this.#counts[place] as number) += cost
  }

  mark(): WindowMark {
    return { latest: this.#latest, count: this.#countOf(this.#windowOf(this.#latest)) }
  }

  restore({ latest, count }: WindowMark): void {
    const place = this.#windowOf(latest) - this.#first
    this.#counts.length = Math.min(this.#counts.length, Math.max(0, place + 1))
    if (place >= 0) this.#counts[place] = count
    this.#latest = latest
  }

  permits(now: Milliseconds): number {
    if (this.#latest > now) return 0
    const window = this.#windowOf(now)
    return Math.max(0, this.#limit - this.#inside(this.#countOf(window - 1), now) - this.#countOf(window))
  }

  reset(now: Milliseconds): Milliseconds {
    const last = this.#first + this.#counts.findLastIndex((count) => count > 0)
    return last < this.#first ? 0 : Math.max(0, (last + 2) * this.#length - now)
  }

  /** Counts stay. With another length the estimate of now becomes the count of the present window. */
  update({ limit, per }: RateLimits, now: Milliseconds): void {
    if (per !== this.#length) {
      const window = this.#windowOf(now)
      const used = this.#inside(this.#countOf(window - 1), now) + this.#countOf(window)
      this.#length = per
      this.#first = this.#windowOf(now)
      this.#counts = [used]
    }
    this.#limit = limit
  }

  #windowOf(time: Milliseconds): number {
    return Math.floor(time / this.#length)
  }

  #countOf(window: number): number {
    return this.#counts[window - this.#first] ?? 0
  }

  /** What of the count of the window before is still inside at `time`. */
  #inside(previous: number, time: Milliseconds): number {
    return previous * (1 - time / this.#length + this.#windowOf(time))
  }
}
