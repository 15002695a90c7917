/**
 * The burn-down of a period's error budget, from its beginning until now.
 *
 * A point is the share of the budget, as it is known now, that was left at an instant. Time is measured piece by piece.
 * Rings of counts only have windows that end now, so there a point is the whole spending minus that since the instant.
 * Rings are off by less than a bucket, and spending never decreases, so each sum is kept between the one before and the
 * whole.
 */

import type { TrackerClock } from '../availability/time/tracker-clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { IndicatorReading, Measure } from './measure.ts'

/** The share of the budget left at an instant. */
export interface BurnDownPoint {
  /** By the wall clock, as it is set now. */
  readonly at: Milliseconds
  /** The same in `time`. */
  readonly time: Milliseconds
  /** The share of the whole budget: 1 all, 0 none, below 0 overspent. */
  readonly remaining: number
}

interface Budget {
  /** The bad amount until now, and the one allowed in the whole period. */
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
  let [before, lost] = [from, 0]
  const between = ticks.slice(1, -1).map((tick) => {
    const until = measure.between
      ? lost + badIn(measure.between(before, tick))
      : spent - badIn(measure.read(now, now - tick))
    lost = Math.min(spent, Math.max(lost, until))
    before = tick
    return pointAt(tick, 1 - lost / total)
  })
  return [pointAt(from, 1), ...between, pointAt(now, remaining)]
}

function badIn({ bad, absent }: IndicatorReading): number {
  return bad + absent
}
