/**
 * Instants as logs write them: ISO 8601, `2026-11-24 10:54`, `2026-11`, `11/24/2026 10:54` (month first), and numbers: seconds since
 * the epoch below 1e11, else milliseconds.
 *
 * A time without an offset is local in the zone of the input. Which instant that is, the zone's rules say, day by day: local
 * times are never subtracted from each other.
 */
import { offsetAt, startOf } from '../availability/window/zone.ts'
import type { Milliseconds } from '../core/duration.ts'

const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})[ T](\d{1,2}):(\d\d)(?::(\d\d))?$/
const plain = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:[ T](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?$/
const number = /^\d{8,}(?:\.\d+)?$/
const day = 86_400_000
const minute = 60_000

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
    if (us !== null) return this.#local(`${us[3]}`, `${us[1]}`, `${us[2]}`, us[4], us[5], us[6], undefined)
    const iso = plain.exec(text)
    if (iso !== null) return this.#local(`${iso[1]}`, iso[2] ?? '1', iso[3] ?? '1', iso[4], iso[5], iso[6], iso[7])
    if (number.test(text)) return Number(text) < 1e11 ? Number(text) * 1000 : Number(text)
    return Date.parse(text)
  }

  #local(
    year: string,
    month: string,
    date: string,
    hour = '0',
    minutes = '0',
    seconds = '0',
    fraction = '0',
  ): Milliseconds {
    const midnight = Date.UTC(Number(year), Number(month) - 1, Number(date))
    if (Number(date) > 28 && new Date(midnight).getUTCDate() !== Number(date)) return Number.NaN
    if (Number(month) > 12 || Number(hour) > 24 || Number(minutes) > 59) return Number.NaN
    const minuteOfDay = 60 * Number(hour) + Number(minutes)
    const rest = Number(seconds) * 1000 + Number(fraction) * 1000
    if (this.#zone === 'UTC') return midnight + minuteOfDay * minute + rest
    const offset = this.#offsetOf(midnight)
    if (offset !== undefined) return midnight + minuteOfDay * minute + rest - offset
    const local = { year: Number(year), month: Number(month), day: Number(date) }
    return startOf(this.#zone, local, minuteOfDay) + rest
  }

  #offsetOf(midnight: number): Milliseconds | undefined {
    if (!this.#offsets.has(midnight)) {
      const [before, after] = [offsetAt(this.#zone, midnight - day), offsetAt(this.#zone, midnight + 2 * day)]
      this.#offsets.set(midnight, before === after ? before : undefined)
    }
    return this.#offsets.get(midnight)
  }
}
