/** The events of a circuit breaker. */
import type { Milliseconds } from '../core/duration.ts'
import type { CircuitOpenError } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'

/** Which rule opened it; `manual` is `trip()`. */
export type OpenCause = 'consecutive' | 'rate' | 'slow' | 'manual'

export interface OpenEvent extends EventBase {
  readonly cause: OpenCause
  /** The failure that tripped it; undefined if slow calls did, or a success that filled the window. */
  readonly error: unknown
  /** When the first failure of the tripping run or window was counted, in `time`. */
  readonly since: Milliseconds
  /** When the next call becomes a probe, in `time`. */
  readonly until: Milliseconds
}

export interface CloseEvent extends EventBase {
  /** The state it was in. */
  readonly from: 'open' | 'half-open' | 'isolated' | 'disabled'
}

export interface CircuitRejectEvent extends EventBase {
  readonly error: CircuitOpenError
  readonly state: 'open' | 'half-open' | 'isolated'
}

export interface CircuitOutcomeEvent extends EventBase {
  /** The error; undefined for a value. */
  readonly error: unknown
}

export interface CircuitBreakerEvents extends BaseEvents {
  /** It opened: once an opening. */
  open: OpenEvent
  /** The first call after `until` came; it is the first probe. */
  halfOpen: EventBase
  /** It closed: by its probes, by `reset()`, or by the last `release()`. */
  close: CloseEvent
  /** It was isolated. */
  isolate: EventBase
  /** It was disabled. */
  disable: EventBase
  /** It refused a call. */
  reject: CircuitRejectEvent
  /** A call it admitted succeeded, in its view. */
  success: EventBase
  /** A call it admitted failed, in its view. */
  failure: CircuitOutcomeEvent
  /** A call it admitted counted neither way. */
  ignored: CircuitOutcomeEvent
}

/** Its own events, by name. */
export const eventNames: readonly (keyof CircuitBreakerEvents)[] = Object.freeze([
  'open',
  'halfOpen',
  'close',
  'isolate',
  'disable',
  'reject',
  'success',
  'failure',
  'ignored',
])
