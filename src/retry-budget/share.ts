/**
 * A share of what is in flight at this moment.
 *
 * An extra attempt counts from its decision, so also while it waits, until it has settled: had Envoy not counted only those that
 * run, a thousand retries in their backoff could not all have passed (envoy#30205). Envoy's retry budget, failsafe-go.
 */
import { integer, optional, ratio as ratioCheck, resolveOptions, shorthand } from '../core/options.ts'
import { BaseBudget, type BudgetOptions, type BudgetSettings } from './base-budget.ts'
import type { Permit, RetryBudget, RetryBudgetSnapshot } from './budget.ts'
import { budgetChecks } from './checks.ts'
import { CostPermit } from './cost-permit.ts'

export interface ShareOptions extends BudgetOptions {
  /** Extra attempts in flight by calls and extra attempts in flight, 0 to 1. Default 0.2. */
  readonly ratio?: number
  /** Extra attempts in flight that are allowed whatever the traffic, an integer >= 0. Default 3. */
  readonly min?: number
}

export interface ShareSnapshot extends RetryBudgetSnapshot {
  /** Calls in flight. */
  readonly calls: number
  /** Extra attempts in flight, or waiting. */
  readonly extra: number
}

interface ShareSettings extends BudgetSettings {
  readonly ratio: number
  readonly min: number
}

/**
 * Extra attempts up to a share of what is in flight, and always a few.
 *
 * ```ts
 * import { retryBudget } from 'holdfast/retry-budget'
 * const few = retryBudget.share({ ratio: 0.2, min: 1 })
 * const permit = few.tryWithdraw()
 * few.tryWithdraw() // => undefined
 * permit?.release()
 * few.balance // => 1
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function share(options?: number | ShareOptions): RetryBudget {
  return new ShareBudget(
    resolveOptions('retryBudget.share', shorthand('ratio', options), {
      ...budgetChecks,
      ratio: optional(ratioCheck, 0.2 as number),
      min: optional(integer(0), 3 as number),
    }),
  )
}

class ShareBudget extends BaseBudget {
  readonly #ratio: number
  readonly #min: number
  #calls = 0
  #extra = 0

  constructor(settings: ShareSettings) {
    super(settings)
    this.#ratio = settings.ratio
    this.#min = settings.min
  }

  get rule(): string {
    return 'share'
  }

  get options(): object {
    return { ratio: this.#ratio, min: this.#min }
  }

  /** Extra attempts that would be granted one after the other. */
  get balance(): number {
    const below = Math.max(0, this.#min - this.#extra)
    if (this.#ratio === 1) return Number.MAX_SAFE_INTEGER
    const spare = this.#ratio * (this.#calls + this.#extra) - this.#extra
    return spare < 0 ? below : Math.max(below, Math.floor(spare / (1 - this.#ratio) + 1e-9) + 1)
  }

  deposit(): void {
    this.#calls++
  }

  callSettled(): void {
    this.#calls = Math.max(0, this.#calls - 1)
  }

  protected take(attempts: number): Permit | undefined {
    const all = this.#calls + this.#extra
    if (this.#extra >= this.#min && this.#extra / all > this.#ratio) return undefined
    this.#extra += attempts
    return new CostPermit(() => {
      this.#extra -= attempts
    }, undefined)
  }

  override snapshot(): ShareSnapshot {
    return { ...super.snapshot(), calls: this.#calls, extra: this.#extra }
  }
}
