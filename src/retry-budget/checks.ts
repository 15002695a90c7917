/** The checks of what every budget takes, and of the option `budget` of policies. */
import { type Check, isRecord, optional } from '../core/options.ts'
import { policyChecks } from '../core/policy-checks.ts'
import type { RetryBudget } from './budget.ts'

export const budgetChecks = { name: policyChecks.name, clock: policyChecks.clock }

const budget: Check<RetryBudget | boolean> = (value, fail) => {
  if (typeof value === 'boolean') return value
  const fine = isRecord(value) && typeof value['deposit'] === 'function' && typeof value['tryWithdraw'] === 'function'
  return fine ? (value as unknown as RetryBudget) : fail('a retry budget or a boolean')
}

/** The option `budget`: none where it is left out or `false`. */
export const budgetCheck: Check<RetryBudget | boolean> = optional(budget, false as boolean)
