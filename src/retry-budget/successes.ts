/**
 * Successes must outweigh failures.
 *
 * A failure that wants another attempt costs one token, a success gives `ratio` of one. Extra attempts are made only while
 * more than half of the tokens are left. gRPC's retry throttling (gRFC A6); like there, in thousandths, so sums are exact.
 */
import { optional, positive, resolveOptions, shorthand } from '../core/options.ts'
import { BaseBudget, type BudgetOptions, type BudgetSettings } from './base-budget.ts'
import type { Permit, RetryBudget } from './budget.ts'
import { budgetChecks } from './checks.ts'
import { CostPermit } from './cost-permit.ts'

export interface SuccessesOptions extends BudgetOptions {
  /** Tokens at the start and at most, > 0. Default 10. */
  readonly max?: number
  /** Tokens that a success gives, > 0, in thousandths. Default 0.1. */
  readonly ratio?: number
}

interface SuccessesSettings extends BudgetSettings {
  readonly max: number
  readonly ratio: number
}

const unit = 1000

/**
 * Extra attempts while successes outweigh failures.
 *
 * ```ts
 * import { retryBudget } from 'holdfast/retry-budget'
 * const budget = retryBudget.successes({ max: 4, ratio: 0.5 })
 * budget.tryWithdraw() !== undefined // => true
 * budget.tryWithdraw() !== undefined // => false
 * budget.balance // => 2
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function successes(options?: number | SuccessesOptions): RetryBudget {
  return new SuccessBudget(
    resolveOptions('retryBudget.successes', shorthand('max', options), {
      ...budgetChecks,
      max: optional(positive, 10 as number),
      ratio: optional(positive, 0.1 as number),
    }),
  )
}

class SuccessBudget extends BaseBudget {
  readonly #max: number
  readonly #ratio: number
  #tokens: number

  constructor(settings: SuccessesSettings) {
    super(settings)
    this.#max = Math.round(settings.max * unit)
    this.#ratio = Math.round(settings.ratio * unit)
    this.#tokens = this.#max
  }

  get depositsOn(): 'success' {
    return 'success'
  }

  get rule(): string {
    return 'successes'
  }

  get options(): object {
    return { max: this.#max / unit, ratio: this.#ratio / unit }
  }

  get balance(): number {
    return this.#tokens / unit
  }

  deposit(): void {
    this.#tokens = Math.min(this.#max, this.#tokens + this.#ratio)
  }

  protected take(attempts: number): Permit | undefined {
    this.#tokens = Math.max(0, this.#tokens - Math.round(attempts * unit))
    return this.#tokens > this.#max / 2 ? new CostPermit(undefined, () => this.deposit()) : undefined
  }
}
