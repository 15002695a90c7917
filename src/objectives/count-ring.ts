/**
 * Counts over time in several resolutions, so that windows from minutes to a month cost a few kB.
 *
 * Each level is a ring of buckets of equal width. Adding changes one cell a level. A window is summed in the finest level
 * that spans it, and its oldest bucket counts by the share inside the window, so a sum is off by less than one bucket.
 * Invariants: bucket k of a level has the counts of [anchor + k * width, + width); the newest `buckets` complete ones and the
 * current one are kept; all cells of a column are sums of added amounts, so integers stay integers.
 * Pure: time is an argument.
 */
import type { Milliseconds } from '../core/duration.ts'
import { scaleOf } from './burn-tiers.ts'

export interface Level {
  readonly width: Milliseconds
  readonly buckets: number
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/**
 * For 30 days: 5 min by 10 s, 1 h by 1 min, 6 h by 5 min, 3 d by 1 h and 30 d by 6 h, in all 354 buckets. A shorter period
 * shrinks all of them, a longer one widens the last; a shorter window in `windows` gets its own level.
 */
export function levelsFor(period: Milliseconds, windows: readonly Milliseconds[]): readonly Level[] {
  const scale = scaleOf(period)
  const widest = hour * scale * Math.max(1, Math.ceil(period / (120 * hour * scale) - 1e-9))
  const finer = [...new Set(windows)].filter((window) => window < 5 * minute * scale * (1 - 1e-9)).sort((a, b) => a - b)
  return [
    ...finer.map((window) => ({ width: window / 30, buckets: 30 })),
    { width: 10 * second * scale, buckets: 30 },
    { width: minute * scale, buckets: 60 },
    { width: 5 * minute * scale, buckets: 72 },
    { width: hour * scale, buckets: 72 },
    { width: widest, buckets: Math.ceil(period / widest - 1e-9) },
  ]
}

interface Ring {
  readonly width: number
  /** The number of buckets, including the current one. */
  readonly slots: number
  readonly span: number
  /** The index of its first cell. */
  readonly at: number
  /** The newest bucket. */
  head: number
}

export class CountRing {
  readonly #anchor: number
  readonly #since: number
  readonly #columns: number
  readonly #rings: readonly Ring[]
  readonly #cells: Float64Array

  /** The first bucket begins at `anchor`; `since`, at or after it, is where counting began. */
  constructor(levels: readonly Level[], columns: number, anchor: number, since: number) {
    this.#anchor = anchor
    this.#since = since
    this.#columns = columns
    let at = 0
    this.#rings = levels.map(({ width, buckets }) => {
      const ring = { width, slots: buckets + 1, span: width * buckets, at, head: 0 }
      at += ring.slots * columns
      return ring
    })
    this.#cells = new Float64Array(at)
  }

  get bytes(): number {
    return this.#cells.byteLength
  }

  save(): { readonly heads: readonly number[]; readonly cells: readonly number[] } {
    return { heads: this.#rings.map(({ head }) => head), cells: [...this.#cells] }
  }

  /** Restores the result of `save` of a ring with the same levels, columns and anchor. */
  restore({ heads, cells }: ReturnType<CountRing['save']>): void {
    for (const [index, ring] of this.#rings.entries()) ring.head = heads[index] as number
    this.#cells.set(cells)
  }

  /** Adds `amount` to a column at an instant, which may be slightly before the latest one. */
  add(column: number, time: number, amount: number): void {
    for (const ring of this.#rings) this.#put(ring, column, this.#bucketOf(ring, time), amount)
  }

  /** Adds to each bucket that overlaps [from, to) the amount `amountIn` gives for the overlap. */
  spread(column: number, from: number, to: number, amountIn: (from: number, to: number) => number): void {
    for (const ring of this.#rings) {
      const last = this.#bucketOf(ring, to)
      for (let bucket = Math.max(this.#bucketOf(ring, from), last - ring.slots + 1); bucket <= last; bucket++) {
        const start = Math.max(from, this.#startOf(ring, bucket))
        const end = Math.min(to, this.#startOf(ring, bucket + 1))
        if (end > start) this.#put(ring, column, bucket, amountIn(start, end))
      }
    }
  }

  /** The sums of all columns in the `length` ms before `now`, which is not before what was added. */
  totals(now: number, length: Milliseconds): number[] {
    const spans = ({ span }: Ring): boolean => span >= length * (1 - 1e-9)
    const ring = this.#rings.find(spans) ?? (this.#rings.at(-1) as Ring)
    const totals = new Array<number>(this.#columns).fill(0)
    const from = Math.max(now - length, this.#since)
    const first = this.#bucketOf(ring, from)
    const last = Math.min(ring.head, this.#bucketOf(ring, now))
    for (let bucket = Math.max(first, ring.head - ring.slots + 1); bucket <= last; bucket++) {
      let part = 1
      if (bucket === first) {
        const start = Math.max(this.#startOf(ring, bucket), this.#since)
        const end = Math.min(this.#startOf(ring, bucket + 1), now)
        part = from <= start ? 1 : Math.max(0, (end - from) / (end - start))
      }
      const cell = ring.at + (bucket % ring.slots) * this.#columns
      for (let column = 0; column < this.#columns; column++) {
        totals[column] = (totals[column] as number) + part * (this.#cells[cell + column] as number)
      }
    }
    return totals
  }

  #bucketOf({ width }: Ring, time: number): number {
    return Math.max(0, Math.floor((time - this.#anchor) / width))
  }

  #startOf({ width }: Ring, bucket: number): number {
    return this.#anchor + bucket * width
  }

  #put(ring: Ring, column: number, bucket: number, amount: number): void {
    const { slots, at } = ring
    if (bucket <= ring.head - slots) return
    if (bucket > ring.head) {
      for (let fresh = Math.max(ring.head + 1, bucket - slots + 1); fresh <= bucket; fresh++) {
        const cell = at + (fresh % slots) * this.#columns
        this.#cells.fill(0, cell, cell + this.#columns)
      }
      ring.head = bucket
    }
    const cell = at + (bucket % slots) * this.#columns + column
    this.#cells[cell] = (this.#cells[cell] as number) + amount
  }
}
