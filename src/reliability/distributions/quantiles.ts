/**
 * Quantiles of the distributions that intervals use: χ², F and the normal one.
 *
 * Each takes the lower probability and, if it is known with more digits than 1 minus that, the upper one.
 * χ²(p; k) = 2 P⁻¹(k/2, p). F(p; d1, d2) = d2 x / (d1 (1 - x)) where I(x; d1/2, d2/2) = p. The square of a normal
 * variable is χ² with one degree of freedom.
 */
import { inverseBeta } from './beta.ts'
import { incompleteGamma, inverseGamma } from './gamma.ts'

export function chiSquareQuantile(lower: number, degrees: number, upper = 1 - lower): number {
  return 2 * inverseGamma(degrees / 2, lower, upper)
}

export function fQuantile(lower: number, degrees: number, others: number, upper = 1 - lower): number {
  const [x, y] = inverseBeta(degrees / 2, others / 2, lower, upper)
  return (others * x) / (degrees * y)
}

export function normalQuantile(lower: number, upper = 1 - lower): number {
  const tail = Math.min(lower, upper)
  const size = Math.sqrt(2 * inverseGamma(0.5, Math.abs(upper - lower), 2 * tail))
  return lower < upper ? -size : size
}

/** The probability that a normal variable is further from 0 than `z`, on either side. */
export function normalTails(z: number): number {
  return incompleteGamma(0.5, (z * z) / 2)[1]
}
