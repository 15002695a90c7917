/**
 * Finds members whose success rate in a window of time is clearly lower than that of the others.
 *
 * Envoy's rule, mean − 1.9 σ over all hosts, has two faults: with n hosts one that differs has z = √(n − 1), so in pools of
 * five or more any difference is too much, and in smaller ones none ever is. So here a member is compared with the others
 * only: it is an outlier if its rate is below their median by at least `gap` and by three standard errors. This works from
 * two members on, and does not eject for a difference that chance explains.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { PoolMember } from '../members/pool-member.ts'

export interface SuccessRateRule {
  readonly gap: number
  readonly minimumCalls: number
  readonly window: Milliseconds
}

/** How many standard errors a difference must be. */
const errors = 3

export class SuccessRates {
  readonly #rule: SuccessRateRule
  #since = Number.NEGATIVE_INFINITY

  constructor(rule: SuccessRateRule) {
    this.#rule = rule
  }

  /**
   * The outliers of a window that has just ended; none before its end. The counts of all members restart, also of those out of
   * service: otherwise their old counts would count in the window in which they return.
   */
  judge(members: readonly PoolMember[], now: Milliseconds): readonly PoolMember[] {
    const elapsed = now - this.#since
    if (elapsed >= 0 && elapsed < this.#rule.window) return []
    this.#since = now
    const counted = members.filter(
      ({ healthy, admin, calls }) => healthy && admin === 'ready' && calls >= this.#rule.minimumCalls,
    )
    // Counts from before a long pause say nothing about the present.
    const outliers = elapsed < 2 * this.#rule.window ? this.#outliers(counted) : []
    for (const member of members) {
      member.calls = 0
      member.goodCalls = 0
    }
    return outliers
  }

  #outliers(counted: readonly PoolMember[]): readonly PoolMember[] {
    const rates = counted.map(({ goodCalls, calls }) => goodCalls / calls)
    const calls = counted.map((member) => member.calls)
    return outliersOf(rates, calls, this.#rule.gap).map((index) => counted[index] as PoolMember)
  }
}

/** The indices of the rates that are too low, the lowest first. `calls` are the counts behind them. */
export function outliersOf(rates: readonly number[], calls: readonly number[], gap: number): readonly number[] {
  if (rates.length < 2) return []
  const ascending = rates.toSorted((a, b) => a - b)
  const low = (rate: number, index: number): boolean => {
    const median = medianWithout(ascending, rate)
    const between = (median + rate) / 2
    const error = Math.sqrt((between * (1 - between)) / (calls[index] as number))
    // Rates that are equal may differ in the last digit.
    return median > rate && median - rate + Number.EPSILON >= Math.max(gap, errors * error)
  }
  return rates
    .map((rate, index) => ({ rate, index }))
    .filter(({ rate, index }) => low(rate, index))
    .sort((a, b) => a.rate - b.rate)
    .map(({ index }) => index)
}

/** The median of a sorted list without one of its values. */
function medianWithout(ascending: readonly number[], value: number): number {
  const without = ascending.indexOf(value)
  const at = (index: number): number => ascending[index < without ? index : index + 1] as number
  const count = ascending.length - 1
  return (at((count - 1) >> 1) + at(count >> 1)) / 2
}
