/** The measure of an indicator. */

import type { SavedCounts } from '../availability/snapshot/saved-objectives.ts'
import type { ResolvedIndicator } from './indicator.ts'
import type { Measure } from './measure.ts'
import { anchorOf, type Counting, RequestMeasure } from './request-measure.ts'
import { RequestSlices } from './request-slices.ts'
import { type Judge, TimeMeasure, TimeSlices } from './time-measure.ts'

/** Requests are counted in batches of the finest level, or in slices; `saved` is from a snapshot. */
export function measureOf(
  made: Omit<Counting, 'width'>,
  { of, component = '', slice, sliceTarget }: ResolvedIndicator,
  saved: SavedCounts | null | undefined,
): Measure {
  const { tracker, period, levels } = made
  const [finest] = levels as [Counting['levels'][number]]
  if (of === 'requests') {
    return slice === undefined
      ? new RequestMeasure({ ...made, width: finest.width }, saved)
      : new RequestSlices({ ...made, width: slice }, judgeOf(sliceTarget), saved)
  }
  if (slice === undefined) return new TimeMeasure(tracker, component, period)
  return new TimeSlices(
    tracker,
    component,
    period,
    slice,
    judgeOf(sliceTarget),
    anchorOf(tracker, tracker.now(), slice),
  )
}

function judgeOf(target: number | undefined): Judge {
  // A ratio of times is not exact, and its rounding must not make a slice bad.
  return (ratio) => (target === undefined ? ratio : ratio >= target - 1e-9 ? 1 : 0)
}
