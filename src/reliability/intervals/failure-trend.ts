/**
 * Whether failures become more frequent, so that an MTBF means nothing.
 *
 * Laplace's test: failures of a constant rate lie around the middle of the time on average; U = (mean instant - T/2) / (T √(1 /
 * 12n)) is normal, above 0 if they crowd towards the end. The power law (Crow, AMSAA): the expected number until t
 * is λ t^β, with β = n / Σ ln(T / t) and λ = n / T^β, the maximum of the likelihood; β > 1 is getting worse. If the
 * observation ended with a failure, that failure is the end and is not counted in U.
 */
import { type Duration, milliseconds } from '../../core/duration.ts'
import { duration, optional, resolveOptions, show } from '../../core/options.ts'
import { normalTails } from '../distributions/quantiles.ts'
import { confidenceChecks } from './confidence.ts'

const hour = 3_600_000

export interface FailureTrendOptions {
  /** The times of failures, in operating time since the observation began: above 0, in order. */
  readonly failures: readonly Duration[]
  /** When the observation ended, not before the last failure. Default: with the last failure. */
  readonly until?: Duration
  /** Confidence level of the verdict, between 0 and 1. Default 0.95. */
  readonly confidence?: number
}

export interface FailureTrend {
  /**
   * `'none'` does not prove a constant rate: the data just do not contradict it. Null with fewer than 3 failures.
   */
  readonly verdict: 'worsening' | 'improving' | 'none' | null
  /** Laplace's U: above 0 failures become more frequent, below 0 less. */
  readonly laplace: number | null
  /** The probability that a constant rate gives a U at least as far from 0. */
  readonly chance: number | null
  /** The exponent of the power law: 1 is a constant rate, above it worsens. */
  readonly beta: number | null
  /** The scale of the power law: failures expected in the first hour. */
  readonly lambda: number | null
  /** The rate at the end of the observation by the power law, per hour: λ β T^(β - 1). */
  readonly failureRate: number | null
  /** The number of failures it was computed from. */
  readonly events: number
  readonly confidence: number
}

/**
 * The trend of a list of failures. All fields are null with fewer than 3.
 *
 * Throws a `TypeError` for instants out of order, and options out of bounds.
 */
export function failureTrend(options: FailureTrendOptions): FailureTrend {
  const { failures, until, confidence } = resolveOptions('failureTrend', options, {
    failures: instants,
    until: optional(duration('> 0'), undefined),
    confidence: confidenceChecks.confidence,
  })
  const events = failures.length
  const last = failures.at(-1) ?? 0
  if (until !== undefined && until < last) {
    throw new TypeError(`failureTrend: until must be no earlier than the last failure, got ${show(options.until)}`)
  }
  if (events < 3) {
    return {
      verdict: null,
      laplace: null,
      chance: null,
      beta: null,
      lambda: null,
      failureRate: null,
      events,
      confidence,
    }
  }
  const end = until ?? last
  const counted = until === undefined ? failures.slice(0, -1) : failures
  const middle = counted.reduce((sum, at) => sum + at, 0) / counted.length
  const laplace = (middle - end / 2) / (end * Math.sqrt(1 / (12 * counted.length)))
  const chance = normalTails(laplace)
  const beta = events / failures.reduce((sum, at) => sum + Math.log(end / at), 0)
  const hours = end / hour
  const lambda = events / hours ** beta
  const trend = laplace > 0 ? 'worsening' : 'improving'
  return {
    verdict: chance < 1 - confidence ? trend : 'none',
    laplace,
    chance,
    beta,
    lambda,
    failureRate: (events * beta) / hours,
    events,
    confidence,
  }
}

function instants(value: unknown, fail: (expected: string) => never): readonly number[] {
  const expected = 'a list of durations > 0, in order'
  if (!Array.isArray(value)) return fail(expected)
  const times = value.map(milliseconds)
  const fine = times.every(
    (at, index) => at > 0 && !(at < (times[index - 1] as number)) && at < Number.POSITIVE_INFINITY,
  )
  return fine ? times : fail(expected)
}
