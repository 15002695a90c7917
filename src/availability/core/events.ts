/** The events of a tracker. */
import type { Milliseconds } from '../../core/duration.ts'
import type { BaseEvents, EventBase } from '../../core/events.ts'
import type { Outage } from '../outages/outage.ts'

/** An outage as it is known at that moment; `policy` is the tracker's name. */
export interface OutageEvent extends EventBase, Outage {}

/** An attempt to bring a component back begins. */
export interface RecoveryStartEvent extends EventBase {
  readonly component: string
  /** Which one of this outage, from 1. */
  readonly attempt: number
  /** When the outage began, in `time`. */
  readonly since: Milliseconds
}

/** A recovery ended; `outageEnd` reports that the component serves again. */
export interface RecoveryEndEvent extends RecoveryStartEvent {
  readonly ok: boolean
  /** What it failed with, or was aborted with; undefined where it succeeded. */
  readonly error: unknown
  readonly duration: Milliseconds
}

/** No further attempt is made in this outage. */
export interface RecoveryGiveUpEvent extends EventBase {
  readonly component: string
  readonly attempts: number
  readonly since: Milliseconds
  /** What the last attempt failed with; undefined where it succeeded, and did not help. */
  readonly error: unknown
}

/** Payload of `burn`; `policy` is the tracker's name. */
export interface BurnEvent extends EventBase {
  readonly objective: string
  readonly tier: string
  readonly severity: 'page' | 'ticket'
  readonly state: 'start' | 'end'
  readonly factor: number
  readonly burnLong: number | null
  readonly burnShort: number | null
  /** The part of the budget that is left. */
  readonly budgetRemaining: number | null
}

export interface AvailabilityEvents extends Pick<BaseEvents, 'fault'> {
  /** A component is down: once an outage, when it is known, which may be later than its start. */
  outageStart: OutageEvent
  /** It serves again. */
  outageEnd: OutageEvent
  /** A tier of an objective starts to fire, or ends. */
  burn: BurnEvent
  /** An attempt to bring a component back begins. */
  recoveryStart: RecoveryStartEvent
  /** It ended: well, badly, or because the component came back by itself. */
  recoveryEnd: RecoveryEndEvent
  /** The limit is reached, or the backoff said so, and the component is still down. */
  recoveryGiveUp: RecoveryGiveUpEvent
}

export const eventNames: readonly (keyof AvailabilityEvents)[] = [
  'outageStart',
  'outageEnd',
  'burn',
  'recoveryStart',
  'recoveryEnd',
  'recoveryGiveUp',
]
