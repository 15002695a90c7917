/** What an indicator measures, in a window. */

import type { SavedCounts } from '../availability/snapshot/saved-objectives.ts'
import type { Milliseconds } from '../core/duration.ts'

/** In the unit of the indicator: requests, slices, or ms. */
export interface IndicatorReading {
  readonly good: number
  readonly bad: number
  /** Requests that did not come while the component was known to be down, at the usual rate; they count as bad. */
  readonly absent: number
  /** The time of the window that was observed. */
  readonly observed: Milliseconds
}

export interface Measure {
  /** The reading of the `length` ms before `now`, up to which it was settled. */
  read(now: number, length: Milliseconds): IndicatorReading
  /** The reading of [from, to), both not after `now`; undefined for counts, which are kept in rings of recent windows. */
  between?(from: number, to: number): IndicatorReading
  /** The reading from the beginning of the calendar period until `now`. */
  inPeriod(now: number): IndicatorReading
  /** Good and bad since it was created, without absent ones. */
  lifetime(now: number): Pick<IndicatorReading, 'good' | 'bad'>
  /** Applies all time up to `now`. */
  settle(now: number): void
  /** Adds requests; undefined for time, which is not counted. */
  count?(good: number, bad: number): void
  save?(): SavedCounts
}

export function totalOf({ good, bad, absent }: IndicatorReading): number {
  return good + bad + absent
}

/** The share that was bad; null without events. */
export function errorRatioOf(reading: IndicatorReading): number | null {
  const total = totalOf(reading)
  return total > 0 ? (reading.bad + reading.absent) / total : null
}
