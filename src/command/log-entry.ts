/** The entries of a log. */
import { type ComponentState, states } from '../availability/timeline/states.ts'
import type { Milliseconds } from '../core/duration.ts'

/** A component is in a state from an instant on. */
export interface StateEntry {
  readonly component: string
  readonly state: string
  readonly at: Milliseconds
}

/** A component was in a state from start to end; the end is Infinity if it still is. */
export interface PeriodEntry {
  readonly component: string
  readonly state: string
  readonly start: Milliseconds
  readonly end: Milliseconds
}

export type LogEntry = StateEntry | PeriodEntry

/** The beginning of the message about an unknown state. */
export const badState = 'the state must be one of'

/** Why an entry is invalid. Undefined if it is valid. */
export function refusal(entry: LogEntry): string | undefined {
  if (entry.component === '') return 'no component'
  if ('at' in entry) {
    if (!Number.isFinite(entry.at)) return 'the time cannot be read'
  } else {
    if (!Number.isFinite(entry.start)) return 'the start cannot be read'
    if (Number.isNaN(entry.end)) return 'the end cannot be read'
    if (entry.end < entry.start) return 'the end is before the start'
  }
  if (states.includes(entry.state as ComponentState)) return undefined
  return `${badState} ${states.join(', ')}, got ${JSON.stringify(entry.state)}`
}
