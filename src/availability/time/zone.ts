/**
 * Wall clocks of the world: what an instant is called in an IANA zone, and which instant a local date begins at.
 *
 * The rules of zones come from the platform (`Intl`). A local midnight that a clock change leaves out begins with the first
 * instant after it; one that comes twice, with the first of the two. Instants are ms since the epoch.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { Check } from '../../core/options.ts'

/** A local date; months and days from 1. */
export interface LocalDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

const dayLength = 86_400_000
/** Two days before the last instant that a `Date` can hold. */
const farthest = 8.64e15 - 2 * dayLength

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  return format
}

/** An IANA zone the platform knows, such as `'Europe/Berlin'` or `'UTC'`. */
export const zoneCheck: Check<string> = (value, fail) => {
  if (typeof value !== 'string') return fail('an IANA time zone')
  if (value === 'UTC') return value
  try {
    formatOf(value)
    return value
  } catch {
    return fail('an IANA time zone')
  }
}

/** How far a zone is ahead of UTC at an instant, asked of the platform: some 20 µs. */
function askedOffset(zone: string, instant: Milliseconds): Milliseconds {
  // Local times of the first and the last days there are may be none that a `Date` can hold.
  const at = Math.min(Math.max(instant, -farthest), farthest)
  const fields: Record<string, number> = {}
  let before = false
  for (const { type, value } of formatOf(zone).formatToParts(at)) {
    const number = Number(value)
    if (!Number.isNaN(number)) fields[type] = number
    else if (type === 'era') before = value.startsWith('B')
  }
  const { year, month, day, hour, minute, second } = fields as Record<Field, number>
  // The year before 1 is 1 before Christ.
  return Date.UTC(before ? 1 - year : year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
}

/**
 * Offsets at the beginnings of days of UTC, by zone. Invariant: they are what the platform says, and no more than `kept`.
 *
 * Nowhere do clocks change twice within a day of UTC, so a day that begins and ends with one offset has it all through.
 */
const known = new Map<string, Map<number, Milliseconds>>()
/** A hundred years; some 3 MB. */
const kept = 36_600

function offsetAtDay(zone: string, day: number): Milliseconds {
  let offsets = known.get(zone)
  if (offsets === undefined) {
    offsets = new Map()
    known.set(zone, offsets)
  }
  let offset = offsets.get(day)
  if (offset === undefined) {
    offset = askedOffset(zone, day * dayLength)
    if (offsets.size >= kept) offsets.clear()
    offsets.set(day, offset)
  }
  return offset
}

/** How far a zone is ahead of UTC at an instant. */
export function offsetAt(zone: string, at: Milliseconds): Milliseconds {
  if (zone === 'UTC') return 0
  const day = Math.floor(at / dayLength)
  const first = offsetAtDay(zone, day)
  return first === offsetAtDay(zone, day + 1) ? first : askedOffset(zone, at)
}

/** The local time of an instant, as if it were UTC. */
function localOf(zone: string, at: Milliseconds): Milliseconds {
  return at + offsetAt(zone, at)
}

/** The local date of an instant. */
export function dateAt(zone: string, at: Milliseconds): LocalDate {
  const local = new Date(localOf(zone, at))
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() }
}

/** The first instant of a local date, or of a minute of it; months, days and minutes may overflow, as in `Date.UTC`. */
export function startOf(zone: string, { year, month, day }: LocalDate, minute = 0): Milliseconds {
  const local = Date.UTC(year, month - 1, day, 0, minute)
  // Both offsets around the instant are tried: one of them holds, or the local time is left out between them.
  const before = local - offsetAt(zone, local - dayLength)
  const after = local - offsetAt(zone, local + dayLength)
  const fits = [Math.min(before, after), Math.max(before, after)].find((at) => localOf(zone, at) === local)
  if (fits !== undefined) return fits
  return changeBetween(zone, Math.min(before, after) - dayLength, Math.max(before, after) + dayLength)
}

/** The instant at which the offset of a zone changes, where it does so once between two instants. */
export function changeBetween(zone: string, from: Milliseconds, to: Milliseconds): Milliseconds {
  const offset = offsetAt(zone, from)
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(zone, middle) === offset) low = middle
    else high = middle
  }
  return high
}
