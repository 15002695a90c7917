/** What one slice of a bar says. */
import type { Slice } from '../../wire/facts.ts'
import { coverageText, lengthText, percentText, whenText } from './numbers.ts'

/** A slice of a day is named by its date in the zone whose days they are, others by their time where they are read. */
export function sliceText(slice: Slice, now: number, zone?: string): string {
  const { from, to, availability, up, down, degraded, maintenance, failures } = slice
  const seen = coverageText((up + down + degraded + maintenance) / (to - from))
  const what = availability === null ? 'nothing known' : `${percentText(availability)} available, seen ${seen}`
  const times = [
    ['down', down],
    ['degraded', degraded],
    ['maintenance', maintenance],
  ] as const
  const said = times.filter(([, time]) => time > 0).map(([name, time]) => `${name} ${lengthText(time)}`)
  const outages = failures === 0 ? [] : [`${failures} ${failures === 1 ? 'outage' : 'outages'} began`]
  return [zone === undefined ? whenText(from, now) : dayText(from, zone), what, ...said, ...outages].join(', ')
}

function dayText(from: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', day: 'numeric', month: 'short' }).format(from)
}
