/**
 * Parses instants in the notations of logs: a date with or without a time of day, or a number since 1970.
 *
 * A time without an offset is local in the zone of the input; the rules of the zone give its instant, day by day, and local
 * times are never subtracted from each other. An unknown notation is never guessed. Assumptions are recorded in `assumed`.
 */
import { offsetAt, startOf } from '../../availability/time/zone.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { type CalendarDay, calendarDay } from './calendar-day.ts'
import { type EpochUnit, sinceEpoch } from './epoch.ts'
import { type TimeOfDay, timeOfDay } from './time-of-day.ts'

/** A day in a zone, with the offset from UTC; undefined if the offset changes during the day. */
interface ZonedDay extends CalendarDay {
  readonly offset: Milliseconds | undefined
}

const dash = 45
const comma = 44
const letterT = 116
/** The basic format of ISO 8601. */
const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/
/** Between a date and its time. */
const between = /(?:,| at)$/i
const midnight: TimeOfDay = { length: 0, place: undefined }
const day = 86_400_000
const minute = 60_000
/** Most lines of a log share their date, and many their time, with others; so many dates are known at once. */
const kept = 20_000

export class Assumptions {
  readonly dayFirst: boolean
  /** Some times name no offset. */
  local = false
  /** Some dates are dates in the other order of day and month too. */
  order = false
  readonly units = new Set<EpochUnit>()
  /** Some dates would be dates with day and month in the other order. */
  swapped = false
  /** The first name of a zone that is not known. */
  zone: string | undefined = undefined

  constructor(dayFirst: boolean) {
    this.dayFirst = dayFirst
  }
}

export class Instants {
  readonly assumed: Assumptions
  readonly #zone: string
  readonly #days = new Map<string, ZonedDay | undefined>()
  readonly #times = new Map<string, TimeOfDay | undefined>()
  /** The same for zones that times name themselves. */
  readonly #elsewhere = new Map<string, Instants>()

  constructor(zone: string, dayFirst = false, assumed = new Assumptions(dayFirst)) {
    this.#zone = zone
    this.assumed = assumed
  }

  /** NaN for an invalid text. */
  read(given: string): Milliseconds {
    const text = given.length > 14 && given[8] === 'T' ? given.replace(basic, '$1-$2-$3T$4:$5:$6') : given
    const cut = cutOf(text)
    const whole = cut < 0
    const date = this.#day(whole ? text : dateOf(text, cut))
    if (date === undefined) return this.#number(text)
    const time = whole ? midnight : date.whole ? this.#time(text.slice(cut + 1)) : undefined
    return time === undefined ? Number.NaN : this.#instant(date, time)
  }

  #instant(date: ZonedDay, time: TimeOfDay): Milliseconds {
    if (date.ambiguous) this.assumed.order = true
    if (date.swapped) this.assumed.swapped = true
    const { place } = time
    if (place === undefined) {
      this.assumed.local = true
      return this.#local(date, time.length)
    }
    if ('offset' in place) return date.midnight + time.length - place.offset
    if ('zone' in place) return this.#in(place.zone).#at(date, time.length)
    this.assumed.zone ??= place.unknown
    return Number.NaN
  }

  #at(date: CalendarDay, length: Milliseconds): Milliseconds {
    return this.#local({ ...date, offset: this.#offsetOf(date.midnight) }, length)
  }

  #local({ year, month, date, midnight, offset }: ZonedDay, length: Milliseconds): Milliseconds {
    if (offset !== undefined) return midnight + length - offset
    return startOf(this.#zone, { year, month, day: date }, Math.floor(length / minute)) + (length % minute)
  }

  #in(zone: string): Instants {
    let there = this.#elsewhere.get(zone)
    if (there === undefined) {
      there = new Instants(zone, this.assumed.dayFirst, this.assumed)
      this.#elsewhere.set(zone, there)
    }
    return there
  }

  #number(text: string): Milliseconds {
    const found = sinceEpoch(text)
    if (found === undefined) return Number.NaN
    this.assumed.units.add(found.unit)
    return found.at
  }

  #day(text: string): ZonedDay | undefined {
    const known = this.#days.get(text)
    if (known !== undefined) return known
    const found = calendarDay(text, this.assumed.dayFirst)
    if (found === undefined) return undefined
    if (this.#days.size >= kept) this.#days.clear()
    const made = { ...found, offset: this.#offsetOf(found.midnight) }
    this.#days.set(text, made)
    return made
  }

  #time(text: string): TimeOfDay | undefined {
    if (text.length > 5) return timeOfDay(text)
    const known = this.#times.get(text)
    if (known !== undefined) return known
    const found = timeOfDay(text)
    this.#times.set(text, found)
    return found
  }

  #offsetOf(midnight: number): Milliseconds | undefined {
    if (this.#zone === 'UTC' || Number.isNaN(midnight)) return 0
    const [before, after] = [offsetAt(this.#zone, midnight - day), offsetAt(this.#zone, midnight + 2 * day)]
    return before === after ? before : undefined
  }
}

/** Where the date ends and the time begins: at the letter T, or the blank before the first colon; -1 where there is none. */
function cutOf(text: string): number {
  // Regular expressions would be the slowest part here.
  if (text.charCodeAt(4) === dash && (text.charCodeAt(10) | 32) === letterT) return 10
  const colon = text.indexOf(':')
  return colon < 0 ? -1 : text.lastIndexOf(' ', colon)
}

/** The date without a separator before the time. */
function dateOf(text: string, cut: number): string {
  const last = text.charCodeAt(cut - 1)
  const date = text.slice(0, cut)
  return last === comma || last === letterT ? date.replace(between, '') : date
}
