/**
 * Dates as logs write them: `2026-01-05`, `2026/01/05`, `2026-01`, `2026`, `1/5/2026`, `5.1.2026`, `05/Jan/26`, `5 Jan 2026`,
 * `Jan 5, 2026`, the last two also after a weekday.
 *
 * With slashes and only digits the month comes first, unless `dayFirst` is set; `ambiguous` reports that both are possible.
 */
import type { Milliseconds } from '../../core/duration.ts'

export interface CalendarDay {
  readonly year: number
  readonly month: number
  readonly date: number
  /** Midnight in UTC; NaN for a date that does not exist. */
  readonly midnight: Milliseconds
  /** Whether day and month are given, so that a time can follow. */
  readonly whole: boolean
  /** Whether the digits are also a date with day and month swapped. */
  readonly ambiguous: boolean
  /** Whether the digits are a date only with day and month swapped. */
  readonly swapped: boolean
}

const iso = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/
const slashed = /^(\d{4})\/(\d\d?)\/(\d\d?)$/
const digits = /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d\d)$/
const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)$/
const weekday = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,\s*/i
const dayFirstWords = /^(\d{1,2})([ /-])([a-z]{3,9})\.?\2(\d{4}|\d\d)$/i
const monthFirstWords = /^([a-z]{3,9})\.? (\d{1,2}), ?(\d{4})$/i

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

/** Undefined if the text is not a date. */
export function calendarDay(text: string, dayFirst: boolean): CalendarDay | undefined {
  const parts = iso.exec(text) ?? slashed.exec(text)
  if (parts !== null) return dayOf(parts[1], parts[2], parts[3])
  const short = digits.exec(text)
  if (short !== null) {
    const [, first, second, year] = short
    const day = dayFirst ? dayOf(year, second, first) : dayOf(year, first, second)
    const [one, two] = [Number(first), Number(second)]
    const swapped = Number.isNaN(day.midnight) && (dayFirst ? two : one) > 12 && (dayFirst ? one : two) <= 12
    return { ...day, ambiguous: one !== two && one <= 12 && two <= 12, swapped }
  }
  const german = dotted.exec(text)
  if (german !== null) return dayOf(german[3], german[2], german[1])
  return worded(text.replace(weekday, ''))
}

function worded(text: string): CalendarDay | undefined {
  const byDay = dayFirstWords.exec(text)
  if (byDay !== null) return dayOf(byDay[4], monthOf(byDay[3] as string), byDay[1])
  const byMonth = monthFirstWords.exec(text)
  return byMonth === null ? undefined : dayOf(byMonth[3], monthOf(byMonth[1] as string), byMonth[2])
}

/** A year of two digits is one of this century. */
function dayOf(
  year: string | undefined,
  month: string | number = 1,
  date: string | undefined = undefined,
): CalendarDay {
  const years = Number(year) + (year?.length === 2 ? 2000 : 0)
  const numbers = { year: years, month: Number(month), date: Number(date ?? 1) }
  const midnight = midnightOf(numbers.year, numbers.month, numbers.date)
  return { ...numbers, midnight, whole: date !== undefined, ambiguous: false, swapped: false }
}

/** From three letters on; 0 for no month. */
function monthOf(name: string): number {
  return months.findIndex((month) => month.startsWith(name.toLowerCase())) + 1
}

/** In UTC; NaN for a date that no calendar has. A year below 1000 is a mistake in a log. */
function midnightOf(year: number, month: number, date: number): Milliseconds {
  if (year < 1000 || month < 1 || month > 12 || date < 1) return Number.NaN
  const midnight = Date.UTC(year, month - 1, date)
  return date <= 28 || new Date(midnight).getUTCDate() === date ? midnight : Number.NaN
}
