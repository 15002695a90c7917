/** The events of a retry. */
import type { Milliseconds } from '../core/duration.ts'
import type { RejectedError } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'
import type { GiveUpReason } from './run.ts'

export interface RetryEvent extends EventBase {
  /** How many tries have failed, from 1. */
  readonly attempt: number
  /** The wait before the next one, in ms. */
  readonly delay: Milliseconds
  /** What the try failed with; undefined where `when` judged a value a failure. */
  readonly error: unknown
}

export interface GiveUpEvent extends EventBase {
  readonly reason: GiveUpReason
  /** How many tries were made. */
  readonly attempts: number
  /** What the caller gets; undefined where that is a value. */
  readonly error: unknown
  /** The rejection that ended the tries, if one did. */
  readonly rejection: RejectedError | undefined
}

export interface RetryEvents extends BaseEvents {
  /** A try failed and will be repeated; sent before the wait. */
  retry: RetryEvent
  /** A try failed and will not be repeated; sent before the caller gets the failure. */
  giveUp: GiveUpEvent
}
