export type { BurnEvent } from '../availability/core/events.ts'
export type { BurnDownPoint } from './burn-down.ts'
export {
  type BurnThreshold,
  burnFactor,
  burnRate,
  detectionTime,
  maximumBurnRate,
  resetTime,
  timeToExhaustion,
} from './burn-rate.ts'
export {
  type BurnSeverity,
  type BurnTier,
  type BurnTierOptions,
  type BurnTiers,
  burnTiers,
} from './burn-tiers.ts'
export type { ErrorBudget } from './error-budget.ts'
export type {
  ObjectiveIndicator,
  RatioSlicesIndicator,
  RequestSource,
  RequestsIndicator,
  SliceSource,
  SlicesIndicator,
  TimeIndicator,
} from './indicator.ts'
export type {
  Objective,
  ObjectiveReport,
  ReportedIndicator,
  ReportedPeriod,
  TierReport,
} from './objective-report.ts'
export { objective, objectives } from './objectives.ts'
export type { ErrorBudgetOption, ObjectiveOptions } from './options.ts'
export type { CalendarPeriod, ObjectivePeriod } from './period.ts'
