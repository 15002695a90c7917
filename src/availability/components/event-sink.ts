/**
 * Receives all that is recorded in a tracker, as it is recorded, so that it can be kept.
 *
 * Invariant: playing back what a sink received to an empty tracker gives the same timelines.
 */
import type { OutagePhases, TimestampEntry } from '../outages/timestamps.ts'
import type { EventLog } from '../timeline/event-log.ts'
import type { Code, ComponentState } from '../timeline/states.ts'

/** The component a source is about. */
export interface SourceSubject {
  readonly name: string
  readonly member: boolean
}

/** The states a source gives from the first of these times on; they replace what it gave for later. */
export interface SourceUpdate {
  readonly steps: readonly (readonly [time: number, code: Code])[]
  readonly stamps?: TimestampEntry | undefined
  readonly reason?: string | undefined
}

/** An accepted event, with its instants in the tracker's own time. */
export interface RecordedEvent extends OutagePhases<number> {
  readonly component: string
  readonly state: ComponentState
  /** Of an incident: its key. */
  readonly id?: string | undefined
  readonly time?: number
  readonly seq?: number | undefined
  readonly source?: string | undefined
  /** Of an incident. */
  readonly start?: number
  readonly end?: number | undefined
  readonly reason?: string | undefined
}

export interface EventSink {
  /** A policy or a probe, known by its log, changes its states. */
  onSource(subject: SourceSubject, log: EventLog, update: SourceUpdate): void
  /** It is stopped, or removed. */
  onSourceEnd(subject: SourceSubject, log: EventLog, time: number): void
  onRecorded(event: RecordedEvent): void
  /** The machine slept. */
  onSleep(from: number, to: number): void
  close(): void
}
