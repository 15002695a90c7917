/**
 * The entries of a log by component, in columns of numbers: half a million lines take some tens of megabytes.
 *
 * The entries are not sorted yet.
 */
import { type Code, type ComponentState, codeOf, DOWN } from '../availability/timeline/states.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { LogEntry } from './log-entry.ts'

export interface Periods {
  readonly starts: Milliseconds[]
  readonly ends: Milliseconds[]
  /** Indexes, by start, of open periods that a later entry may close. */
  readonly open: Map<Milliseconds, number>
}

/** The entries of one component. */
export interface ComponentEntries {
  readonly times: Milliseconds[]
  readonly codes: Code[]
  readonly periods: Map<Code, Periods>
}

export class LogContents {
  readonly components = new Map<string, ComponentEntries>()
  /** Whether there are periods of `up`: then the time between entries is unknown. */
  saysUp = false
  #size = 0
  #end = Number.NEGATIVE_INFINITY

  /** The number of entries. */
  get size(): number {
    return this.#size
  }

  /** The last instant of any entry. */
  get end(): Milliseconds {
    return this.#end
  }

  /** With `closes`, an entry closes an open incident with the same component, state and start. */
  take(entry: LogEntry, closes = false): void {
    this.#size++
    const entries = this.entries(entry.component)
    const code = codeOf(entry.state as ComponentState)
    if ('at' in entry) {
      this.#extend(entry.at)
      entries.times.push(entry.at)
      entries.codes.push(code)
      return
    }
    const { start, end } = entry
    this.saysUp ||= entry.state === 'up'
    this.#extend(start)
    if (Number.isFinite(end)) this.#extend(end)
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

  /** Adds a component without incidents. */
  without(name: string): void {
    periodsOf(this.entries(name), DOWN)
  }

  /** The entries of a component, which is added if necessary. */
  entries(name: string): ComponentEntries {
    let entries = this.components.get(name)
    if (entries === undefined) {
      entries = { times: [], codes: [], periods: new Map() }
      this.components.set(name, entries)
    }
    return entries
  }

  #extend(at: Milliseconds): void {
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
