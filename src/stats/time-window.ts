/**
 * The results of the latest `length` ms, in ten buckets.
 *
 * Invariant: bucket k holds the results from `anchor + k * width` on, the newest bucket is the last one rolled to, and
 * time never rolls backwards: after a clock has stepped back, results are added to the newest bucket and none is dropped.
 * O(1) a record, integers only. Windowed ratio as in Polly and linkerd; the anchor moves by whole buckets.
 */
import type { ResultWindow, SavedResults } from './result-window.ts'

const buckets = 10

interface WindowBucket {
  total: number
  bad: number
  since: number
}

export class TimeWindow implements ResultWindow {
  readonly dated = true
  readonly #width: number
  /** For each bucket: results, bad ones, and the time of the first bad one. Created by the first record. */
  #ring: WindowBucket[] | undefined = undefined
  #newest = 0
  /** The newest bucket, once there is one. */
  #bucket: WindowBucket | undefined = undefined
  #start = Number.NEGATIVE_INFINITY
  total = 0
  bad = 0

  constructor(length: number) {
    // Never zero, however short the window.
    this.#width = Math.max(length / buckets, Number.MIN_VALUE)
  }

  record(bad: boolean, now: number, since: number): void {
    if (this.#ring === undefined || now - this.#start >= this.#width) this.#roll(now)
    const bucket = this.#bucket as WindowBucket
    bucket.total++
    this.total++
    if (!bad) return
    if (bucket.bad === 0) bucket.since = since
    bucket.bad++
    this.bad++
  }

  /** Drops what is too old at `now`. */
  age(now: number): void {
    if (this.#ring !== undefined && now - this.#start >= this.#width) this.#roll(now)
  }

  firstBad(otherwise: number): number {
    for (let i = 1; i <= buckets; i++) {
      const bucket = this.#ring?.[(this.#newest + i) % buckets]
      if (bucket !== undefined && bucket.bad > 0) return bucket.since
    }
    return otherwise
  }

  clear(): void {
    this.#ring = undefined
    this.#start = Number.NEGATIVE_INFINITY
    this.total = this.bad = 0
  }

  saved(now: number): readonly SavedResults[] {
    const saved: SavedResults[] = []
    for (let back = buckets - 1; back >= 0; back--) {
      const bucket = this.#ring?.[(this.#newest + buckets - back) % buckets]
      if (bucket === undefined || bucket.total === 0) continue
      const { total, bad, since } = bucket
      const age = Math.max(0, now - (this.#start - back * this.#width))
      saved.push({ age, good: total - bad, bad, badAge: bad > 0 ? Math.max(0, now - since) : age })
    }
    return saved
  }

  restore(saved: readonly SavedResults[], now: number): void {
    for (const { age, good, bad, badAge } of saved) {
      // The first one sets where buckets begin; half a width later, the others fall into the right one despite rounding.
      this.#roll(this.#ring === undefined ? now - age : Math.max(this.#start, now - age + this.#width / 2))
      const bucket = this.#bucket as WindowBucket
      if (bucket.bad === 0) bucket.since = now - badAge
      bucket.total += good + bad
      bucket.bad += bad
      this.total += good + bad
      this.bad += bad
    }
  }

  #roll(now: number): void {
    this.#ring ??= Array.from({ length: buckets }, () => ({ total: 0, bad: 0, since: 0 }))
    const ring = this.#ring
    const steps = Math.floor((now - this.#start) / this.#width)
    if (steps >= buckets) {
      for (const bucket of ring) this.#drop(bucket)
      this.#start = now
    } else {
      for (let i = 0; i < steps; i++) {
        this.#newest = (this.#newest + 1) % buckets
        this.#drop(ring[this.#newest] as WindowBucket)
      }
      this.#start += steps * this.#width
    }
    this.#bucket = ring[this.#newest]
  }

  #drop(bucket: WindowBucket): void {
    this.total -= bucket.total
    this.bad -= bucket.bad
    bucket.total = bucket.bad = 0
  }
}
