/**
 * The regularised incomplete gamma functions P(a, x) and Q(a, x), and their inverse.
 *
 * P by its power series below a + 1, Q by its continued fraction above (DLMF 8.7.1, 8.9.2): each where it is the
 * smaller one, or near it, so that neither loses digits. Both tails are returned, because 1 - 1e-20 rounds to
 * 1. The inverse is a Newton iteration for the logarithm of the smaller tail over ln x: there the tail is concave,
 * and a power of x is a straight line.
 */
import { continuedFraction } from './continued-fraction.ts'
import { zeroOf } from './newton.ts'
import { deviance, stirlingError } from './stirling.ts'

/** A probability and its complement. */
export type Tails = readonly [lower: number, upper: number]

const most = 100_000

/** x^a e^-x / Γ(a + 1). */
function term(a: number, x: number): number {
  return Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a)
}

/** P(a, x) and Q(a, x), for a > 0. */
export function incompleteGamma(a: number, x: number): Tails {
  if (x <= 0) return [0, 1]
  if (x < a + 1) {
    const lower = term(a, x) * series(a, x)
    return [lower, 1 - lower]
  }
  const fraction = continuedFraction(x + 1 - a, (index) => [index * (a - index), x + 2 * index + 1 - a])
  const upper = (term(a, x) * a) / fraction
  return [1 - upper, upper]
}

/** 1 + x/(a+1) + x²/((a+1)(a+2)) + … */
function series(a: number, x: number): number {
  let sum = 1
  let part = 1
  for (let index = 1; index <= most && part > sum * 1e-17; index++) {
    part *= x / (a + index)
    sum += part
  }
  return sum
}

/** The x for which P(a, x) is `lower` and Q(a, x) is `upper`. The smaller of the two decides. */
export function inverseGamma(a: number, lower: number, upper = 1 - lower): number {
  if (lower <= 0) return 0
  if (upper <= 0) return Number.POSITIVE_INFINITY
  const below = lower < upper
  const aim = Math.log(below ? lower : upper)
  const logarithm = zeroOf((u) => {
    const x = Math.exp(u)
    const tails = incompleteGamma(a, x)
    const tail = below ? tails[0] : tails[1]
    const off = Math.log(tail) - aim
    return [below ? off : -off, (term(a, x) * a) / tail]
  }, Math.log(a))
  return Math.exp(logarithm)
}
