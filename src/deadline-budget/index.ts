export {
  type DeadlineBudget,
  type DeadlineBudgetOptions,
  type DeadlineBudgetSnapshot,
  deadlineBudget,
} from './deadline-budget.ts'
export type { DeadlineBudgetEvents, DeadlineRejectEvent } from './events.ts'
