/** What an objective is told. */
import { type Check, integer, isRecord, oneOf, optional, positive, resolveOptions, text } from '../core/options.ts'
import { complement } from '../stats/complement.ts'
import { targetCheck } from './burn-rate.ts'
import { type BurnTierOptions, tiersOf } from './burn-tiers.ts'
import { indicatorCheck, type ObjectiveIndicator } from './indicator.ts'
import { type ObjectivePeriod, periodCheck } from './period.ts'

/**
 * What the whole budget is taken for, where not all of the period is behind us. `'projected'`: as many events as the rate
 * so far makes in a full period. `'observed'`: the events so far, so it can come back while nothing gets better.
 * `{ expected }`: that many events in a period, so nothing but bad events changes what is left.
 */
export type ErrorBudgetOption = 'projected' | 'observed' | { readonly expected: number }

export interface ObjectiveOptions {
  /** Stands in its reports and events; each objective of a tracker has its own. */
  readonly name: string
  /** The part that has to be good, above 0 and below 1. */
  readonly target: number
  /** The time the budget is for: the latest so many days, or a stretch of the calendar. */
  readonly period: ObjectivePeriod
  /** What is measured. */
  readonly indicator: ObjectiveIndicator
  /** When `burn` is told. Default: `burnTiers(period, target)`. An empty list for none. */
  readonly tiers?: readonly BurnTierOptions[]
  /**
   * A tier starts only with so many events, or slices, in its long window. An integer >= 1. Default 10 requests, or 1 slice;
   * not for an indicator of time.
   */
  readonly minimumEvents?: number
  /**
   * What no requests mean while the component is known to be down: as many bad ones as would have come, or nothing.
   * Default `'down'`; not for an indicator of time, or without a component.
   */
  readonly absent?: 'down' | 'ignore'
  /** Default `'projected'`. `{ expected }` counts requests, and is not for time or slices. */
  readonly budget?: ErrorBudgetOption
}

const budgetCheck: Check<ErrorBudgetOption> = (value, fail) => {
  if (value === 'projected' || value === 'observed') return value
  if (!isRecord(value)) return fail("'projected', 'observed' or { expected }")
  return resolveOptions('objective: budget', value, { expected: positive })
}

export type ResolvedObjective = ReturnType<typeof resolveObjectiveOptions>

export function resolveObjectiveOptions(given: unknown) {
  const options = resolveOptions('objective', given, {
    name: text,
    target: targetCheck,
    period: periodCheck,
    indicator: indicatorCheck,
    tiers: (value) => value,
    minimumEvents: optional(integer(1), undefined),
    absent: optional(oneOf('down', 'ignore'), undefined),
    budget: optional(budgetCheck, 'projected'),
  })
  const { name, target, period, indicator, budget, minimumEvents, absent } = options
  const isTime = indicator.of === 'time'
  if (absent !== undefined && (isTime || indicator.component === undefined)) refuse('absent')
  if (indicator.kind === 'time' && minimumEvents !== undefined) refuse('minimumEvents')
  if (indicator.kind !== 'requests' && typeof budget === 'object') refuse('budget.expected')
  const burn = tiersOf('objective', period.length, target, options.tiers)
  const least = minimumEvents ?? (indicator.kind === 'requests' ? 10 : 1)
  const bound = !isTime && absent !== 'ignore' ? indicator.component : undefined
  return { name, target, allowed: complement(target), period, indicator, budget, burn, minimumEvents: least, bound }
}

function refuse(option: string): never {
  throw new TypeError(`objective: ${option} must be left out with this indicator`)
}
