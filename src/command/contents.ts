/**
 * All that a log says, component by component, in columns of numbers: half a million lines take some tens of megabytes.
 *
 * Nothing in it is in order yet.
 */
import { type Code, codeOf, DOWN, type State } from '../availability/timeline/states.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Entry } from './entries.ts'

export interface Periods {
  readonly starts: Milliseconds[]
  readonly ends: Milliseconds[]
  /** By their starts, where those stand that have no end yet and may get one. */
  readonly open: Map<Milliseconds, number>
}

/** What it says of one component. */
export interface Told {
  readonly times: Milliseconds[]
  readonly codes: Code[]
  readonly periods: Map<Code, Periods>
}

export class Contents {
  readonly components = new Map<string, Told>()
  /** It has periods that say up: where it says nothing, nothing is known. */
  saysUp = false
  #size = 0
  #end = Number.NEGATIVE_INFINITY

  /** Lines that say something. */
  get size(): number {
    return this.#size
  }

  /** The last instant it names. */
  get end(): Milliseconds {
    return this.#end
  }

  /** `closes`: an incident that is open may be closed by a later one with its component, state and start. */
  take(entry: Entry, closes = false): void {
    this.#size++
    const told = this.told(entry.component)
    const code = codeOf(entry.state as State)
    if ('at' in entry) {
      this.#names(entry.at)
      told.times.push(entry.at)
      told.codes.push(code)
      return
    }
    const { start, end } = entry
    this.saysUp ||= entry.state === 'up'
    this.#names(start)
    if (Number.isFinite(end)) this.#names(end)
    const periods = periodsOf(told, code)
    const known = closes ? periods.open.get(start) : undefined
    if (known !== undefined) {
      periods.ends[known] = end
      return
    }
    if (closes && end === Number.POSITIVE_INFINITY) periods.open.set(start, periods.starts.length)
    periods.starts.push(start)
    periods.ends.push(end)
  }

  /** A component has had no incidents. */
  without(name: string): void {
    periodsOf(this.told(name), DOWN)
  }

  /** Of a component, which is one from now on. */
  told(name: string): Told {
    let told = this.components.get(name)
    if (told === undefined) {
      told = { times: [], codes: [], periods: new Map() }
      this.components.set(name, told)
    }
    return told
  }

  #names(at: Milliseconds): void {
    if (at > this.#end) this.#end = at
  }
}

function periodsOf({ periods: all }: Told, code: Code): Periods {
  let periods = all.get(code)
  if (periods === undefined) {
    periods = { starts: [], ends: [], open: new Map() }
    all.set(code, periods)
  }
  return periods
}
