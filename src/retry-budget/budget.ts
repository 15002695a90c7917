/** A retry budget: what the policies that make extra attempts ask before each of them. */
import type { EventBase, FaultEvent, Listener } from '../core/events.ts'

/** Why an extra attempt is wanted: the attempt before failed, or the other side asked for less. */
export type WithdrawReason = 'transient' | 'throttled'

/** The right to make one extra attempt. Each method has an effect once; they may be called in either order. */
export interface Permit {
  /** The extra attempt has settled, or will not be made. */
  release(): void
  /** The extra attempt succeeded. */
  refund(): void
}

/**
 * Bounds extra attempts, such as retries. First attempts are never refused. The same budget given to several policies is
 * shared by them.
 */
export interface RetryBudget {
  /** When a call deposits: when it begins, or when its first attempt has succeeded. Default `'start'`. */
  readonly depositsOn?: 'start' | 'success'
  /** Counts a call. Called once a call, whichever policies of the call share the budget. */
  deposit(): void
  /** Called for each call that deposited when it began, once all its work has settled. */
  callSettled?(): void
  /**
   * A permit for an extra attempt, or undefined if the budget has none left.
   *
   * @param cost How many attempts it counts for, > 0. Default 1.
   * @param reason Default `'transient'`.
   * @throws TypeError where `cost` is wrong.
   */
  tryWithdraw(cost?: number, reason?: WithdrawReason): Permit | undefined
  /** What is left: extra attempts, or tokens if it counts those. Never negative. */
  readonly balance: number
  /** Its present state as plain JSON. */
  snapshot(): RetryBudgetSnapshot
  on<E extends keyof RetryBudgetEvents>(event: E, listener: Listener<RetryBudgetEvents[E]>): this
  once<E extends keyof RetryBudgetEvents>(event: E, listener: Listener<RetryBudgetEvents[E]>): this
  off<E extends keyof RetryBudgetEvents>(event: E, listener?: Listener<RetryBudgetEvents[E]>): this
}

export interface RetryBudgetSnapshot {
  readonly name: string
  /** The name of its factory, such as `'ratio'`. */
  readonly rule: string
  readonly balance: number
  /** Permits given so far. */
  readonly granted: number
  /** Withdrawals refused so far. */
  readonly denied: number
}

export interface ExhaustedBudgetEvent extends EventBase {
  readonly balance: number
  /** Withdrawals refused so far, with this one. */
  readonly denied: number
}

export interface RetryBudgetEvents {
  /** A withdrawal was refused: the first one since the last permit. */
  exhausted: ExhaustedBudgetEvent
  /** A listener failed and was contained. */
  fault: FaultEvent
}
