/** The events of a deadline budget. */
import type { Milliseconds } from '../core/duration.ts'
import type { DeadlineError } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'

export interface DeadlineRejectEvent extends EventBase {
  /** What was left until the deadline; 0 or less once it has passed. */
  readonly remaining: Milliseconds
  /** What a call needs. */
  readonly needed: Milliseconds
  readonly error: DeadlineError
}

export interface DeadlineBudgetEvents extends BaseEvents {
  /** A call was refused. */
  reject: DeadlineRejectEvent
}
