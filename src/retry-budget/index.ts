export type { BudgetOptions } from './base-budget.ts'
export type {
  ExhaustedBudgetEvent,
  Permit,
  RetryBudget,
  RetryBudgetEvents,
  RetryBudgetSnapshot,
  WithdrawReason,
} from './budget.ts'
export type { RatioOptions } from './ratio.ts'
export { retryBudget } from './retry-budget.ts'
export type { ShareOptions, ShareSnapshot } from './share.ts'
export type { SuccessesOptions } from './successes.ts'
export type { TokensOptions } from './tokens.ts'
