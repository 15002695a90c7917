/**
 * Time as the indicator, read off a component's timeline: nothing is counted, so what is told late is in it too.
 *
 * Slices are judged in bulk where nothing changes: a stretch is halved until it is of one kind or one slice. O(k log n)
 * for k changes in n slices.
 */

import { type Sums, sumsOf } from '../availability/accounting/sums.ts'
import type { TrackerState } from '../availability/state/tracker-state.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { IndicatorReading, Measure } from './measure.ts'
import type { Period } from './period.ts'

/** A millionth of a second: sums of clock readings are not exact. */
const exact = 1e-3

/** The accounts of one component, by name: it may not be there yet. */
export class Account {
  readonly #ledger: TrackerState
  readonly #name: string

  constructor(ledger: TrackerState, component: string) {
    this.#ledger = ledger
    this.#name = component
  }

  sums(from: number, to: number, now: number): Sums {
    const { timeline } = this.#ledger.known(this.#name).history
    return sumsOf(timeline, this.#ledger.accounting, from, to, now)
  }
}

export class TimeMeasure implements Measure {
  protected readonly account: Account
  readonly #ledger: TrackerState
  readonly #period: Period
  readonly #began: number

  constructor(ledger: TrackerState, component: string, period: Period) {
    this.account = new Account(ledger, component)
    this.#ledger = ledger
    this.#period = period
    this.#began = ledger.now()
  }

  read(now: number, length: Milliseconds): IndicatorReading {
    return this.between(now - length, now)
  }

  inPeriod(now: number): IndicatorReading {
    return this.between(this.#period.at(this.#ledger.time, now).from, now)
  }

  lifetime(now: number): Pick<IndicatorReading, 'good' | 'bad'> {
    return this.between(this.#began, now)
  }

  settle(): void {}

  between(from: number, to: number): IndicatorReading {
    const { operating, lost } = this.account.sums(from, to, to)
    return { good: operating, bad: lost, absent: 0, observed: operating + lost }
  }
}

/** What a slice counts for, by the part of it that was good. */
export type Judge = (ratio: number) => number

export class TimeSlices extends TimeMeasure {
  readonly #slice: Milliseconds
  readonly #judge: Judge
  /** Where one of the slices begins. */
  readonly #anchor: number

  constructor(
    ledger: TrackerState,
    component: string,
    period: Period,
    slice: Milliseconds,
    judge: Judge,
    anchor: number,
  ) {
    super(ledger, component, period)
    this.#slice = slice
    this.#judge = judge
    this.#anchor = anchor
  }

  /** The slices that ended in it. One nothing is known of does not count. */
  override between(from: number, to: number): IndicatorReading {
    const slice = this.#slice
    const first = Math.floor((from - this.#anchor) / slice + 1e-9)
    const last = Math.floor((to - this.#anchor) / slice + 1e-9)
    const sums = { good: 0, bad: 0 }
    this.#count(first, last, to, sums)
    const { good, bad } = sums
    return { good, bad, absent: 0, observed: (good + bad) * slice }
  }

  #count(first: number, last: number, now: number, into: { good: number; bad: number }): void {
    const slice = this.#slice
    const start = this.#anchor + first * slice
    const length = (last - first) * slice
    const { operating, lost } = this.account.sums(start, start + length, now)
    const observed = operating + lost
    if (observed <= exact) return
    const pure = Math.max(operating, lost) >= length - exact
    if (!pure && last - first > 1) {
      const middle = Math.floor((first + last) / 2)
      this.#count(first, middle, now, into)
      this.#count(middle, last, now, into)
      return
    }
    const worth = this.#judge(operating / observed)
    into.good += worth * (last - first)
    into.bad += (1 - worth) * (last - first)
  }
}
