/** The options of a hedge. */

import type { Duration, Milliseconds } from '../core/duration.ts'
import { warnOnce } from '../core/events.ts'
import {
  boolean,
  type Check,
  duration,
  functionOf,
  integer,
  isRecord,
  oneOf,
  optional,
  resolveOptions,
  shorthand,
} from '../core/options.ts'
import { checkJudging, type JudgingOptions, judgingChecks } from '../core/outcome.ts'
import type { PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import type { RetryBudget } from '../retry-budget/budget.ts'
import type { QuantileSettings } from './delay.ts'

/** A delay that follows the latency of calls. */
export interface HedgeQuantile {
  /** The share of calls that end before a hedge starts, above 0 and below 1. Default 0.95. */
  readonly quantile?: number
  /** The shortest delay, >= 0. Default 1 ms. */
  readonly min?: Duration
  /** Calls that must have succeeded before the quantile is used: an integer >= 1. Default 100. */
  readonly samples?: number
  /** The delay before that, >= 0. Default: no hedges before. */
  readonly initial?: Duration
}

export interface HedgeOptions<Accepts = unknown> extends PolicyOptions, JudgingOptions<Accepts> {
  /**
   * How long the latest attempt runs before a hedge starts, >= 0; 0 starts all at once. Or a quantile of the latency of calls.
   * Default `{ quantile: 0.95, min: 1, samples: 100 }`.
   */
  readonly after?: Duration | HedgeQuantile
  /** How many hedges a call may have: an integer from 1 to 10. Default 1. */
  readonly hedges?: number
  /**
   * Bounds the hedges of all calls together: a budget, which may be shared with other policies, or `Infinity` for no bound.
   * Default: its own `retryBudget.ratio({ ratio: 0.1, minPerSecond: 0 })`.
   */
  readonly budget?: RetryBudget | number
  /** What ends the call while another attempt runs: `'success'`, or `'any'` outcome, a failure too. Default `'success'`. */
  readonly wins?: 'success' | 'any'
  /** Whether a failure starts the next hedge at once; without effect if it wins. Default false: a failure starts none. */
  readonly startOnFailure?: boolean
  /**
   * `true` states that the operations may run twice at the same time. It changes nothing: calls are idempotent unless they say
   * `idempotent: false`. `explain()` shows it.
   */
  readonly idempotent?: true
  /** Gets each value that no caller gets: that of an attempt which had lost. Default: cancels the body of a web `Response`. */
  readonly dispose?: (value: Accepts) => unknown
}

export const defaults = Object.freeze({ quantile: 0.95, min: 1, samples: 100, hedges: 1 })
const most = 10

const insideUnit: Check<number> = (value, fail) =>
  typeof value === 'number' && value > 0 && value < 1 ? value : fail('a number > 0 and < 1')

const fixed = duration('>= 0')

const afterCheck: Check<Milliseconds | QuantileSettings> = (value, fail) => {
  if (value !== undefined && !isRecord(value)) return fixed(value, () => fail('a duration >= 0 or an object'))
  return resolveOptions('hedge: after', value, {
    quantile: optional(insideUnit, defaults.quantile as number),
    min: optional(fixed, defaults.min as number),
    samples: optional(integer(1), defaults.samples as number),
    initial: optional(fixed, undefined),
  })
}

const hedgesCheck: Check<number> = (value, fail) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most
    ? (value as number)
    : fail(`an integer from 1 to ${most}`)

const budgetCheck: Check<RetryBudget | number> = (value, fail) => {
  if (value === Number.POSITIVE_INFINITY) return value
  const fine = isRecord(value) && typeof value['deposit'] === 'function' && typeof value['tryWithdraw'] === 'function'
  return fine ? (value as unknown as RetryBudget) : fail('a retry budget or Infinity')
}

const trueCheck: Check<true> = (value, fail) => (value === true ? value : fail('true or left out'))

export function resolveHedge(options: unknown) {
  const resolved = resolveOptions('hedge', shorthand('after', options), {
    ...policyChecks,
    after: afterCheck,
    hedges: optional(hedgesCheck, defaults.hedges as number),
    budget: optional(budgetCheck, undefined),
    ...judgingChecks,
    wins: optional(oneOf('success', 'any'), 'success'),
    startOnFailure: optional(boolean, false as boolean),
    idempotent: optional(trueCheck, undefined),
    dispose: optional(functionOf<(value: unknown) => unknown>(), undefined),
  })
  checkJudging('hedge', resolved)
  if (resolved.startOnFailure && resolved.wins === 'any') {
    warnOnce("hedge: startOnFailure has no effect with wins: 'any'")
  }
  return resolved
}

export type HedgeSettings = ReturnType<typeof resolveHedge>
