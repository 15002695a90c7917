/** The events of a rate limiter. */
import type { Milliseconds } from '../core/duration.ts'
import type { RateLimitedError } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'

export interface RateWaitEvent extends EventBase {
  /** How long the call will wait, in ms. */
  readonly delay: Milliseconds
  /** Its place among the calls that wait, from 1. */
  readonly position: number
}

export interface RateRejectEvent extends EventBase {
  /** How long it would have had to wait, in ms; undefined where it can never pass. */
  readonly retryAfter: Milliseconds | undefined
  readonly error: RateLimitedError
}

export interface RateLimiterEvents extends BaseEvents {
  /** A call has to wait; its start is fixed. */
  wait: RateWaitEvent
  /** A call was refused. */
  reject: RateRejectEvent
}
