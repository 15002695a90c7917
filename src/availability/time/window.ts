/** The stretch of time a report is about. */
import { type Duration, durationText, type Milliseconds, milliseconds } from '../../core/duration.ts'
import { isRecord, show } from '../../core/options.ts'
import { type CalendarUnit, calendarUnits, calendarWindow } from './calendar.ts'
import type { Instant } from './instant.ts'
import type { TrackerClock } from './tracker-clock.ts'

/** Of a calendar: this hour, day, week, month, quarter or year, or one so many before it. */
export interface CalendarOption {
  readonly calendar: CalendarUnit
  /** 0 is the one we are in, 1 the last whole one. An integer from 0 to 100,000. Default 0. */
  readonly ago?: number
}

/** A duration is the time that ended just now; instants are [from, to). */
export type WindowOption = Duration | CalendarOption | { readonly from: Instant; readonly to: Instant }

export interface ReportWindow {
  /** `'rolling:30d'`, `'calendar:month'`, `'explicit'`, or `'since start'`. */
  readonly label: string
  /** The zone of a calendar window; null for others, which have none. */
  readonly zone: string | null
  /** In `time`. */
  readonly from: Milliseconds
  readonly to: Milliseconds
  /** By the wall clock, as it is set now. */
  readonly fromAt: Milliseconds
  readonly toAt: Milliseconds
  /** Its length, with the time the machine slept. */
  readonly duration: Milliseconds
}

/** When the tracking began, and the tracker's own time. */
export interface TrackedTime {
  readonly since: number
  readonly time: TrackerClock
}

/** In the tracker's own time. */
export interface ResolvedWindow {
  readonly from: number
  readonly to: number
  readonly now: number
  readonly shown: ReportWindow
}

/** No calendar window begins before the first date there is. */
const longestAgo = 100_000

type WindowBounds = readonly [from: number, to: number, label: string, zone: string | null]

function refuse(given: unknown): never {
  const units = calendarUnits.map((unit) => `'${unit}'`).join(' | ')
  const expected = `a duration > 0, { calendar: ${units}, ago? }, or { from, to } in order, each a Date or a time`
  throw new TypeError(`availabilityTracker: window must be ${expected}, got ${show(given)}`)
}

function bounds({ since, time }: TrackedTime, given: unknown, zone: string, now: number): WindowBounds {
  if (given === undefined) return [since, now, 'since start', null]
  if (isRecord(given)) return 'calendar' in given ? calendar(time, given, zone, now) : explicit(time, given)
  const length = milliseconds(given)
  const isLength = length > 0 && length < Number.POSITIVE_INFINITY
  return isLength ? [now - length, now, `rolling:${durationText(length)}`, null] : refuse(given)
}

function calendar(time: TrackerClock, given: Record<string, unknown>, zone: string, now: number): WindowBounds {
  const { calendar: unit, ago = 0, ...rest } = given
  const isUnit = calendarUnits.includes(unit as CalendarUnit)
  const isAgo = Number.isInteger(ago) && (ago as number) >= 0 && (ago as number) <= longestAgo
  if (!isUnit || !isAgo || Object.keys(rest).length > 0) refuse(given)
  const [from, to] = calendarWindow(unit as CalendarUnit, zone, time.wall(now), ago as number)
  const past = ago === 0 ? '' : `-${ago}`
  return [time.fromWall(from), time.fromWall(to), `calendar:${unit}${past}`, zone]
}

function explicit(time: TrackerClock, given: Record<string, unknown>): WindowBounds {
  const { from, to } = given as { from: unknown; to: unknown }
  for (const end of [from, to]) if (!Number.isFinite(end instanceof Date ? end.getTime() : end)) refuse(given)
  const [start, end] = [time.instant(from as Instant), time.instant(to as Instant)]
  return end < start ? refuse(given) : [start, end, 'explicit', null]
}

export function windowOf(tracked: TrackedTime, given: unknown, zone: string, now: number): ResolvedWindow {
  const [from, to, label, shownZone] = bounds(tracked, given, zone, now)
  const { time } = tracked
  const shown = {
    label,
    zone: shownZone,
    from: time.time(from),
    to: time.time(to),
    fromAt: time.wall(from),
    toAt: time.wall(to),
    duration: to - from,
  }
  return { from, to, now, shown }
}
