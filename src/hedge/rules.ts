/** What the attempts of a hedged call need from their policy, and from each other. */
import type { Deadline } from '../core/call/deadline.ts'
import type { Clock } from '../core/clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Scope } from '../core/hooks.ts'
import type { Timer } from '../core/timer.ts'
import type { Permit } from '../retry-budget/budget.ts'
import type { DenyReason } from './events.ts'

/** What `judge` says: a failure, a success, ignored, or refused by a policy inside. */
export type HedgeVerdict = boolean | 'ignore' | 'refused'

export interface HedgeRules {
  readonly name: string
  readonly clock: Clock
  readonly hedges: number
  /** A failure ends the call while another attempt runs. */
  readonly failureWins: boolean
  readonly startOnFailure: boolean
  judge(scope: Scope, ok: boolean, value: unknown): HedgeVerdict
  /** A permit for a hedge, or why there is none: that has been emitted. */
  admit(scope: Scope): Permit | DenyReason
  deny(scope: Scope, reason: DenyReason, error?: unknown): void
  /** A hedge will start, unless a listener ends the call. */
  announce(scope: Scope, attempt: number, delay: Milliseconds | undefined): void
  /** A hedge starts. */
  started(): void
  /** All work of a hedge has settled. */
  drained(permit: Permit): void
  release(permit: Permit): void
  /** An attempt has succeeded. */
  succeeded(call: RacedCall, ok: boolean, value: unknown, permit: Permit | undefined): void
  /** An attempt gave the outcome of a hedged call. */
  won(scope: Scope, attempt: number): void
  /** The work of an attempt that had lost has settled. */
  late(scope: Scope, attempt: number, ok: boolean): void
  dispose(value: unknown): void
}

/** A call whose attempts run beside each other. It is the timer that starts the next one. */
export interface RacedCall extends Timer {
  readonly rules: HedgeRules
  /** The scope that holds the layer of the hedge. */
  readonly scope: Scope
  readonly index: number
  readonly startedAt: Milliseconds
  /** The time between two attempts; undefined where time starts none. */
  readonly delay: Milliseconds | undefined
  /** The deadline outside the hedge. Policies inside may have lowered it for the first attempt. */
  readonly outside: Deadline | undefined
  /** Lets the next hedge start after the delay. Returns false where the deadline comes first. */
  arm(now: Milliseconds): boolean
}
