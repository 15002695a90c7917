/** What a pool tells. Events of its members' guards come through it too, with `pool` and `member` set. */
import type { Milliseconds } from '../core/duration.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'

export interface SelectEvent extends EventBase {
  readonly member: string
}

export interface FailoverEvent extends EventBase {
  readonly from: string
  readonly to: string
  /** What the member failed with, or refused with; undefined where `when` judged a value a failure. */
  readonly error: unknown
}

export interface EjectEvent extends EventBase {
  readonly member: string
  readonly error: unknown
  /** When the first failure of the run was counted, in `time`. */
  readonly since: Milliseconds
  /** From when on a call may try it again, in `time`. */
  readonly until: Milliseconds
  /** Ejections without lasting recovery between them, from 1; each lasts longer. */
  readonly ejections: number
}

export interface RestoreEvent extends EventBase {
  readonly member: string
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
}

export interface FailoverEvents extends BaseEvents {
  /** A member was chosen for a try. */
  select: SelectEvent
  /** A try failed or was refused, and another member is tried. */
  failover: FailoverEvent
  /** A member left the rotation: once an ejection, and once for each probe that failed. */
  eject: EjectEvent
  /** A member is back in the rotation, after a try that succeeded. */
  restore: RestoreEvent
  /** No member is left to try for a call. */
  exhausted: ExhaustedEvent
  /** Members were added or removed. */
  membersChanged: MembersChangedEvent
  /** A try of a member succeeded. */
  success: SelectEvent
}
