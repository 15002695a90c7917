/**
 * All that a log says, component by component, in columns of numbers: half a million lines take some tens of megabytes.
 *
 * Nothing in it is in order yet.
 */
import { type Code, codeOf, DOWN, type State } from '../availability/timeline/states.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { LogEntry } from './log-entry.ts'

export interface Periods {
  readonly starts: Milliseconds[]
  readonly ends: Milliseconds[]
  /** By their starts, where those stand that have no end yet and may get one. */
  readonly open: Map<Milliseconds, number>
}

/** What it says of one component. */
export interface ComponentEntries {
  readonly times: Milliseconds[]
  readonly codes: Code[]
  readonly periods: Map<Code, Periods>
}

export class LogContents {
  readonly components = new Map<string, ComponentEntries>()
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
  take(entry: LogEntry, closes = false): void {
    this.#size++
    const entries = this.entries(entry.component)
    const code = codeOf(entry.state as State)
    if ('at' in entry) {
      this.#names(entry.at)
      entries.times.push(entry.at)
      entries.codes.push(code)
      return
    }
    const { start, end } = entry
    this.saysUp ||= entry.state === 'up'
    this.#names(start)
    if (Number.isFinite(end)) this.#names(end)
    const periods = periodsOf(entries, code)
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
    periodsOf(this.entries(name), DOWN)
  }

  /** Of a component, which is one from now on. */
  entries(name: string): ComponentEntries {
    let entries = this.components.get(name)
    if (entries === undefined) {
      entries = { times: [], codes: [], periods: new Map() }
      this.components.set(name, entries)
    }
    return entries
  }

  #names(at: Milliseconds): void {
    if (at > this.#end) this.#end = at
  }
}

function periodsOf({ periods: all }: ComponentEntries, code: Code): Periods {
  let periods = all.get(code)
  if (periods === undefined) {
    periods = { starts: [], ends: [], open: new Map() }
    all.set(code, periods)
  }
  return periods
}
