/** What an indicator has measured in a window. */

import type { SavedCounts } from '../availability/snapshot/saved-objectives.ts'
import type { Milliseconds } from '../core/duration.ts'

/** Requests, slices, or milliseconds, as the indicator counts. */
export interface IndicatorReading {
  readonly good: number
  readonly bad: number
  /** Bad ones nobody made, because the component was known to be down. */
  readonly absent: number
  /** So much of the window is behind these numbers. */
  readonly observed: Milliseconds
}

export interface Measure {
  /** In the `length` ms before `now`, up to which it has been settled. */
  read(now: number, length: Milliseconds): IndicatorReading
  /** In [from, to), both not after `now`; not there where counts are kept in rings, which know no such window. */
  between?(from: number, to: number): IndicatorReading
  /** From the beginning of the calendar's period until `now`. */
  inPeriod(now: number): IndicatorReading
  /** Good and bad since it began, without absent ones. */
  lifetime(now: number): Pick<IndicatorReading, 'good' | 'bad'>
  /** Brings it up to `now`. */
  settle(now: number): void
  /** Adds requests; not there where time is measured, which is not counted. */
  count?(good: number, bad: number): void
  save?(): SavedCounts
}

export function totalOf({ good, bad, absent }: IndicatorReading): number {
  return good + bad + absent
}

/** The part that was bad; null where there was nothing. */
export function errorRatioOf(reading: IndicatorReading): number | null {
  const total = totalOf(reading)
  return total > 0 ? (reading.bad + reading.absent) / total : null
}
