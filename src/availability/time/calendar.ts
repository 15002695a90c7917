/**
 * Hours, days, weeks, months, quarters and years of a calendar, in a zone.
 *
 * A day has 23, 24 or 25 hours, as the zone's clock changes make it. Weeks begin on Monday (ISO 8601). Half-open: a window
 * ends where the next one begins.
 */
import type { Milliseconds } from '../../core/duration.ts'
import { changeBetween, dateAt, type LocalDate, offsetAt, startOf } from './zone.ts'

/** A stretch of the calendar. */
export type CalendarUnit = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

export const calendarUnits: readonly CalendarUnit[] = ['hour', 'day', 'week', 'month', 'quarter', 'year']

const hourLength = 3_600_000

/** The stretch that `at` is in, or one so many before it; in ms since the epoch. */
export function calendarWindow(
  unit: CalendarUnit,
  zone: string,
  at: Milliseconds,
  ago = 0,
): readonly [from: Milliseconds, to: Milliseconds] {
  if (unit === 'hour') return hourOf(zone, at - ago * hourLength)
  const { year, month, day } = dateAt(zone, at)
  const first = (back: number): Milliseconds => startOf(zone, beginning(unit, { year, month, day }, back))
  return [first(ago), first(ago - 1)]
}

/** In zones at half an hour, hours begin at half past. One that a clock change cuts begins, or ends, there. */
function hourOf(zone: string, at: Milliseconds): readonly [Milliseconds, Milliseconds] {
  const offset = offsetAt(zone, at)
  const from = Math.floor((at + offset) / hourLength) * hourLength - offset
  const to = from + hourLength
  return [
    offsetAt(zone, from) === offset ? from : changeBetween(zone, from, at),
    offsetAt(zone, to - 1) === offset ? to : changeBetween(zone, at, to),
  ]
}

/** The first day of the stretch that a date is in, `back` stretches before it. */
function beginning(unit: Exclude<CalendarUnit, 'hour'>, { year, month, day }: LocalDate, back: number): LocalDate {
  switch (unit) {
    case 'day':
      return { year, month, day: day - back }
    case 'week': {
      const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
      return { year, month, day: day - ((weekday + 6) % 7) - 7 * back }
    }
    case 'month':
      return { year, month: month - back, day: 1 }
    case 'quarter':
      return { year, month: month - ((month - 1) % 3) - 3 * back, day: 1 }
    case 'year':
      return { year: year - back, month: 1, day: 1 }
  }
}
