/**
 * What is too old to be kept as transitions: how long each state lasted, hour by hour, and later day by day.
 *
 * A stretch in which nothing changed is one bucket, however long. Sums are exact where a window ends on the edge of a
 * bucket, or in one without a change; else the bucket is taken in proportion, and `precision` says how long it is.
 * Invariants: buckets adjoin, oldest first, and an archive never changes: it is replaced by one that knows more.
 */
import type { Milliseconds } from '../../core/duration.ts'
import { type Bucket, type BucketCounts, isPure, outside, piece, stateOf, united } from './bucket.ts'
import { type Code, UNKNOWN } from './states.ts'

/** An outage that is over. */
export interface EndedOutage {
  readonly start: number
  readonly end: number
  readonly net: Milliseconds
  /** Its beginning was not seen. */
  readonly startCensored: boolean
}

export type ArchiveSlice = Pick<Bucket, 'from' | 'to' | 'times'>

const hour = 3_600_000
const day = 24 * hour
/** Hours kept as hours at least: three months. */
const keptHours = 90 * 24
/** Days kept at most: ten years. */
const keptDays = 3660

export class Archive {
  readonly buckets: readonly Bucket[]
  /** The end of what it knows. */
  readonly until: number
  /** How far the wall clock is ahead of the tracker's time: buckets are hours and days of UTC. */
  readonly phase: number

  constructor(phase: number, until: number, buckets: readonly Bucket[] = []) {
    this.phase = phase
    this.until = until
    this.buckets = buckets
  }

  /** The last full hour at or before an instant. */
  edge(time: number): number {
    return floor(time, hour, this.phase)
  }

  /** One that goes on to `until`, with the outages that are over by then. */
  grown(slices: readonly ArchiveSlice[], ended: readonly EndedOutage[], until: number): Archive {
    const buckets = [...this.buckets]
    for (const slice of slices) this.#put(buckets, { ...slice, failures: 0, restorations: 0, restoring: 0 })
    count(buckets, ended)
    return new Archive(this.phase, until, buckets.length > keptDays + 2 * keptHours ? this.#thin(buckets) : buckets)
  }

  /** What of it lies in [from, `until`), all but some spans as time outside. */
  within(spans: readonly (readonly [from: number, to: number])[], from: number): Archive {
    const pieces: Bucket[] = []
    for (const bucket of this.buckets) {
      if (bucket.to <= from) continue
      let at = bucket.from
      for (const [opens, shuts] of spans) {
        const [start, end] = [Math.max(at, opens), Math.min(bucket.to, shuts)]
        if (start >= end) continue
        if (start > at) pieces.push(outside(at, start))
        pieces.push(piece(bucket, start, end))
        at = end
      }
      if (at < bucket.to) pieces.push(outside(at, bucket.to))
    }
    return new Archive(this.phase, this.until, pieces)
  }

  /** The state at an instant, where it is known. */
  at(time: number): Code {
    const bucket = this.buckets[firstOf(this.buckets, ({ to }) => to > time)]
    return bucket !== undefined && bucket.from <= time && isPure(bucket) ? stateOf(bucket) : UNKNOWN
  }

  /** Adds the milliseconds in each state in [from, to), by code. */
  addTotals(totals: number[], from: number, to: number): void {
    let known = 0
    for (const [bucket, share] of this.#in(from, to)) {
      for (const [code, time] of bucket.times.entries()) totals[code] = (totals[code] as number) + share * time
      known += Math.min(to, bucket.to) - Math.max(from, bucket.from)
    }
    totals[UNKNOWN] = (totals[UNKNOWN] as number) + (to - from - known)
  }

  counts(from: number, to: number): BucketCounts {
    const counts = { failures: 0, restorations: 0, restoring: 0 }
    for (const bucket of this.buckets) {
      // Where nothing changes, an outage begins at the beginning and ends at the end. Any other bucket that is cut counts
      // where its middle is, so that windows still add up.
      const middle = (bucket.from + bucket.to) / 2
      const [begun, ended] = isPure(bucket) ? [bucket.from, bucket.to] : [middle, middle]
      if (begun >= from && begun < to) counts.failures += bucket.failures
      if (ended <= from || ended > to) continue
      counts.restorations += bucket.restorations
      counts.restoring += bucket.restoring
    }
    return counts
  }

  /** The length of the longest bucket that a window cuts; 0 where its sums are exact. */
  precision(from: number, to: number): Milliseconds {
    let longest = 0
    for (const [bucket, share] of this.#in(from, to)) {
      if (share < 1 && !isPure(bucket)) longest = Math.max(longest, bucket.to - bucket.from)
      longest = Math.max(longest, bucket.smeared ?? 0)
    }
    return longest
  }

  *#in(from: number, to: number): Iterable<readonly [Bucket, number]> {
    for (let index = firstOf(this.buckets, (bucket) => bucket.to > from); index < this.buckets.length; index++) {
      const bucket = this.buckets[index] as Bucket
      const length = Math.min(to, bucket.to) - Math.max(from, bucket.from)
      if (length <= 0) return
      yield [bucket, length / (bucket.to - bucket.from)]
    }
  }

  /** Puts one at the end, united with the last where both are one hour or one state. */
  #put(buckets: Bucket[], bucket: Bucket): void {
    const last = buckets.at(-1)
    const sameState = (one: Bucket): boolean => isPure(one) && isPure(bucket) && stateOf(one) === stateOf(bucket)
    if (last !== undefined && (bucket.to <= this.edge(last.from) + hour || sameState(last))) {
      buckets[buckets.length - 1] = united(last, bucket)
    } else buckets.push(bucket)
  }

  /** The oldest hours become days, the oldest days go. */
  #thin(buckets: readonly Bucket[]): readonly Bucket[] {
    const days: Bucket[] = []
    for (const bucket of buckets.slice(0, -keptHours)) {
      const last = days.at(-1)
      const sameDay = last !== undefined && bucket.to <= floor(last.from, day, this.phase) + day
      if (sameDay) days.pop()
      days.push(sameDay ? united(last, bucket) : bucket)
    }
    return [...days.slice(-keptDays), ...buckets.slice(-keptHours)]
  }
}

function floor(time: number, unit: number, phase: number): number {
  return Math.floor((time + phase) / unit) * unit - phase
}

/** The first index from which on `holds`. */
function firstOf(buckets: readonly Bucket[], holds: (bucket: Bucket) => boolean): number {
  let low = 0
  let high = buckets.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(buckets[middle] as Bucket)) high = middle
    else low = middle + 1
  }
  return low
}

/** Counts each beginning and each end in its bucket. */
function count(buckets: Bucket[], ended: readonly EndedOutage[]): void {
  const counts = new Map<number, { failures: number; restorations: number; restoring: number }>()
  const at = (index: number) => {
    let found = counts.get(index)
    if (found === undefined) {
      found = { failures: 0, restorations: 0, restoring: 0 }
      counts.set(index, found)
    }
    return found
  }
  for (const { start, end, net, startCensored } of ended) {
    if (!startCensored) at(firstOf(buckets, ({ to }) => to > start)).failures++
    const last = at(firstOf(buckets, ({ to }) => to >= end))
    last.restorations++
    last.restoring += net
  }
  for (const [index, { failures, restorations, restoring }] of counts) {
    const bucket = buckets[index] as Bucket
    buckets[index] = {
      ...bucket,
      failures: bucket.failures + failures,
      restorations: bucket.restorations + restorations,
      restoring: bucket.restoring + restoring,
    }
  }
}
