/** The events of a throttle. */
import type { ThrottledError } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'

export interface ThrottleRejectEvent extends EventBase {
  /** How likely a call of this priority was refused, from 0 to 1. */
  readonly probability: number
  readonly error: ThrottledError
}

export interface ThrottleChangeEvent extends EventBase {
  /** The probability before, of the least important calls; 0 where the throttle begins to refuse. */
  readonly from: number
  /** The probability now; 0 where the throttle refuses nothing any more. */
  readonly to: number
}

export interface ThrottleEvents extends BaseEvents {
  /** A call was refused. */
  reject: ThrottleRejectEvent
  /** The throttle begins to refuse calls, or ends; noticed when a call begins or ends. */
  change: ThrottleChangeEvent
}
