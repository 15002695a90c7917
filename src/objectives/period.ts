/**
 * The period of a budget: a rolling duration, or the current period of the calendar.
 *
 * A rolling budget recovers gradually, a calendar budget all at once. The bounds of a calendar period are computed again
 * only when the wall clock has left it.
 */

import { type CalendarUnit, calendarUnits, calendarWindow } from '../availability/time/calendar.ts'
import type { TrackerClock } from '../availability/time/tracker-clock.ts'
import { zoneCheck } from '../availability/time/zone.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { type Check, duration, isRecord, oneOf, optional, resolveOptions } from '../core/options.ts'

export interface CalendarPeriod {
  readonly calendar: CalendarUnit
  /** An IANA zone. Default `'UTC'`. */
  readonly zone?: string
}

/** A duration is the time up to now. */
export type ObjectivePeriod = Duration | CalendarPeriod

/** The lengths of calendar periods for the windows and factors of tiers. */
const day = 86_400_000
const nominal: Readonly<Record<CalendarUnit, Milliseconds>> = {
  hour: day / 24,
  day,
  week: 7 * day,
  month: 30 * day,
  quarter: 90 * day,
  year: 365 * day,
}

export interface ResolvedPeriod {
  /** Its length; for the calendar, a month has 30 days, a quarter 90, a year 365. */
  readonly length: Milliseconds
  readonly calendar: CalendarUnit | null
  readonly zone: string | null
}

export const periodCheck: Check<ResolvedPeriod> = (value, fail) => {
  if (!isRecord(value)) {
    const expected = 'a duration > 0, or { calendar, zone }'
    const length = duration('> 0')(value, () => fail(expected))
    return { length, calendar: null, zone: null }
  }
  const { calendar, zone } = resolveOptions('objective: period', value, {
    calendar: oneOf(...calendarUnits),
    zone: optional(zoneCheck, 'UTC'),
  })
  return { length: nominal[calendar], calendar, zone }
}

/** In the tracker's own time, and by the wall clock as it is set now. */
export interface PeriodBounds {
  readonly from: number
  /** The end; for a calendar period it lies ahead. */
  readonly to: number
  readonly fromAt: Milliseconds
  readonly toAt: Milliseconds
}

export class Period {
  readonly options: ResolvedPeriod
  #wall: readonly [from: Milliseconds, to: Milliseconds] = [0, 0]

  constructor(options: ResolvedPeriod) {
    this.options = options
  }

  /** The period as of `now`. */
  at(time: TrackerClock, now: number): PeriodBounds {
    const { calendar, zone, length } = this.options
    const wall = time.wall(now)
    if (calendar === null) return { from: now - length, to: now, fromAt: wall - length, toAt: wall }
    if (wall < this.#wall[0] || wall >= this.#wall[1]) this.#wall = calendarWindow(calendar, zone as string, wall)
    const [fromAt, toAt] = this.#wall
    return { from: time.fromWall(fromAt), to: time.fromWall(toAt), fromAt, toAt }
  }
}
