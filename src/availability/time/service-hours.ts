/**
 * Service hours: when a service has promised to be there. What happens outside them is out of the account.
 *
 * Each span begins on one of its days, by the wall clock of a zone, and lasts to a time of the same day, or of the next one
 * where that is not later. A time that a clock change leaves out is the first instant after it.
 */
import type { Milliseconds } from '../../core/duration.ts'
import { type Check, isRecord, optional, refuseOption, resolveOptions } from '../../core/options.ts'
import { dateAt, startOf, zoneCheck } from './zone.ts'

export interface ServiceHours {
  /** `'08:00'` to `'24:00'`; local time. */
  readonly from: string
  readonly to: string
  /** Days of the week on which it begins: 1 is Monday, 7 is Sunday. Default: all. */
  readonly days?: readonly number[]
  /** Days off, as `'2026-12-25'`. Default: none. */
  readonly except?: readonly string[]
  /** An IANA zone. Default `'UTC'`. */
  readonly zone?: string
}

export type HoursSpan = readonly [from: Milliseconds, to: Milliseconds]

const allDays: readonly number[] = [1, 2, 3, 4, 5, 6, 7]

function minutesOf(value: unknown): number | undefined {
  const match = typeof value === 'string' ? /^(\d\d):(\d\d)$/.exec(value) : null
  if (match === null) return undefined
  const minutes = 60 * Number(match[1]) + Number(match[2])
  return Number(match[2]) < 60 && minutes <= 1440 ? minutes : undefined
}

function isDay(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 7
}

/** A date there is: the 30th of February is none. */
function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false
  const at = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)
}

const timeOfDay: Check<string> = (value, fail) =>
  minutesOf(value) === undefined ? fail("a time of day from '00:00' to '24:00'") : (value as string)

/** Hours of the days of a week. `name` precedes the fields in errors. */
export function hoursOf(name: string, value: unknown): Required<ServiceHours> {
  const kind = `availabilityTracker: ${name}`
  const listOf =
    <Item>(field: string, isItem: (item: unknown) => boolean, what: string, least: number): Check<readonly Item[]> =>
    (list, fail) => {
      if (!Array.isArray(list) || list.length < least) return fail(`a list of ${what}`)
      for (const item of list) if (!isItem(item)) refuseOption(kind, field, what, item)
      return [...list]
    }
  const hours = resolveOptions(kind, value, {
    from: timeOfDay,
    to: timeOfDay,
    days: optional(listOf<number>('days', isDay, 'days of the week, 1 (Monday) to 7 (Sunday)', 1), allDays),
    except: optional(listOf<string>('except', isDate, "dates such as '2026-12-25'", 0), []),
    zone: optional(zoneCheck, 'UTC' as string),
  })
  if (hours.from === hours.to) refuseOption(kind, 'to', 'another time than from', hours.to)
  return hours
}

export const serviceHoursCheck: Check<ServiceHours> = (value, fail) =>
  isRecord(value) ? hoursOf('serviceHours', value) : fail("an object such as { from: '08:00', to: '20:00' }")

/** The spans that touch [from, to), in ms since the epoch, oldest first; those that meet are one. */
export function serviceSpans(hours: ServiceHours, from: Milliseconds, to: Milliseconds): readonly HoursSpan[] {
  const { days = allDays, except = [], zone = 'UTC' } = hours
  const opens = minutesOf(hours.from) as number
  const shuts = minutesOf(hours.to) as number
  const until = shuts > opens ? shuts : shuts + 1440
  const spans: HoursSpan[] = []
  const first = dateAt(zone, from)
  // From the day before, whose span may reach into the window.
  for (let back = -1; ; back++) {
    const date = { ...first, day: first.day + back }
    const start = startOf(zone, date, opens)
    if (start >= to) return spans
    const noon = new Date(Date.UTC(date.year, date.month - 1, date.day, 12))
    if (!days.includes(noon.getUTCDay() || 7) || except.includes(noon.toISOString().slice(0, 10))) continue
    const end = startOf(zone, date, until)
    const last = spans.at(-1)
    if (last !== undefined && last[1] >= start) spans[spans.length - 1] = [last[0], end]
    else if (end > Math.max(from, start)) spans.push([start, end])
  }
}
