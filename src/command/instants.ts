/**
 * Instants as logs write them: ISO 8601, `2026-11-24 10:54`, `2026-11`, `11/24/2026 10:54` (month first), and numbers: seconds since
 * the epoch below 1e11, else milliseconds.
 *
 * A time without an offset is local in the zone of the input. Which instant that is, the zone's rules say, day by day: local
 * times are never subtracted from each other. What is not written in one of these ways is no instant, and never guessed.
 */
import { offsetAt, startOf } from '../availability/window/zone.ts'
import type { Milliseconds } from '../core/duration.ts'

const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:[ T](\d{1,2}):(\d\d)(?::(\d\d))?)?$/
const iso =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)([.,]\d+)?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?)?)?$/i
/** Fewer digits could be a date. */
const number = /^\d{9,}(?:\.\d+)?$/
const day = 86_400_000
const minute = 60_000
/** The last instant a `Date` can hold. */
const latest = 8.64e15

type Part = string | undefined

export class Instants {
  readonly #zone: string
  /** The offset of a local day; undefined where it changes in it. */
  readonly #offsets = new Map<number, Milliseconds | undefined>()

  constructor(zone: string) {
    this.#zone = zone
  }

  /** NaN for what is none. */
  read(text: string): Milliseconds {
    const us = american.exec(text)
    if (us !== null) return this.#instant(us[3], us[1], us[2], us[4], us[5], us[6], undefined, undefined)
    const parts = iso.exec(text)
    if (parts !== null) {
      const [, year, month, date, hour, minutes, seconds, fraction, offset] = parts
      return this.#instant(year, month, date, hour, minutes, seconds, fraction, offset)
    }
    if (!number.test(text)) return Number.NaN
    const value = Number(text) < 1e11 ? Number(text) * 1000 : Number(text)
    return value <= latest ? value : Number.NaN
  }

  #instant(
    year: Part,
    month: Part = '1',
    date: Part = '1',
    hour: Part = '0',
    minutes: Part = '0',
    seconds: Part = '0',
    fraction: Part = '.0',
    offset: Part,
  ): Milliseconds {
    const midnight = midnightOf(Number(year), Number(month), Number(date))
    const minuteOfDay = 60 * Number(hour) + Number(minutes)
    const rest = Number(seconds) * 1000 + Math.round(Number(`0.${fraction.slice(1)}`) * 1000)
    // 24:00 is the end of a day.
    if (Number(minutes) > 59 || Number(seconds) > 59 || minuteOfDay * minute + rest > day) return Number.NaN
    if (offset !== undefined) return midnight + minuteOfDay * minute + rest - lengthOf(offset)
    if (this.#zone === 'UTC') return midnight + minuteOfDay * minute + rest
    const known = Number.isNaN(midnight) ? 0 : this.#offsetOf(midnight)
    if (known !== undefined) return midnight + minuteOfDay * minute + rest - known
    return startOf(this.#zone, { year: Number(year), month: Number(month), day: Number(date) }, minuteOfDay) + rest
  }

  #offsetOf(midnight: number): Milliseconds | undefined {
    if (!this.#offsets.has(midnight)) {
      const [before, after] = [offsetAt(this.#zone, midnight - day), offsetAt(this.#zone, midnight + 2 * day)]
      this.#offsets.set(midnight, before === after ? before : undefined)
    }
    return this.#offsets.get(midnight)
  }
}

/** In UTC; NaN for a date that no calendar has. A year below 1000 is a mistake in a log. */
function midnightOf(year: number, month: number, date: number): number {
  if (year < 1000 || month < 1 || month > 12 || date < 1) return Number.NaN
  const midnight = Date.UTC(year, month - 1, date)
  return date <= 28 || new Date(midnight).getUTCDate() === date ? midnight : Number.NaN
}

/** Of an offset such as `+05:30`; NaN for one that is too large. */
function lengthOf(offset: string): Milliseconds {
  if (offset.length === 1) return 0
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(3).replace(':', ''))]
  if (hours > 23 || minutes > 59) return Number.NaN
  return (offset.startsWith('-') ? -1 : 1) * (60 * hours + minutes) * minute
}
