/**
 * A component's states over time: transitions in typed arrays (9 bytes each) and, once a reader asks, prefix sums of the
 * time in each state, so that any window costs two binary searches.
 *
 * Invariants: times rise strictly, neighbours differ, and before the first transition the state is unknown, or what the
 * archive says of it. Sums are exact for whole milliseconds. The same shape as the transition log of a status page, without
 * its counters.
 */
import type { Archive } from './archive.ts'
import { EventLog } from './event-log.ts'
import { type Code, SILENT, states, UNKNOWN } from './states.ts'
import { countBefore, countUpTo, type Steps } from './steps.ts'

/** The five states, and time that a report leaves out. */
const width = states.length + 1

const noTimes = new Float64Array(0)
const noCodes = new Uint8Array(0)
const keptBlips = 5000
const nothing = new EventLog()

/** From which instant on something may have changed since its owner looked. */
export interface ChangeMark {
  from: number
}

export class Timeline implements Steps {
  #times = noTimes
  #codes = noCodes
  #sums = noTimes
  #summed = 0
  #length = 0
  #blips: number[] | undefined = undefined
  #under: EventLog | undefined = undefined
  #lent = false
  readonly #marks: ChangeMark[] = []
  /** What is no longer kept as transitions. */
  archive: Archive | undefined = undefined

  get length(): number {
    return this.#length
  }

  /** Outages of no length: down and taken back in one instant. */
  get blips(): readonly number[] {
    return this.#blips ?? []
  }

  /** What is known beneath states that hide it: during maintenance, and outside service hours. Else silent. */
  get under(): Steps {
    return this.#under ?? nothing
  }

  timeAt(index: number): number {
    return this.#times[index] as number
  }

  codeAt(index: number): Code {
    return this.#codes[index] as Code
  }

  /** The state at an instant. */
  at(time: number): Code {
    const count = countUpTo(this, time)
    return count === 0 ? (this.archive?.at(time) ?? UNKNOWN) : this.codeAt(count - 1)
  }

  /** The state until an instant. */
  before(time: number): Code {
    const count = countBefore(this, time)
    return count === 0 ? UNKNOWN : this.codeAt(count - 1)
  }

  /** As it is now, whatever changes later. The columns are shared until something in them is to change. */
  frozen(): Timeline {
    if (this.#length > 0) this.#sum(this.#length - 1)
    const copy = new Timeline()
    copy.#times = this.#times
    copy.#codes = this.#codes
    copy.#sums = this.#sums
    copy.#summed = this.#summed
    copy.#length = this.#length
    copy.archive = this.archive
    this.#lent = true
    return copy
  }

  /** One that is lowered with every change of what was there. */
  mark(): ChangeMark {
    const mark = { from: Number.NEGATIVE_INFINITY }
    this.#marks.push(mark)
    return mark
  }

  /** From `time` on, which is after all before, the state is `code`. */
  append(time: number, code: Code): void {
    const length = this.#length
    if (code === (length === 0 ? UNKNOWN : this.codeAt(length - 1))) return
    if (length === this.#times.length) {
      this.#times = grown(this.#times, new Float64Array(Math.max(4, 2 * length)))
      this.#codes = grown(this.#codes, new Uint8Array(Math.max(4, 2 * length)))
    }
    this.#times[length] = time
    this.#codes[length] = code
    this.#length++
  }

  /** From `time` on `code` lies under the state; `SILENT` where that hides nothing. */
  hide(time: number, code: Code): void {
    if (this.#under === undefined && code === SILENT) return
    this.#under ??= new EventLog()
    this.#under.rewrite(time, code)
  }

  blip(time: number): void {
    this.#blips ??= []
    this.#blips.push(time)
    if (this.#blips.length > keptBlips) this.#blips.splice(0, keptBlips / 4)
  }

  /** Drops what happens at or after `time`. */
  cut(time: number): void {
    const length = countBefore(this, time)
    if (this.#lent && length < this.#length) this.#own()
    this.#length = length
    this.#summed = Math.min(this.#summed, this.#length)
    while (this.blips.length > 0 && (this.blips.at(-1) as number) >= time) this.#blips?.pop()
    this.#under?.cut(time)
    for (const mark of this.#marks) mark.from = Math.min(mark.from, time)
  }

  #own(): void {
    this.#times = this.#times.slice()
    this.#codes = this.#codes.slice()
    this.#sums = this.#sums.slice()
    this.#lent = false
  }

  /** Lets go of what was before `time`, which the archive has by now; the state it left holds from there. */
  forget(time: number): void {
    const gone = countUpTo(this, time) - 1
    if (gone < 0) return
    this.#times = this.#times.slice(gone)
    this.#codes = this.#codes.slice(gone)
    this.#times[0] = time
    this.#sums = noTimes
    this.#summed = 0
    this.#length -= gone
    this.#under?.forget(time)
  }

  /** Milliseconds in each state, by code, in [from, to). */
  totals(from: number, to: number): number[] {
    const { archive } = this
    const start = archive === undefined ? from : Math.max(from, Math.min(to, archive.until))
    const before = this.#until(start)
    const totals = this.#until(to)
    for (let code = 0; code < width; code++) totals[code] = (totals[code] as number) - (before[code] as number)
    if (start > from) archive?.addTotals(totals, from, start)
    return totals
  }

  /** From the first transition to `time`; less than nothing of unknown before it. */
  #until(time: number): number[] {
    const totals = new Array<number>(width).fill(0)
    const last = countUpTo(this, time) - 1
    if (last < 0) {
      totals[UNKNOWN] = time - (this.#length === 0 ? 0 : this.timeAt(0))
      return totals
    }
    this.#sum(last)
    for (let code = 0; code < width; code++) totals[code] = this.#sums[last * width + code] as number
    const code = this.codeAt(last)
    totals[code] = (totals[code] as number) + time - this.timeAt(last)
    return totals
  }

  #sum(last: number): void {
    if (this.#sums.length < (last + 1) * width) {
      this.#sums = grown(this.#sums, new Float64Array(this.#times.length * width))
    }
    for (let index = this.#summed; index <= last; index++) {
      const at = index * width
      if (index === 0) {
        this.#sums.fill(0, 0, width)
        continue
      }
      this.#sums.copyWithin(at, at - width, at)
      const slot = at + this.codeAt(index - 1)
      this.#sums[slot] = (this.#sums[slot] as number) + this.timeAt(index) - this.timeAt(index - 1)
    }
    this.#summed = Math.max(this.#summed, last + 1)
  }
}

function grown<Column extends Float64Array | Uint8Array>(column: Column, larger: Column): Column {
  larger.set(column)
  return larger
}
