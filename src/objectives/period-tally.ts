/**
 * Counts since the beginning of the calendar's period, to the batch. Invariant: they are those of one period, the latest
 * that anything was added to; a rolling period has none.
 */

import type { TrackerState } from '../availability/state/tracker-state.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Period, PeriodBounds } from './period.ts'

export class PeriodTally {
  readonly #ledger: TrackerState
  readonly #period: Period
  #counts = [0, 0, 0]
  /** When its period begins, by the wall clock. */
  #fromAt: Milliseconds | null = null

  constructor(ledger: TrackerState, period: Period) {
    this.#ledger = ledger
    this.#period = period
  }

  /** Adds what came at an instant. */
  add(time: number, counts: readonly number[]): void {
    if (this.#period.options.calendar === null) return
    this.#open(time)
    this.#counts = this.#counts.map((count, column) => count + (counts[column] as number))
  }

  /** Adds to the last column what `amountIn` says of the part of [from, to) that lies in the period of `to`. */
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
    return this.#period.at(this.#ledger.time, time)
  }

  #open(time: number): PeriodBounds {
    const bounds = this.#bounds(time)
    if (bounds.fromAt !== this.#fromAt) this.#counts = [0, 0, 0]
    this.#fromAt = bounds.fromAt
    return bounds
  }
}
