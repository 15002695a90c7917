/**
 * The error budget: how much may fail in a period, how much has, and what is left.
 *
 * It is always the budget of the whole period, and only what was observed is spent: after the first of 30 days a service
 * with a burn rate of 1 has spent a thirtieth.
 */
import type { Milliseconds } from '../core/duration.ts'
import { type IndicatorReading, totalOf } from './measure.ts'
import type { ErrorBudgetOption } from './options.ts'

/** In the unit of the indicator: requests, slices, or ms. All null if nothing was measured. */
export interface ErrorBudget {
  /** How the total was computed. */
  readonly method: 'projected' | 'observed' | 'expected'
  /** The bad amount allowed in the whole period. */
  readonly total: number | null
  /** The bad amount so far, including absent requests. */
  readonly spent: number | null
  /** The share of the total that is left: 1 for all of it, below 0 if overspent. */
  readonly remaining: number | null
}

/** `allowed` is the share that may fail, `length` the length of the whole period. */
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
  // At the first instant there is no rate yet.
  return option === 'observed' || observed <= 0 ? events : events * Math.max(1, length / observed)
}
