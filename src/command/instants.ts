/**
 * Instants as logs write them: ISO 8601, `2026-11-24 10:54`, `2026-11`, `11/24/2026 10:54` (month first), and numbers: seconds since
 * the epoch below 1e11, else milliseconds.
 *
 * A time without an offset is local in the zone of the input. Which instant that is, the zone's rules say, day by day: local
 * times are never subtracted from each other. What is not written in one of these ways is no instant, and never guessed.
 */
import { offsetAt, startOf } from '../availability/window/zone.ts'
import type { Milliseconds } from '../core/duration.ts'

const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/
const iso = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/
const clock = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?$/i
/** Fewer digits could be a date. */
const number = /^\d{9,}(?:\.\d+)?$/
const day = 86_400_000
const minute = 60_000
/** The last instant a `Date` can hold. */
const latest = 8.64e15

/** A local date. */
interface Day {
  readonly year: number
  readonly month: number
  readonly date: number
  /** As if it were UTC; NaN for one that no calendar has. */
  readonly midnight: Milliseconds
  /** How far the zone is ahead of UTC; undefined where that changes in the day. */
  readonly offset: Milliseconds | undefined
  /** Day and month are named, so that a time can follow. */
  readonly whole: boolean
}

interface Time {
  readonly length: Milliseconds
  readonly offset: Milliseconds | undefined
}

const midnight: Time = { length: 0, offset: undefined }

export class Instants {
  readonly #zone: string
  /** Most lines of a log share their date, and many their time, with others. */
  readonly #days = new Map<string, Day | undefined>()
  readonly #times = new Map<string, Time | undefined>()

  constructor(zone: string) {
    this.#zone = zone
  }

  /** NaN for what is none. */
  read(text: string): Milliseconds {
    const cut = cutOf(text)
    const date = this.#day(cut < 0 ? text : text.slice(0, cut))
    if (date === undefined) return numberOf(text)
    const time = cut < 0 ? midnight : date.whole ? this.#time(text.slice(cut + 1)) : undefined
    if (time === undefined) return Number.NaN
    const offset = time.offset ?? date.offset
    if (offset !== undefined) return date.midnight + time.length - offset
    const minutes = Math.floor(time.length / minute)
    const { year, month, date: number } = date
    return startOf(this.#zone, { year, month, day: number }, minutes) + (time.length % minute)
  }

  #day(text: string): Day | undefined {
    let known = this.#days.get(text)
    if (known === undefined && !this.#days.has(text)) {
      known = this.#dayOf(text)
      this.#days.set(text, known)
    }
    return known
  }

  #time(text: string): Time | undefined {
    if (text.length > 5) return timeOf(text)
    let known = this.#times.get(text)
    if (known === undefined) {
      known = timeOf(text)
      this.#times.set(text, known)
    }
    return known
  }

  #dayOf(text: string): Day | undefined {
    const us = american.exec(text)
    const parts = us === null ? iso.exec(text) : ['', us[3], us[1], us[2]]
    if (parts === null) return undefined
    const [year, month, date] = [Number(parts[1]), Number(parts[2] ?? 1), Number(parts[3] ?? 1)]
    const midnight = midnightOf(year, month, date)
    return { year, month, date, midnight, offset: this.#offsetOf(midnight), whole: parts[3] !== undefined }
  }

  #offsetOf(midnight: number): Milliseconds | undefined {
    if (this.#zone === 'UTC' || Number.isNaN(midnight)) return 0
    const [before, after] = [offsetAt(this.#zone, midnight - day), offsetAt(this.#zone, midnight + 2 * day)]
    return before === after ? before : undefined
  }
}

/** Where the date ends and the time begins; -1 where there is none. */
function cutOf(text: string): number {
  const blank = text.indexOf(' ')
  return blank < 0 ? text.search(/t/i) : blank
}

function timeOf(text: string): Time | undefined {
  const parts = clock.exec(text)
  if (parts === null) return undefined
  const [, hours, minutes, seconds = '0', fraction = '0', offset] = parts
  const fine = Number(seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
  const length = (60 * Number(hours) + Number(minutes)) * minute + fine
  // 24:00 is the end of a day.
  if (Number(minutes) > 59 || Number(seconds) > 59 || length > day) return undefined
  return { length, offset: offset === undefined ? undefined : offsetOf(offset) }
}

/** Seconds or milliseconds since the epoch. */
function numberOf(text: string): Milliseconds {
  if (!number.test(text)) return Number.NaN
  const value = Number(text) < 1e11 ? Number(text) * 1000 : Number(text)
  return value <= latest ? value : Number.NaN
}

/** In UTC; NaN for a date that no calendar has. A year below 1000 is a mistake in a log. */
function midnightOf(year: number, month: number, date: number): number {
  if (year < 1000 || month < 1 || month > 12 || date < 1) return Number.NaN
  const midnight = Date.UTC(year, month - 1, date)
  return date <= 28 || new Date(midnight).getUTCDate() === date ? midnight : Number.NaN
}

/** Of an offset such as `+05:30`; NaN for one that is too large. */
function offsetOf(offset: string): Milliseconds {
  if (offset.length === 1) return 0
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(3).replace(':', ''))]
  if (hours > 23 || minutes > 59) return Number.NaN
  return (offset.startsWith('-') ? -1 : 1) * (60 * hours + minutes) * minute
}
