/** One slice of a bar as text. */
import type { BarSlice } from '../../wire/details.ts'
import { coverageText, lengthText, percentText, whenText } from './numbers.ts'

/** A day is named by its date in its `zone`, a shorter slice by its time in the browser's zone. */
export function sliceText(slice: BarSlice, now: number, zone?: string): string {
  const { from, to, availability, up, down, degraded, maintenance, failures } = slice
  const observed = coverageText((up + down + degraded + maintenance) / (to - from))
  const summary =
    availability === null ? 'nothing known' : `${percentText(availability)} available, ${observed} observed`
  const times = [
    ['down', down],
    ['degraded', degraded],
    ['maintenance', maintenance],
  ] as const
  const shares = times.filter(([, time]) => time > 0).map(([name, time]) => `${name} ${lengthText(time)}`)
  const outages = failures === 0 ? [] : [`${failures} ${failures === 1 ? 'outage' : 'outages'} began`]
  return [zone === undefined ? whenText(from, now) : dayText(from, zone), summary, ...shares, ...outages].join(', ')
}

function dayText(from: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', day: 'numeric', month: 'short' }).format(from)
}
