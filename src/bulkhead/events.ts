/** The events of a bulkhead. */
import type { Milliseconds } from '../core/duration.ts'
import type { BulkheadFullError, BulkheadReason } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'

export interface EnqueueEvent extends EventBase {
  /** Calls that wait, this one included. */
  readonly queued: number
}

export interface DequeueEvent extends EventBase {
  /** How long it had to wait, in ms. */
  readonly waited: Milliseconds
  /** Calls that still wait. */
  readonly queued: number
}

export interface BulkheadRejectEvent extends EventBase {
  readonly reason: BulkheadReason
  readonly error: BulkheadFullError
}

export interface BulkheadEvents extends BaseEvents {
  /** A call has to wait. */
  enqueue: EnqueueEvent
  /** A call that waited has its slot, and starts. */
  dequeue: DequeueEvent
  /** A call was refused. */
  reject: BulkheadRejectEvent
}
