/**
 * An availability with bounds, given both ways: 0.99999 says the same as an unavailability of 0.00001, but the double
 * 0.99999 has fewer digits of the part that matters.
 */

/** A ratio with bounds. Null if nothing was observed, and for a bound that was not requested. */
export interface BoundedRatio {
  readonly estimate: number | null
  readonly lower: number | null
  readonly upper: number | null
}

export interface RatioBounds {
  readonly availability: BoundedRatio
  /** 1 - availability: its upper bound belongs to the lower bound of the availability. */
  readonly unavailability: BoundedRatio
  /** The confidence level, under the assumptions of the method. */
  readonly confidence: number
}

/** The good share and the bad share, each with its own digits. */
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
