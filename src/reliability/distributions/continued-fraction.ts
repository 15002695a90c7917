/**
 * The value of b0 + a1 / (b1 + a2 / (b2 + …)), forwards.
 *
 * Each step multiplies the value by the ratio of two neighbouring convergents, C · D, until that is 1 (Lentz 1976, as
 * Thompson and Barnett have it, without their guard: no denominator of the fractions used here is zero).
 */
type Term = readonly [a: number, b: number]

const close = 5e-16
const most = 100_000

/** `first` is b0, not zero; `term(i)` gives the i-th pair, from 1. */
export function continuedFraction(first: number, term: (index: number) => Term): number {
  let value = first
  let c = first
  let d = 0
  let change = 0
  for (let index = 1; index <= most && !(Math.abs(change - 1) < close); index++) {
    const [a, b] = term(index)
    d = 1 / (b + a * d)
    c = b + a / c
    change = c * d
    value *= change
  }
  return value
}
