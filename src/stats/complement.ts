/**
 * 1 - x, as the decimal digits of x mean it.
 *
 * 1 - 0.9999999 is 9.999999994736442e-8 where it is computed: the subtraction is exact, and shows how far the nearest
 * double lies from what was written. So it is the shortest decimal that means this double that is taken from 1, digit
 * by digit: never further off than the double itself, and 0 for 1 alone.
 */
export function complement(x: number): number {
  if (x < 0.5 || x === 1) return 1 - x
  const digits = String(x).slice(2)
  return Number(10n ** BigInt(digits.length) - BigInt(digits)) / 10 ** digits.length
}
