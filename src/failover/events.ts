/** What a pool tells. Events of its members' guards come through it too, with `pool` and `member` set. */
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
  /** What the member failed with, or refused with; undefined where `when` judged a value a failure. */
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
  /** What it failed with last; undefined for a rate. */
  readonly error: unknown
  /** When the first failure of the run was counted, in `time`. */
  readonly since: Milliseconds
  /** From when on it may be tried again, in `time`; Infinity where only a check can say. */
  readonly until: Milliseconds
  /** Ejections without lasting recovery between them, from 1; each lasts longer. */
  readonly ejections: number
}

export interface RestoreEvent extends EventBase {
  readonly member: string
  /** A good call, or good checks. */
  readonly reason: StateReason
}

export interface ExhaustedEvent extends EventBase {
  /** The members tried, in order; empty where none might be. */
  readonly tried: readonly string[]
  /** What the caller gets; undefined where that is a value. */
  readonly error: unknown
}

export interface MembersChangedEvent extends EventBase {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Those whose weight, zone or priority is another now. */
  readonly changed: readonly string[]
}

export interface FailoverEvents extends BaseEvents {
  /** A member was chosen for a try. */
  select: SelectEvent
  /** A try failed or was refused, and another member is tried. */
  failover: FailoverEvent
  /** A try met a kept connection that was gone, and is made again on a new one. */
  reconnect: ReconnectEvent
  /** A member left the rotation: once an ejection, and once for each probe that failed. */
  eject: EjectEvent
  /** A member is back in the rotation. */
  restore: RestoreEvent
  /** A member's health changed, in or out or between. */
  state: MemberStateEvent
  /** The operator drains or maintains a member, or takes it back. */
  admin: AdminEvent
  /** No member is left to try for a call. */
  exhausted: ExhaustedEvent
  /** Members were added, removed or changed. */
  membersChanged: MembersChangedEvent
  /** A try of a member succeeded. */
  success: SelectEvent
}
