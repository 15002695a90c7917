/**
 * Counts since the beginning of the calendar period, to the batch. Invariant: they belong to one period, the latest one that
 * anything was added to; for a rolling period there are none.
 */

import type { TrackerState } from '../availability/state/tracker-state.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Period, PeriodBounds } from './period.ts'

export class PeriodTally {
  readonly #tracker: TrackerState
  readonly #period: Period
  #counts = [0, 0, 0]
  /** The beginning of their period, by the wall clock. */
  #fromAt: Milliseconds | null = null

  constructor(tracker: TrackerState, period: Period) {
    this.#tracker = tracker
    this.#period = period
  }

  /** Adds counts at an instant. */
  add(time: number, counts: readonly number[]): void {
    if (this.#period.options.calendar === null) return
    this.#open(time)
    this.#counts = this.#counts.map((count, column) => count + (counts[column] as number))
  }

  /** Adds to the last column the amount `amountIn` gives for the part of [from, to) in the period of `to`. */
  addTime(from: number, to: number, amountIn: (from: number, to: number) => number): void {
    if (this.#period.options.calendar === null) return
    const start = Math.max(from, this.#open(to).from)
    const [good, bad, silent] = this.#counts as [number, number, number]
    this.#counts = [good, bad, silent + amountIn(start, Math.max(start, to))]
  }

  /** As of `now`. */
  at(now: number): readonly number[] {
    return this.#fromAt === this.#bounds(now).fromAt ? this.#counts : [0, 0, 0]
  }

  save(): { readonly tally: readonly number[]; readonly fromAt: Milliseconds | null } {
    return { tally: this.#counts, fromAt: this.#fromAt }
  }

  restore({ tally, fromAt }: ReturnType<PeriodTally['save']>): void {
    this.#counts = [...tally]
    this.#fromAt = fromAt
  }

  #bounds(time: number): PeriodBounds {
    return this.#period.at(this.#tracker.time, time)
  }

  #open(time: number): PeriodBounds {
    const bounds = this.#bounds(time)
    if (bounds.fromAt !== this.#fromAt) this.#counts = [0, 0, 0]
    this.#fromAt = bounds.fromAt
    return bounds
  }
}
