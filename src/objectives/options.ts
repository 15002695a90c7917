/** The options of an objective. */
import { type Check, integer, isRecord, oneOf, optional, positive, resolveOptions, text } from '../core/options.ts'
import { complement } from '../stats/complement.ts'
import { targetCheck } from './burn-rate.ts'
import { type BurnTierOptions, tiersOf } from './burn-tiers.ts'
import { indicatorCheck, type ObjectiveIndicator } from './indicator.ts'
import { type ObjectivePeriod, periodCheck } from './period.ts'

/**
 * How the budget of the whole period is computed before the period is over. `'projected'`: from the events that the rate so
 * far gives in a full period. `'observed'`: from the events so far, so it can recover although nothing improves.
 * `{ expected }`: from that many events in a period, so only bad events change what is left.
 */
export type ErrorBudgetOption = 'projected' | 'observed' | { readonly expected: number }

export interface ObjectiveOptions {
  /** Used in its reports and events; unique among the objectives of a tracker. */
  readonly name: string
  /** The share that has to be good, above 0 and below 1. */
  readonly target: number
  /** The time the budget is for: a rolling duration, or a period of the calendar. */
  readonly period: ObjectivePeriod
  /** What to measure. */
  readonly indicator: ObjectiveIndicator
  /** When to emit `burn`. Default: `burnTiers(period, target)`. An empty list for none. */
  readonly tiers?: readonly BurnTierOptions[]
  /**
   * The least number of events, or slices, in its long window for a tier to start. An integer >= 1. Default 10 requests, or
   * 1 slice; not for an indicator of time.
   */
  readonly minimumEvents?: number
  /**
   * How missing requests count while the component is known to be down: as failed ones at the usual rate, or not. Default
   * `'down'`; not for an indicator of time, or without a component.
   */
  readonly absent?: 'down' | 'ignore'
  /** Default `'projected'`. `{ expected }` is a number of requests, and not for time or slices. */
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
