/** The events of an adaptive limiter. */
import type { Milliseconds } from '../core/duration.ts'
import type { LimitReachedError, LimitReachedReason } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'

export interface LimitChangeEvent extends EventBase {
  readonly from: number
  readonly to: number
  /** What changed it: the algorithm after a window, or the begin or end of a probe. */
  readonly cause: 'window' | 'probe'
}

export interface LimitProbeEvent extends EventBase {
  /** Whether a probe begins: calls run at half the limit, to measure the latency without a queue. */
  readonly probing: boolean
  /** That latency as known now, in ms. */
  readonly baseline: Milliseconds | undefined
}

export interface LimitEnqueueEvent extends EventBase {
  /** Calls that wait, this one included. */
  readonly queued: number
}

export interface LimitDequeueEvent extends EventBase {
  /** How long it had to wait, in ms. */
  readonly waited: Milliseconds
  /** Calls that still wait. */
  readonly queued: number
}

export interface LimitRejectEvent extends EventBase {
  readonly reason: LimitReachedReason
  readonly error: LimitReachedError
}

export interface AdaptiveLimiterEvents extends BaseEvents {
  /** The limit is another. */
  limit: LimitChangeEvent
  /** A probe begins or ends. */
  probe: LimitProbeEvent
  /** A call has to wait. */
  enqueue: LimitEnqueueEvent
  /** A call that waited has its permit, and starts. */
  dequeue: LimitDequeueEvent
  /** A call was refused. */
  reject: LimitRejectEvent
}
