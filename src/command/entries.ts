/** What a line of a log can say. */
import type { Milliseconds } from '../core/duration.ts'

/** From an instant on a component is in a state. */
export interface StateEntry {
  readonly component: string
  readonly state: string
  readonly at: Milliseconds
}

/** It was down, degraded or in maintenance from start to end; Infinity where it still is. */
export interface IncidentEntry {
  readonly component: string
  readonly state: string
  readonly start: Milliseconds
  readonly end: Milliseconds
}

export type Entry = StateEntry | IncidentEntry

/** A line that could not be read. */
export interface BadLine {
  readonly number: number
  readonly why: string
}

export interface Log {
  readonly entries: readonly Entry[]
  readonly bad: readonly BadLine[]
}

const states = ['up', 'degraded', 'down', 'maintenance', 'unknown']
const incidentStates = ['degraded', 'down', 'maintenance']

/** Why an entry cannot be taken; undefined where it can. */
export function refusal(entry: Entry): string | undefined {
  if (entry.component === '') return 'no component'
  if ('at' in entry) {
    if (!Number.isFinite(entry.at)) return 'its time cannot be read'
    return states.includes(entry.state)
      ? undefined
      : `its state must be one of ${states.join(', ')}, got ${JSON.stringify(entry.state)}`
  }
  if (!Number.isFinite(entry.start)) return 'its start cannot be read'
  if (Number.isNaN(entry.end)) return 'its end cannot be read'
  if (entry.end < entry.start) return 'it ends before it starts'
  const expected = `the state of an incident must be one of ${incidentStates.join(', ')}`
  return incidentStates.includes(entry.state) ? undefined : `${expected}, got ${JSON.stringify(entry.state)}`
}
