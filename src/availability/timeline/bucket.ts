/** A stretch of time of which only sums are known. */
import type { Milliseconds } from '../../core/duration.ts'
import { type Code, OUTSIDE } from './states.ts'

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
  /** The length of the bucket it was cut out of, where that was done in proportion. */
  readonly smeared?: Milliseconds
}

/** What was counted beside the time. */
export type BucketCounts = Pick<Bucket, 'failures' | 'restorations' | 'restoring'>

/** Nothing changed in it. */
export function isPure({ times }: Bucket): boolean {
  return times.filter((time) => time > 0).length === 1
}

export function stateOf({ times }: Bucket): Code {
  return times.findIndex((time) => time > 0)
}

export function united(a: Bucket, b: Bucket): Bucket {
  return {
    from: a.from,
    to: b.to,
    times: a.times.map((time, code) => time + (b.times[code] as number)),
    failures: a.failures + b.failures,
    restorations: a.restorations + b.restorations,
    restoring: a.restoring + b.restoring,
  }
}

export function outside(from: number, to: number): Bucket {
  const times = Array.from({ length: OUTSIDE + 1 }, (_, code) => (code === OUTSIDE ? to - from : 0))
  return { from, to, times, failures: 0, restorations: 0, restoring: 0 }
}

/** Its counts go where its middle is; where nothing changed in it, to its first and its last piece. */
export function piece(bucket: Bucket, from: number, to: number): Bucket {
  const share = (to - from) / (bucket.to - bucket.from)
  const middle = (bucket.from + bucket.to) / 2
  const [begun, ended] = isPure(bucket) ? [bucket.from, bucket.to] : [middle, middle]
  const begins = begun >= from && begun < to
  const ends = ended > from && ended <= to
  return {
    from,
    to,
    times: bucket.times.map((time) => share * time),
    failures: begins ? bucket.failures : 0,
    restorations: ends ? bucket.restorations : 0,
    restoring: ends ? bucket.restoring : 0,
    ...(share < 1 && !isPure(bucket) && { smeared: bucket.to - bucket.from }),
  }
}
