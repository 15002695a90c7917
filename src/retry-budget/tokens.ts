/**
 * Tokens that extra attempts cost and successes give back.
 *
 * An extra attempt that succeeds gives back what it cost, a call whose first attempt succeeds gives back 1, both up to
 * `capacity`. So some 30 failures in a row exhaust it, however many calls there are. AWS SDKs, 2026.
 */
import { finite, optional, resolveOptions, shorthand } from '../core/options.ts'
import { BaseBudget, type BudgetOptions, type BudgetSettings } from './base-budget.ts'
import type { Permit, RetryBudget, WithdrawReason } from './budget.ts'
import { budgetChecks } from './checks.ts'
import { CostPermit } from './cost-permit.ts'

export interface TokensOptions extends BudgetOptions {
  /** Tokens at the start and at most, >= 0. Default 500. */
  readonly capacity?: number
  /** What an extra attempt costs, >= 0. Default 14. */
  readonly cost?: number
  /** What it costs where the other side asked for less, >= 0. Default 5. */
  readonly throttledCost?: number
}

interface TokensSettings extends BudgetSettings {
  readonly capacity: number
  readonly cost: number
  readonly throttledCost: number
}

/**
 * Extra attempts for as long as there are tokens; successes give tokens back.
 *
 * ```ts
 * import { retryBudget } from 'holdfast/retry-budget'
 * const tokens = retryBudget.tokens({ capacity: 100, cost: 10 })
 * const permit = tokens.tryWithdraw()
 * tokens.balance // => 90
 * permit?.refund()
 * tokens.balance // => 100
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function tokens(options?: number | TokensOptions): RetryBudget {
  return new TokenBudget(
    resolveOptions('retryBudget.tokens', shorthand('capacity', options), {
      ...budgetChecks,
      capacity: optional(finite(0), 500 as number),
      cost: optional(finite(0), 14 as number),
      throttledCost: optional(finite(0), 5 as number),
    }),
  )
}

class TokenBudget extends BaseBudget {
  readonly #capacity: number
  readonly #cost: number
  readonly #throttledCost: number
  #tokens: number

  constructor(settings: TokensSettings) {
    super(settings)
    this.#capacity = this.#tokens = settings.capacity
    this.#cost = settings.cost
    this.#throttledCost = settings.throttledCost
  }

  get depositsOn(): 'success' {
    return 'success'
  }

  get rule(): string {
    return 'tokens'
  }

  get options(): object {
    return { capacity: this.#capacity, cost: this.#cost, throttledCost: this.#throttledCost }
  }

  get balance(): number {
    return this.#tokens
  }

  deposit(): void {
    this.#add(1)
  }

  protected take(attempts: number, reason: WithdrawReason): Permit | undefined {
    const cost = attempts * (reason === 'throttled' ? this.#throttledCost : this.#cost)
    if (this.#tokens < cost) return undefined
    this.#tokens -= cost
    return new CostPermit(undefined, () => this.#add(cost))
  }

  #add(tokens: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + tokens)
  }
}
