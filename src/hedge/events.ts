/** The events of a hedge. */
import type { Milliseconds } from '../core/duration.ts'
import type { RejectedError } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'

/**
 * Why a hedge was not sent: the budget is exhausted; it would have started after the deadline; the call is not idempotent; the delay
 * is not known yet; a policy inside refused it.
 */
export type DenyReason = 'budget' | 'deadline' | 'idempotent' | 'samples' | 'rejected'

export interface HedgeEvent extends EventBase {
  /** Which attempt starts: 2 for the first hedge. */
  readonly attempt: number
  /** The delay in ms; undefined where it is not known and a failure started the hedge. */
  readonly delay: Milliseconds | undefined
}

export interface HedgeWinEvent extends EventBase {
  /** Which attempt gave the outcome: 1 for the first one, above 1 for a hedge. */
  readonly attempt: number
}

export interface HedgeDenyEvent extends EventBase {
  readonly reason: DenyReason
  /** What a policy inside refused the hedge with. */
  readonly error: RejectedError | undefined
}

export interface HedgeLateResultEvent extends EventBase {
  /** Which attempt has settled. */
  readonly attempt: number
  /** Whether it gave a value. */
  readonly ok: boolean
}

export interface HedgeEvents extends BaseEvents {
  /** A hedge starts. */
  hedge: HedgeEvent
  /** A hedged call has its outcome; sent before the caller gets it. */
  win: HedgeWinEvent
  /** A hedge was not sent, or not let in. */
  deny: HedgeDenyEvent
  /** The work of an attempt that had lost has settled. */
  lateResult: HedgeLateResultEvent
}
