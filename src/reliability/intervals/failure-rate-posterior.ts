/**
 * The posterior of a failure rate after r failures in the time T, from a flat prior.
 *
 * The rate is then gamma distributed: its mean is (r + 1) / T, and it is below χ²(p; 2r + 2) / 2T with probability p.
 * Unlike r / T, it says something about a month without failures.
 */
import type { Duration } from '../../core/duration.ts'
import { duration, integer, resolveOptions } from '../../core/options.ts'
import { chiSquareQuantile } from '../distributions/quantiles.ts'
import { confidenceChecks } from './confidence.ts'

const hour = 3_600_000

export interface FailureRatePosteriorOptions {
  /** Time in operation, summed over all units. Above 0. */
  readonly uptime: Duration
  /** Failures in it. An integer >= 0. */
  readonly failures: number
  /** The probability of `upper`, between 0 and 1. Default 0.95. */
  readonly confidence?: number
}

export interface FailureRatePosterior {
  /** The mean, in failures an hour. */
  readonly failureRate: number
  /** The rate is below this with the probability `confidence`; in failures an hour. */
  readonly upper: number
  readonly confidence: number
  /** The number of failures it was computed from. */
  readonly events: number
}

/** The Bayesian estimate of a failure rate, from a flat prior. Throws a `TypeError` for options out of bounds. */
export function failureRatePosterior(options: FailureRatePosteriorOptions): FailureRatePosterior {
  const { uptime, failures, confidence } = resolveOptions('failureRatePosterior', options, {
    uptime: duration('> 0'),
    failures: integer(0),
    confidence: confidenceChecks.confidence,
  })
  const hours = uptime / hour
  return {
    failureRate: (failures + 1) / hours,
    upper: chiSquareQuantile(confidence, 2 * failures + 2, 1 - confidence) / (2 * hours),
    confidence,
    events: failures,
  }
}
