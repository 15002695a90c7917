/** Times of day as logs write them: `10:54`, `10:54:07.25`, `1:54 PM`, each with an offset or the name of a zone behind it. */
import type { Milliseconds } from '../../core/duration.ts'
import { type ZoneReference, zoneReference } from './zone-names.ts'

export interface TimeOfDay {
  /** Since midnight. */
  readonly length: Milliseconds
  /** Its zone; undefined if the text does not name one. */
  readonly place: ZoneReference | undefined
}

const clock = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:\s?([ap])\.?m\b\.?)?(?:\s?([a-z+[-].*))?$/i
const minute = 60_000
const day = 86_400_000

/** Undefined if the text is not a time of day. */
export function timeOfDay(text: string): TimeOfDay | undefined {
  const parts = clock.exec(text)
  if (parts === null) return undefined
  const [, hour, minutes, seconds = '0', fraction = '0', half, place] = parts
  const hours = half === undefined ? Number(hour) : hoursOf(Number(hour), half)
  const fine = Number(seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
  const length = (60 * hours + Number(minutes)) * minute + fine
  // 24:00 is the end of a day.
  if (Number(minutes) > 59 || Number(seconds) > 59 || !(length <= day)) return undefined
  return { length, place: place === undefined ? undefined : zoneReference(place) }
}

/** Converts from a 12-hour clock; NaN for an invalid hour. */
function hoursOf(hour: number, half: string): number {
  if (hour < 1 || hour > 12) return Number.NaN
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
}
