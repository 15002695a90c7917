/** One of the attempts of a hedged call. */
import type { ForkOwner, Scope } from '../core/hooks.ts'
import type { Permit } from '../retry-budget/budget.ts'

/** Learns what becomes of an attempt. */
export interface AttemptOwner {
  ended(attempt: HedgeAttempt, ok: boolean, value: unknown): void
  drained(attempt: HedgeAttempt): void
  /** It had lost, and its work has settled. */
  late(attempt: HedgeAttempt, ok: boolean, value: unknown): void
}

export class HedgeAttempt implements ForkOwner {
  readonly #owner: AttemptOwner
  /** 1 is the first one, 2 the first hedge. */
  readonly number: number
  /** That of a hedge; undefined for the first attempt. */
  readonly permit: Permit | undefined
  /** The scope in which it began. */
  scope: Scope | undefined = undefined
  /** It has ended, or another attempt was faster. */
  over = false
  /** Another attempt was faster. */
  lost = false

  constructor(owner: AttemptOwner, number: number, permit: Permit | undefined) {
    this.#owner = owner
    this.number = number
    this.permit = permit
  }

  forkEnded(_fork: Scope, ok: boolean, value: unknown): void {
    this.over = true
    this.#owner.ended(this, ok, value)
  }

  forkDrained(): void {
    this.#owner.drained(this)
  }

  forkLate(ok: boolean, value: unknown): boolean {
    if (this.lost) this.#owner.late(this, ok, value)
    return this.lost
  }
}
