/**
 * The one place where what sources say leaves the ledger, to be kept: a scribe is told all of it, as it is said.
 *
 * Invariant: what a scribe is told is enough to say it all again to an empty ledger, and get the same timelines.
 */
import type { Phases, Stamps } from '../record/stamps.ts'
import type { EventLog } from '../timeline/event-log.ts'
import type { Code, State } from '../timeline/states.ts'

/** The component a source speaks of. */
export interface Subject {
  readonly name: string
  readonly member: boolean
}

/** What one source says, from the first of these times on, whatever it has said for later. */
export interface Saying {
  readonly steps: readonly (readonly [time: number, code: Code])[]
  readonly stamps?: Stamps | undefined
  readonly reason?: string | undefined
}

/** An event that was taken, with its instants in the tracker's own time. */
export interface ToldEvent extends Phases<number> {
  readonly component: string
  readonly state: State
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

export interface Scribe {
  /** There is a clock now. */
  begin(): void
  /** A policy or a probe, known by its log, says something. */
  said(subject: Subject, log: EventLog, saying: Saying): void
  /** It is gone for good. */
  gone(subject: Subject, log: EventLog, time: number): void
  told(event: ToldEvent): void
  /** The machine slept. */
  slept(from: number, to: number): void
}
