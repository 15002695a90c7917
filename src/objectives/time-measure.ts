/**
 * Time as the indicator, read from a component's timeline: nothing is counted, so states recorded late are included.
 *
 * Slices without changes are judged in bulk: a range is halved until it has one state or one slice. O(k log n) for k
 * changes in n slices.
 */

import type { TrackerState } from '../availability/state/tracker-state.ts'
import type { Milliseconds } from '../core/duration.ts'
import { ComponentSums } from './component-sums.ts'
import type { IndicatorReading, Measure } from './measure.ts'
import type { Period } from './period.ts'

/** In ms; a tolerance, because sums of clock readings are not exact. */
const exact = 1e-3

export class TimeMeasure implements Measure {
  protected readonly component: ComponentSums
  readonly #tracker: TrackerState
  readonly #period: Period
  readonly #began: number

  constructor(tracker: TrackerState, component: string, period: Period) {
    this.component = new ComponentSums(tracker, component)
    this.#tracker = tracker
    this.#period = period
    this.#began = tracker.now()
  }

  read(now: number, length: Milliseconds): IndicatorReading {
    return this.between(now - length, now)
  }

  inPeriod(now: number): IndicatorReading {
    return this.between(this.#period.at(this.#tracker.time, now).from, now)
  }

  lifetime(now: number): Pick<IndicatorReading, 'good' | 'bad'> {
    return this.between(this.#began, now)
  }

  settle(): void {}

  between(from: number, to: number): IndicatorReading {
    const { operating, lost } = this.component.sums(from, to, to)
    return { good: operating, bad: lost, absent: 0, observed: operating + lost }
  }
}

/** The value of a slice, from the share of it that was good. */
export type Judge = (ratio: number) => number

export class TimeSlices extends TimeMeasure {
  readonly #slice: Milliseconds
  readonly #judge: Judge
  /** The beginning of one of the slices. */
  readonly #anchor: number

  constructor(
    tracker: TrackerState,
    component: string,
    period: Period,
    slice: Milliseconds,
    judge: Judge,
    anchor: number,
  ) {
    super(tracker, component, period)
    this.#slice = slice
    this.#judge = judge
    this.#anchor = anchor
  }

  /** Counts the slices that ended in [from, to). A slice of unknown state does not count. */
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
    const { operating, lost } = this.component.sums(start, start + length, now)
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
