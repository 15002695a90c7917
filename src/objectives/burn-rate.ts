/**
 * The arithmetic of error budgets and burn rates.
 *
 * The budget is 1 - target: the share that may fail. A burn rate of 1 spends exactly the budget in exactly the period.
 * Formulas as in the Google SRE workbook, chapter 5. All use the exact complement of the target: 1e-7 for 0.9999999.
 */
import type { Duration, Milliseconds } from '../core/duration.ts'
import { type Check, duration, finite, ratio, resolveOptions } from '../core/options.ts'
import { complement } from '../stats/complement.ts'

/** Two windows and the burn rate that both must exceed. */
export interface BurnThreshold {
  readonly long: Milliseconds
  readonly short: Milliseconds
  readonly factor: number
}

export const targetCheck: Check<number> = (value, fail) =>
  typeof value === 'number' && value > 0 && value < 1 ? value : fail('a number above 0 and below 1')

/**
 * How many times faster than allowed the budget is spent: errorRatio / (1 - target).
 *
 * `errorRatio` is from 0 to 1, `target` above 0 and below 1. Throws a `TypeError` for anything else.
 *
 * ```ts
 * import { burnRate } from 'holdfast/objectives'
 * burnRate(0.0144, 0.999).toFixed(1) // => '14.4'
 * ```
 */
export function burnRate(errorRatio: number, target: number): number {
  const given = resolveOptions('burnRate', { errorRatio, target }, { errorRatio: ratio, target: targetCheck })
  return given.errorRatio / complement(given.target)
}

/** The burn rate if everything fails: 1 / (1 - target). 20 for 0.95, so a threshold of 20 or more is never exceeded. */
export function maximumBurnRate(target: number): number {
  return burnRate(1, target)
}

/** The burn rate that spends a share of the budget in a window: share * period / window. */
export function burnFactor(budgetShare: number, period: Duration, window: Duration): number {
  const checks = { budgetShare: ratio, period: duration('> 0'), window: duration('> 0') }
  const given = resolveOptions('burnFactor', { budgetShare, period, window }, checks)
  return (given.budgetShare * given.period) / given.window
}

/**
 * How long a budget lasts at a burn rate: remaining * period / burnRate, in ms. Null for a burn rate of 0; 0 for an overspent
 * budget.
 *
 * `burnRate` is 0 or more, `remaining` the share of the budget that is left, at most 1. Default 1.
 */
export function timeToExhaustion(period: Duration, burnRate: number, remaining = 1): Milliseconds | null {
  const left: Check<number> = (value, fail) => ((value as number) <= 1 ? (value as number) : fail('a number <= 1'))
  const checks = { period: duration('> 0'), burnRate: finite(0), remaining: left }
  const given = resolveOptions('timeToExhaustion', { period, burnRate, remaining }, checks)
  return given.burnRate === 0 ? null : (Math.max(0, given.remaining) * given.period) / given.burnRate
}

/**
 * How long a constant error ratio lasts until both windows exceed the factor, after a time without errors:
 * long * factor * (1 - target) / errorRatio, in ms. Null if the ratio is too small for that.
 */
export function detectionTime(tier: BurnThreshold, target: number, errorRatio: number): Milliseconds | null {
  const share = thresholdShare('detectionTime', tier, target, errorRatio)
  return share < 1 ? Math.max(tier.long, tier.short) * share : null
}

/**
 * How long after the end of the errors the short window is below the factor again:
 * short * (1 - factor * (1 - target) / errorRatio), in ms. Null if it was never above.
 */
export function resetTime(tier: BurnThreshold, target: number, errorRatio: number): Milliseconds | null {
  const share = thresholdShare('resetTime', tier, target, errorRatio)
  return share < 1 ? tier.short * (1 - share) : null
}

/** The error ratio at which the factor is reached, divided by `errorRatio`. */
function thresholdShare(kind: string, { long, short, factor }: BurnThreshold, target: number, error: number): number {
  const checks = {
    long: duration('> 0'),
    short: duration('> 0'),
    factor: finite(0),
    target: targetCheck,
    errorRatio: ratio,
  }
  const given = resolveOptions(kind, { long, short, factor, target, errorRatio: error }, checks)
  return given.errorRatio === 0 ? 1 : (given.factor * complement(given.target)) / given.errorRatio
}
