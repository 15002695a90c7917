/**
 * The results of the latest `length` ms, in ten buckets.
 *
 * Invariant: bucket k holds the results from `anchor + k * width` on, the newest bucket is the last one rolled to, and
 * time never rolls backwards: a clock that steps back adds to the newest bucket and drops nothing.
 * O(1) a record, integers only. Windowed ratio as in Polly and linkerd; the anchor moves by whole buckets.
 */
import type { SavedResults, Window } from './window.ts'

const buckets = 10

interface Bucket {
  total: number
  bad: number
  since: number
}

export class TimeWindow implements Window {
  readonly dated = true
  readonly #width: number
  /** Per bucket: results, bad ones, and when the first bad one was. Made by the first record. */
  #ring: Bucket[] | undefined = undefined
  #newest = 0
  /** The newest bucket, once there is one. */
  #bucket: Bucket | undefined = undefined
  #start = Number.NEGATIVE_INFINITY
  total = 0
  bad = 0

  constructor(length: number) {
    // Never zero, however short the window.
    this.#width = Math.max(length / buckets, Number.MIN_VALUE)
  }

  record(bad: boolean, now: number, since: number): void {
    if (this.#ring === undefined || now - this.#start >= this.#width) this.#roll(now)
    const bucket = this.#bucket as Bucket
    bucket.total++
    this.total++
    if (!bad) return
    if (bucket.bad === 0) bucket.since = since
    bucket.bad++
    this.bad++
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
      // The first one places the buckets; half a width on, the others fall into the right one whatever is rounded.
      this.#roll(this.#ring === undefined ? now - age : Math.max(this.#start, now - age + this.#width / 2))
      const bucket = this.#bucket as Bucket
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
        this.#drop(ring[this.#newest] as Bucket)
      }
      this.#start += steps * this.#width
    }
    this.#bucket = ring[this.#newest]
  }

  #drop(bucket: Bucket): void {
    this.total -= bucket.total
    this.bad -= bucket.bad
    bucket.total = bucket.bad = 0
  }
}
