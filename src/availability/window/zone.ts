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

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
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

/** The local time of an instant, as if it were UTC. */
function localOf(zone: string, at: Milliseconds): Milliseconds {
  if (zone === 'UTC') return at
  const fields: Record<string, number> = {}
  for (const { type, value } of formatOf(zone).formatToParts(at)) {
    const number = Number(value)
    if (!Number.isNaN(number)) fields[type] = number
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000)
}

/** How far a zone is ahead of UTC at an instant. */
export function offsetAt(zone: string, at: Milliseconds): Milliseconds {
  return localOf(zone, at) - at
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

const dayLength = 86_400_000

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
