/**
 * The part of Γ beyond Stirling's formula: ln Γ(x) = (x - ½) ln x - x + ½ ln 2π + δ(x).
 *
 * A power of thousands over a factorial of thousands has an ordinary size, but neither of the two can be computed alone.
 * Written with δ and the deviance, the large parts cancel on paper instead of in the computation (C. Loader, "Fast and
 * accurate computation of binomial probabilities", 2000). The series of δ has B(2k) / (2k (2k - 1)) as its
 * coefficients.
 */
const coefficients = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400]

/** Where eight terms of the series give all digits. */
const far = 10

/** δ(x), for x > 0. */
export function stirlingError(x: number): number {
  let error = 0
  let at = x
  // δ(x) - δ(x + 1), until the series holds.
  for (; at < far; at++) error += (at + 0.5) * Math.log1p(1 / at) - 1
  const square = at * at
  return error + coefficients.reduceRight((sum, coefficient) => coefficient + sum / square, 0) / at
}

/**
 * x ln(x / mean) + mean - x, without cancellation near `mean`. Both > 0; `gap` is x - mean, given if it is known with
 * more digits.
 */
export function deviance(x: number, mean: number, gap = x - mean): number {
  if (!(Math.abs(gap) < 0.1 * (x + mean))) return x * Math.log(x / mean) - gap
  // ln(x / mean) = 2 (v + v³/3 + v⁵/5 + …), of which the first term takes the gap away.
  const v = gap / (x + mean)
  let sum = gap * v
  let power = 2 * x * v
  for (let odd = 3; ; odd += 2) {
    power *= v * v
    const next = sum + power / odd
    if (next === sum) return sum
    sum = next
  }
}

/** ln Γ(x), for x > 0. */
export function logGamma(x: number): number {
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + stirlingError(x)
}
