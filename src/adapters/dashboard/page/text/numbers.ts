/** Numbers and times as text. */
import { instantText, isoText, lengthText } from '../../../../availability/format/length.ts'
import { cutPercent } from '../../../../reliability/nines/cut-percent.ts'

export const unknown = '–'

export function percentText(ratio: number | null, decimals?: number): string {
  if (ratio === null) return unknown
  // A sum of rounded shares may exceed 1 by its last digit.
  return cutPercent(Math.min(1, Math.max(0, ratio)), decimals)
}

/** The rest of the error budget; negative if it is overspent. */
export function budgetText(remaining: number | null): string {
  if (remaining === null) return unknown
  return remaining < 0 ? `−${Math.ceil(-remaining * 100)}%` : `${Math.floor(remaining * 100)}%`
}

/** The observed part of a time, rounded down: 100% only if all of it was observed. */
export function coverageText(coverage: number | null): string {
  if (coverage === null) return unknown
  if (coverage >= 1) return '100%'
  if (coverage > 0 && coverage < 0.001) return '<0.1%'
  const percent = coverage * 100
  return `${percent < 10 ? Math.floor(percent * 10) / 10 : Math.floor(percent)}%`
}

/** How many times faster than allowed the budget is spent. */
export function burnText(rate: number | null): string {
  return rate === null ? unknown : `${rate.toFixed(rate < 10 ? 2 : 0)}×`
}

export function rateText(rate: number | null): string {
  if (rate === null) return unknown
  if (rate === 0) return '0/s'
  return rate >= 100
    ? `${countText(Math.round(rate))}/s`
    : `${rate >= 10 ? rate.toFixed(0) : Number(rate.toFixed(1))}/s`
}

export function countText(count: number): string {
  return count.toLocaleString('en')
}

export function latencyText(latency: number | null): string {
  if (latency === null) return unknown
  return latency < 10 ? `${latency.toFixed(1)} ms` : latency < 1000 ? `${Math.round(latency)} ms` : lengthText(latency)
}

export { lengthText }

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** The time, with the date if it is not today, in the browser's time zone. */
export function whenText(at: number, now: number): string {
  // An ejection without an end may lie beyond all dates.
  if (isoText(at) === null) return instantText(at)
  const date = new Date(at)
  const time = clock.format(date)
  return day.format(date) === day.format(new Date(now)) ? time : `${day.format(date)}, ${time}`
}

export function isoOf(at: number): string {
  return isoText(at) ?? instantText(at)
}
