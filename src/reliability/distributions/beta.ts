/**
 * The regularised incomplete beta function I(x; a, b), and its inverse.
 *
 * By its continued fraction (A. DiDonato, A. Morris 1992), which converges fast below (a + 1) / (a + b + 2); above, the
 * sides change places. x comes with y = 1 - x and the lower tail with the upper one: the unavailability of
 * a good service is a y near 0, whose digits 1 - x has lost. The inverse is a Newton iteration for the logarithm of the
 * smaller tail over ln(x / y).
 */
import { continuedFraction } from './continued-fraction.ts'
import type { Tails } from './gamma.ts'
import { zeroOf } from './newton.ts'
import { deviance, stirlingError } from './stirling.ts'

/** x^a y^b / B(a, b). */
function term(a: number, b: number, x: number, y: number): number {
  const n = a + b
  const error = stirlingError(n) - stirlingError(a) - stirlingError(b)
  // a - n x = n y - b; of x and y the smaller one has the digits.
  const gap = x < y ? a - n * x : n * y - b
  return Math.exp(error - deviance(a, n * x, gap) - deviance(b, n * y, -gap)) * Math.sqrt((a * b) / (2 * Math.PI * n))
}

/** I(x; a, b) and 1 - I(x; a, b), for a, b > 0. */
export function incompleteBeta(a: number, b: number, x: number, y = 1 - x): Tails {
  if (x <= 0) return [0, 1]
  if (y <= 0) return [1, 0]
  if (x > (a + 1) / (a + b + 2)) {
    const upper = byFraction(b, a, y, x)
    return [1 - upper, upper]
  }
  const lower = byFraction(a, b, x, y)
  return [lower, 1 - lower]
}

function byFraction(a: number, b: number, x: number, y: number): number {
  const distance = a * y - b * x + 1
  const fraction = continuedFraction((a * distance) / (a + 1), (m) => {
    const at = a + 2 * m - 1
    const over = (a + m - 1) * (a + b + m - 1) * m * (b - m) * (x / at) ** 2
    return [over, m + (m * (b - m) * x) / at + ((a + m) * (distance + m * (1 + y))) / (at + 2)]
  })
  return term(a, b, x, y) / fraction
}

/**
 * The x, and 1 - x, for which I(x; a, b) is `lower` and 1 - I(x; a, b) is `upper`. The smaller of the two decides.
 */
export function inverseBeta(a: number, b: number, lower: number, upper = 1 - lower): readonly [x: number, y: number] {
  if (lower <= 0) return [0, 1]
  if (upper <= 0) return [1, 0]
  const below = lower < upper
  const aim = Math.log(below ? lower : upper)
  const logit = zeroOf(
    (u) => {
      const [x, y] = sides(u)
      const tails = incompleteBeta(a, b, x, y)
      const tail = below ? tails[0] : tails[1]
      const off = Math.log(tail) - aim
      return [below ? off : -off, term(a, b, x, y) / tail]
    },
    Math.log(a / b),
  )
  return sides(logit)
}

function sides(logit: number): readonly [x: number, y: number] {
  return [1 / (1 + Math.exp(-logit)), 1 / (1 + Math.exp(logit))]
}
