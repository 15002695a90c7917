/**
 * What is too old to be kept as transitions: how long each state lasted, hour by hour, and later day by day.
 *
 * A stretch in which nothing changed is one bucket, however long. Sums are exact where a window ends on the edge of a
 * bucket, or in one without a change; else the bucket is taken in proportion, and `precision` says how long it is.
 * Invariant: buckets adjoin, oldest first.
 */
import type { Milliseconds } from '../../core/duration.ts'

/** What happened in [from, to). */
export interface Bucket {
  readonly from: number
  readonly to: number
  /** Milliseconds in each state, by code. */
  readonly times: readonly number[]
  /** Outages that began in it, and were seen to. */
  readonly failures: number
  /** Outages that ended in (from, to]. */
  readonly restorations: number
  /** Time down in those that ended. */
  readonly restoring: Milliseconds
  /** The longest of those. */
  readonly longest: Milliseconds
}

/** What was counted beside the time. */
export type Counts = Pick<Bucket, 'failures' | 'restorations' | 'restoring' | 'longest'>

const hour = 3_600_000
const day = 24 * hour
/** Hours kept as hours at least: three months. */
const keptHours = 90 * 24
/** Days kept at most: ten years. */
const keptDays = 3660

export class Archive {
  #buckets: Bucket[]
  /** How far the wall clock is ahead of the tracker's time: buckets are hours and days of UTC. */
  readonly #phase: number

  constructor(phase: number, buckets: readonly Bucket[] = []) {
    this.#phase = phase
    this.#buckets = [...buckets]
  }

  get buckets(): readonly Bucket[] {
    return this.#buckets
  }

  /** The end of what it knows. */
  get until(): number {
    return this.#buckets.at(-1)?.to ?? Number.NEGATIVE_INFINITY
  }

  /** The last full hour at or before an instant. */
  edge(time: number): number {
    return floor(time, hour, this.#phase)
  }

  add(bucket: Bucket): void {
    const last = this.#buckets.at(-1)
    if (last !== undefined && isPlain(last) && isPlain(bucket) && stateOf(last) === stateOf(bucket)) {
      this.#buckets[this.#buckets.length - 1] = united(last, bucket)
      return
    }
    this.#buckets.push(bucket)
    if (this.#buckets.length > keptDays + 2 * keptHours) this.#thin()
  }

  /** Adds the milliseconds in each state in [from, to), by code. */
  addTotals(totals: number[], from: number, to: number): void {
    for (const [bucket, share] of this.#in(from, to)) {
      for (const [code, time] of bucket.times.entries()) totals[code] = (totals[code] as number) + share * time
    }
  }

  counts(from: number, to: number): Counts {
    const counts = { failures: 0, restorations: 0, restoring: 0, longest: 0 }
    for (const bucket of this.#buckets) {
      // One that is cut counts where its middle is, so that windows still add up.
      const middle = (bucket.from + bucket.to) / 2
      if (middle < from || middle >= to) continue
      counts.failures += bucket.failures
      counts.restorations += bucket.restorations
      counts.restoring += bucket.restoring
      counts.longest = Math.max(counts.longest, bucket.longest)
    }
    return counts
  }

  /** The length of the longest bucket that a window cuts; 0 where its sums are exact. */
  precision(from: number, to: number): Milliseconds {
    let longest = 0
    for (const [bucket, share] of this.#in(from, to)) {
      if (share < 1 && !isPlain(bucket)) longest = Math.max(longest, bucket.to - bucket.from)
    }
    return longest
  }

  *#in(from: number, to: number): Iterable<readonly [Bucket, number]> {
    for (const bucket of this.#buckets) {
      const length = Math.min(to, bucket.to) - Math.max(from, bucket.from)
      if (length > 0) yield [bucket, length / (bucket.to - bucket.from)]
    }
  }

  /** The oldest hours become days, the oldest days go. */
  #thin(): void {
    const days: Bucket[] = []
    const hours = this.#buckets.slice(-keptHours)
    for (const bucket of this.#buckets.slice(0, -keptHours)) {
      const last = days.at(-1)
      const sameDay = last !== undefined && this.#dayOf(last.from) === this.#dayOf(bucket.to - 1)
      if (sameDay) days.pop()
      days.push(sameDay ? united(last, bucket) : bucket)
    }
    this.#buckets = [...days.slice(-keptDays), ...hours]
  }

  #dayOf(time: number): number {
    return floor(time, day, this.#phase)
  }
}

function floor(time: number, unit: number, phase: number): number {
  return Math.floor((time + phase) / unit) * unit - phase
}

/** Nothing changed in it. */
function isPlain({ times, failures, restorations }: Bucket): boolean {
  return failures === 0 && restorations === 0 && times.filter((time) => time > 0).length === 1
}

function stateOf({ times }: Bucket): number {
  return times.findIndex((time) => time > 0)
}

function united(a: Bucket, b: Bucket): Bucket {
  return {
    from: a.from,
    to: b.to,
    times: a.times.map((time, code) => time + (b.times[code] as number)),
    failures: a.failures + b.failures,
    restorations: a.restorations + b.restorations,
    restoring: a.restoring + b.restoring,
    longest: Math.max(a.longest, b.longest),
  }
}
