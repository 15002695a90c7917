/**
 * An availability with bounds, in both readings: 0.99999 says as much as an unavailability of 0.00001, but its double
 * has fewer digits of what matters.
 */

/** A part of all, with bounds. Null where nothing was observed, and for a bound that was not asked for. */
export interface BoundedRatio {
  readonly estimate: number | null
  readonly lower: number | null
  readonly upper: number | null
}

export interface RatioBounds {
  readonly availability: BoundedRatio
  /** The same the other way round: its upper bound belongs to the lower one of the availability. */
  readonly unavailability: BoundedRatio
  /** So sure are the bounds, under the assumptions of the method. */
  readonly confidence: number
}

/** The good part and the bad part, each with the digits it needs. */
export type RatioPair = readonly [good: number, bad: number]

export function ratioBounds(
  estimate: RatioPair | null,
  worst: RatioPair | null,
  best: RatioPair | null,
  confidence: number,
): RatioBounds {
  const part = (parts: RatioPair | null, side: 0 | 1): number | null => (parts === null ? null : parts[side])
  return {
    availability: { estimate: part(estimate, 0), lower: part(worst, 0), upper: part(best, 0) },
    unavailability: { estimate: part(estimate, 1), lower: part(best, 1), upper: part(worst, 1) },
    confidence,
  }
}
