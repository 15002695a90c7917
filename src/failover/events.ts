/** The events of a pool. It also emits those of its members' guards, with `pool` and `member` set. */
import type { Milliseconds } from '../core/duration.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'
import type { StateReason } from './health/states.ts'
import type { AdminState, EjectReason, MemberState } from './members/member-status.ts'

export interface SelectEvent extends EventBase {
  readonly member: string
}

export interface FailoverEvent extends EventBase {
  readonly from: string
  readonly to: string
  /** The member's error or rejection; undefined where `when` judged a value a failure. */
  readonly error: unknown
}

export interface ReconnectEvent extends EventBase {
  readonly member: string
  readonly error: unknown
}

export interface MemberStateEvent extends EventBase {
  readonly member: string
  readonly from: MemberState
  readonly to: MemberState
  readonly reason: StateReason
}

export interface AdminEvent extends EventBase {
  readonly member: string
  readonly from: AdminState
  readonly to: AdminState
}

export interface EjectEvent extends EventBase {
  readonly member: string
  /** Failures in a row, a low success rate, a failed probe, or failed checks. */
  readonly reason: EjectReason
  /** Its last error; undefined for a rate. */
  readonly error: unknown
  /** When the first failure of the run was counted, in `time`. */
  readonly since: Milliseconds
  /** When it may be tried again, in `time`; Infinity where only a check can restore it. */
  readonly until: Milliseconds
  /** Its ejections since it last recovered for good, from 1; each lasts longer. */
  readonly ejections: number
}

export interface RestoreEvent extends EventBase {
  readonly member: string
  /** A good call, or good checks. */
  readonly reason: StateReason
}

export interface ExhaustedEvent extends EventBase {
  /** The members tried, in order; empty where none could be. */
  readonly tried: readonly string[]
  /** The error that the caller gets; undefined where it gets a value. */
  readonly error: unknown
  /** `'budget'` where a member is left, but the retry budget is exhausted. */
  readonly reason: 'budget' | undefined
}

export interface MembersChangedEvent extends EventBase {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Members whose weight, zone or priority has changed. */
  readonly changed: readonly string[]
}

export interface FailoverEvents extends BaseEvents {
  /** A member was chosen for a try. */
  select: SelectEvent
  /** A try failed or was refused, and another member is tried. */
  failover: FailoverEvent
  /** The kept-alive connection of a try had been closed; the try is repeated on a new one. */
  reconnect: ReconnectEvent
  /** A member was ejected: one event for each ejection, and one for each failed probe. */
  eject: EjectEvent
  /** A member is back in the rotation. */
  restore: RestoreEvent
  /** A member's health state changed. */
  state: MemberStateEvent
  /** The operator drains or maintains a member, or makes it ready again. */
  admin: AdminEvent
  /** No member is left to try for a call. */
  exhausted: ExhaustedEvent
  /** Members were added, removed or changed. */
  membersChanged: MembersChangedEvent
  /** A try of a member succeeded. */
  success: SelectEvent
}
