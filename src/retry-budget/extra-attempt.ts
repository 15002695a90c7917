/** An extra attempt, which holds its permit until all its work has settled. */
import type { ForkOwner, Scope } from '../core/hooks.ts'
import type { Permit } from './budget.ts'
import type { BudgetUse } from './budget-use.ts'

export class ExtraAttempt implements ForkOwner {
  readonly #owner: ForkOwner
  readonly #budget: BudgetUse
  readonly #permit: Permit

  constructor(owner: ForkOwner, budget: BudgetUse, permit: Permit) {
    this.#owner = owner
    this.#budget = budget
    this.#permit = permit
  }

  forkEnded(fork: Scope, ok: boolean, value: unknown): void {
    this.#owner.forkEnded(fork, ok, value)
  }

  forkDrained(): void {
    this.#budget.release(this.#permit)
  }
}
