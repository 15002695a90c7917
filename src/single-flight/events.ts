/** The events of a single-flight. */
import type { BaseEvents, EventBase } from '../core/events.ts'

export interface LeadEvent extends EventBase {
  readonly key: string
}

export interface JoinEvent extends EventBase {
  readonly key: string
  /** Calls that wait for the work, the leader and this one included. */
  readonly waiting: number
}

export interface AbandonEvent extends EventBase {
  readonly key: string
  /** Why the work was given up. */
  readonly error: unknown
}

export interface SingleFlightEvents extends BaseEvents {
  /** The work of a call is about to start, and other calls may join it. */
  lead: LeadEvent
  /** A call waits for the work of another. */
  join: JoinEvent
  /** All calls that waited for the work have left, so it was given up. */
  abandon: AbandonEvent
}
