/**
 * How the error budget of a period went, from its beginning until now: what a report says is left, and the way there.
 *
 * At an instant it is what was spent before it, of the budget as it is known now. Time is measured piece by piece. Rings of
 * counts know no window but one that ends now, so there it is what was spent in all but for the tail; they are off by less
 * than a bucket, and spending never goes back, so each sum is held between what was before and the whole.
 */

import type { TrackerClock } from '../availability/time/tracker-clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { IndicatorReading, Measure } from './measure.ts'

/** What was left of the budget at an instant. */
export interface BurnDownPoint {
  /** By the wall clock, as it is set now. */
  readonly at: Milliseconds
  /** The same in `time`. */
  readonly time: Milliseconds
  /** The part of the period's whole budget: 1 all, 0 none, below 0 overspent. */
  readonly remaining: number
}

interface Budget {
  /** What was bad until now, and what may be in the whole period. */
  readonly spent: number
  readonly total: number
  readonly remaining: number
}

export function burnDownOf(
  { spent, total, remaining }: Budget,
  measure: Pick<Measure, 'read' | 'between'>,
  from: number,
  now: number,
  points: number,
  time: TrackerClock,
): readonly BurnDownPoint[] {
  const ticks = Array.from({ length: points }, (_, index) => from + ((now - from) * index) / (points - 1))
  const pointAt = (tick: number, left: number) => ({ at: time.wall(tick), time: time.time(tick), remaining: left })
  let [before, gone] = [from, 0]
  const way = ticks.slice(1, -1).map((tick) => {
    const until = measure.between
      ? gone + badIn(measure.between(before, tick))
      : spent - badIn(measure.read(now, now - tick))
    gone = Math.min(spent, Math.max(gone, until))
    before = tick
    return pointAt(tick, 1 - gone / total)
  })
  return [pointAt(from, 1), ...way, pointAt(now, remaining)]
}

function badIn({ bad, absent }: IndicatorReading): number {
  return bad + absent
}
