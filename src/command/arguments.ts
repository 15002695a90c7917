/** Parses values of command-line options to those of the library. */
import { calendarUnits, calendarWindow } from '../availability/time/calendar.ts'
import type { CalendarOption, WindowOption } from '../availability/time/window.ts'
import { zoneCheck } from '../availability/time/zone.ts'
import { type Duration, milliseconds } from '../core/duration.ts'
import { UsageError } from './errors.ts'
import { Instants } from './instants/instants.ts'

const calendar = new RegExp(`^(?:calendar:)?(${calendarUnits.join('|')})(?:-(\\d{1,3}))?$`)

/** A thousand years. */
const longest = 365_250 * 86_400_000

const date = /^\d{4}(-\d\d(-\d\d)?)?$/

/** `all` is the time span of the whole log, `each` that of each component. */
export type LogWindow = WindowOption | 'all' | 'each'

/** `all`, `each`, `30d`, `month`, `month-1`, `2026-01`, `2026-01-01..2026-02-01`. */
export function parseWindow(text: string, zone: string): LogWindow {
  if (text === 'all' || text === 'each') return text
  const length = milliseconds(text.replace(/^rolling:/, ''))
  if (length > 0 && length <= longest) return length as Duration
  const unit = calendar.exec(text)
  if (unit !== null) return { calendar: unit[1] as CalendarOption['calendar'], ago: Number(unit[2] ?? 0) }
  const instants = new Instants(zone)
  const named = date.exec(text)
  if (named !== null && Number.isFinite(instants.read(text))) {
    const [from, to] = calendarWindow(named[2] ? 'day' : named[1] ? 'month' : 'year', zone, instants.read(text))
    return { from, to }
  }
  const [from = '', to = '', ...more] = text.split('..')
  const bounds = { from: instants.read(from), to: instants.read(to) }
  if (more.length === 0 && bounds.to > bounds.from) return bounds
  throw new UsageError(
    `--window must be all, each, 30d, month, month-1, 2026-01 or <date>..<date>, got ${JSON.stringify(text)}`,
  )
}

export function parseZone(option: string, text: string): string {
  return zoneCheck(text, (expected) => {
    throw new UsageError(`${option} must be ${expected}, got ${JSON.stringify(text)}`)
  })
}

/** `now`, `end` (of the log), or an instant. */
export function parseUntil(text: string, zone: string, now: number, end: number): number {
  if (text === 'now') return now
  const at = text === 'end' ? end : new Instants(zone).read(text)
  if (Number.isFinite(at)) return at
  throw new UsageError(`--until must be now, end or a date, got ${JSON.stringify(text)}`)
}

export function parseDuration(option: string, text: string | undefined): Duration | undefined {
  if (text === undefined || milliseconds(text) >= 0) return text as Duration | undefined
  throw new UsageError(`${option} must be a duration such as 90s, 5m or 2h, got ${JSON.stringify(text)}`)
}
