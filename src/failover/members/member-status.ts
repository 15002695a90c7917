/** What a pool shows of a member. */
import type { Milliseconds } from '../../core/duration.ts'
import type { MemberInfo } from '../options.ts'

/**
 * `unknown`: no result yet; `up`; `suspect`: failures are counted, too few to eject; `ejected`: out of the rotation;
 * `probing`: out, while a call finds out whether it works again; `warming`: back, with a share that grows to its full weight.
 */
export type MemberState = 'unknown' | 'up' | 'suspect' | 'ejected' | 'probing' | 'warming'

/**
 * What the operator has set: `ready`; `drain`: no new calls except those that stick to the member; `maintenance`: no calls
 * and no checks.
 */
export type AdminState = 'ready' | 'drain' | 'maintenance'

/** Why a member was ejected: failures in a row, a low success rate, a failed probe, or failed checks. */
export type EjectReason = 'consecutive' | 'rate' | 'probe' | 'check'

/** An entry of `pool.members`. */
export interface MemberStatus<Target> extends MemberInfo<Target> {
  readonly state: MemberState
  readonly admin: AdminState
  /** In (0, 1]: how much of its weight the member gets; less than 1 only while it is warming. */
  readonly warmth: number
  /** In (0, 1]: the share of recent tries that succeeded; drifts back to 1 while there are no results. */
  readonly reliability: number
  /** Tries under way. */
  readonly pending: number
  /** Mean time of recent successful tries in ms; undefined before the first. */
  readonly latency: Milliseconds | undefined
  /** When it may be tried again, in the clock's `now()`; Infinity if only a check can restore it; undefined unless ejected. */
  readonly ejectedUntil: Milliseconds | undefined
}
