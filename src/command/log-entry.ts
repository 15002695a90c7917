/** What a line of a log can say. */
import { type State, states } from '../availability/timeline/states.ts'
import type { Milliseconds } from '../core/duration.ts'

/** From an instant on a component is in a state. */
export interface StateEntry {
  readonly component: string
  readonly state: string
  readonly at: Milliseconds
}

/** It was in a state from start to end; Infinity where it still is. */
export interface PeriodEntry {
  readonly component: string
  readonly state: string
  readonly start: Milliseconds
  readonly end: Milliseconds
}

export type LogEntry = StateEntry | PeriodEntry

/** Begins what is said of a word that is no state. */
export const badState = 'its state must be one of'

/** Why an entry cannot be taken; undefined where it can. */
export function refusal(entry: LogEntry): string | undefined {
  if (entry.component === '') return 'no component'
  if ('at' in entry) {
    if (!Number.isFinite(entry.at)) return 'its time cannot be read'
  } else {
    if (!Number.isFinite(entry.start)) return 'its start cannot be read'
    if (Number.isNaN(entry.end)) return 'its end cannot be read'
    if (entry.end < entry.start) return 'it ends before it starts'
  }
  if (states.includes(entry.state as State)) return undefined
  return `${badState} ${states.join(', ')}, got ${JSON.stringify(entry.state)}`
}
