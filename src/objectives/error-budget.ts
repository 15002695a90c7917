/**
 * The error budget: how much may fail in a period, how much has, and what is left.
 *
 * It is always the budget of the whole period, and what was spent is what was seen of it: after the first of 30 days a
 * service that burns at 1 has spent a thirtieth.
 */
import type { Milliseconds } from '../core/duration.ts'
import { type IndicatorReading, totalOf } from './measure.ts'
import type { ErrorBudgetOption } from './options.ts'

/** In the unit of the indicator: requests, slices, or ms. All null where nothing was measured. */
export interface ErrorBudget {
  /** What the total is made from. */
  readonly method: 'projected' | 'observed' | 'expected'
  /** What may be bad in the whole period. */
  readonly total: number | null
  /** What was, with those that were absent. */
  readonly spent: number | null
  /** The part of the total that is left: 1 for all of it, below 0 where it is overspent. */
  readonly remaining: number | null
}

/** `allowed` is the part that may fail, `length` that of the whole period. */
export function errorBudgetOf(
  reading: IndicatorReading,
  allowed: number,
  length: Milliseconds,
  option: ErrorBudgetOption,
): ErrorBudget {
  const method = typeof option === 'object' ? 'expected' : option
  const events = totalOf(reading)
  if (events === 0) return { method, total: null, spent: null, remaining: null }
  const total = allowed * eventsOf(reading, events, length, option)
  const spent = reading.bad + reading.absent
  return { method, total, spent, remaining: 1 - spent / total }
}

function eventsOf(
  { observed }: IndicatorReading,
  events: number,
  length: Milliseconds,
  option: ErrorBudgetOption,
): number {
  if (typeof option === 'object') return option.expected
  // In the first instant there is no rate yet.
  return option === 'observed' || observed <= 0 ? events : events * Math.max(1, length / observed)
}
