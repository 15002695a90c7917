/**
 * Bounds of an availability known from a few outages.
 *
 * With n complete cycles of exponential up and down times, the ratio ρ = mean down / mean up varies as F with 2n and 2n
 * degrees of freedom does, so A lies in [1 / (1 + ρ F), 1 / (1 + ρ / F)], F = F(1 - α/2; 2n, 2n). A month with two
 * outages says little about the second decimal; that is a limit of the data, not of the formula.
 */
import type { Duration } from '../../core/duration.ts'
import { duration, integer, resolveOptions } from '../../core/options.ts'
import { orNull } from '../checks.ts'
import { fQuantile } from '../distributions/quantiles.ts'
import { beyond, confidenceChecks, type Sided } from './confidence.ts'
import { type RatioBounds, type RatioPair, ratioBounds } from './ratio-bounds.ts'

export interface AvailabilityIntervalOptions {
  /** Outages that ended, each with the up time before it. An integer >= 0. */
  readonly cycles: number
  /** Mean up time, as a report's `mut` or `mtbf`. Above 0, or null if unknown. */
  readonly meanUp: Duration | null
  /** Mean down time, as a report's `mdt`. Above 0, or null if unknown. */
  readonly meanDown: Duration | null
  /** Confidence level of the interval, between 0 and 1. Default 0.95. */
  readonly confidence?: number
  /** Both bounds, or only the lower one, which is then tighter. Default `'two'`. */
  readonly sided?: Sided
}

/**
 * Bounds of the availability. All are null if there is no complete cycle, or a mean is null.
 *
 * Throws a `TypeError` for options out of bounds.
 *
 * ```ts
 * import { availabilityInterval } from 'holdfast/availability'
 * const day = availabilityInterval({ cycles: 2, meanUp: '700m', meanDown: '20m' })
 * day.availability.lower?.toFixed(3) // => '0.785'
 * day.availability.upper?.toFixed(3) // => '0.997'
 * ```
 */
export function availabilityInterval(options: AvailabilityIntervalOptions): RatioBounds {
  const { cycles, meanUp, meanDown, confidence, sided } = resolveOptions('availabilityInterval', options, {
    cycles: integer(0),
    meanUp: orNull(duration('> 0')),
    meanDown: orNull(duration('> 0')),
    ...confidenceChecks,
  })
  if (cycles === 0 || meanUp === null || meanDown === null) return ratioBounds(null, null, null, confidence)
  const rest = beyond(confidence, sided)
  const factor = fQuantile(1 - rest, 2 * cycles, 2 * cycles, rest)
  const odds = meanDown / meanUp
  return ratioBounds(parts(odds), parts(odds * factor), sided === 'two' ? parts(odds / factor) : null, confidence)
}

/** Availability and unavailability, from mean down time / mean up time. */
function parts(odds: number): RatioPair {
  return [1 / (1 + odds), odds / (1 + odds)]
}
