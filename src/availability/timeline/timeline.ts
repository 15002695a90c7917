/**
 * A component's states over time: transitions in typed arrays (9 bytes each) and, once somebody asks, prefix sums of the
 * time in each state, so that any window costs two binary searches.
 *
 * Invariants: times rise strictly, neighbours differ, and before the first transition the state is unknown.
 * Sums are exact for whole milliseconds. The same shape as the transition log of a status page, without its counters.
 */
import { capacity as keptEvents } from './event-log.ts'
import { type Code, states, UNKNOWN } from './states.ts'
import { countBefore, countUpTo, type Steps } from './steps.ts'

const width = states.length

export class Timeline implements Steps {
  #times = new Float64Array(16)
  #codes = new Uint8Array(16)
  #sums = new Float64Array(0)
  #summed = 0
  #length = 0
  /** Beyond it the oldest quarter goes. */
  readonly #capacity: number
  /** Outages of no length: down and taken back in one instant. */
  readonly blips: number[] = []

  constructor(capacity = keptEvents) {
    this.#capacity = capacity
  }

  get length(): number {
    return this.#length
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
    return count === 0 ? UNKNOWN : this.codeAt(count - 1)
  }

  /** From `time` on, which is after all before, the state is `code`. */
  append(time: number, code: Code): void {
    if (code === (this.#length === 0 ? UNKNOWN : this.codeAt(this.#length - 1))) return
    if (this.#length === this.#capacity) this.#forget(this.#capacity / 4)
    if (this.#length === this.#times.length) {
      this.#times = grown(this.#times, new Float64Array(2 * this.#length))
      this.#codes = grown(this.#codes, new Uint8Array(2 * this.#length))
    }
    this.#times[this.#length] = time
    this.#codes[this.#length] = code
    this.#length++
  }

  blip(time: number): void {
    this.blips.push(time)
    if (this.blips.length > keptEvents) this.blips.splice(0, keptEvents / 4)
  }

  /** Drops what happens at or after `time`. */
  cut(time: number): void {
    this.#length = countBefore(this, time)
    this.#summed = Math.min(this.#summed, this.#length)
    while (this.blips.length > 0 && (this.blips.at(-1) as number) >= time) this.blips.pop()
  }

  /** Milliseconds in each state, by code, in [from, to). */
  totals(from: number, to: number): number[] {
    const before = this.#until(from)
    return this.#until(to).map((total, code) => total - (before[code] as number))
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
    if (this.#sums.length < this.#times.length * width) {
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

  #forget(count: number): void {
    this.#times.copyWithin(0, count, this.#length)
    this.#codes.copyWithin(0, count, this.#length)
    this.#length -= count
    this.#summed = 0
  }
}

function grown<Column extends Float64Array | Uint8Array>(column: Column, larger: Column): Column {
  larger.set(column)
  return larger
}
