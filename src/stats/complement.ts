/**
 * 1 - x, for x as its shortest decimal.
 *
 * In doubles, 1 - 0.9999999 is 9.999999994736442e-8: the subtraction is exact, and shows how far the nearest double is from
 * 0.9999999. So the shortest decimal of this double is subtracted from 1, digit by digit: never further off than the double
 * itself, and 0 only for 1.
 */
export function complement(x: number): number {
  if (x < 0.5 || x === 1) return 1 - x
  const digits = String(x).slice(2)
  return Number(10n ** BigInt(digits.length) - BigInt(digits)) / 10 ** digits.length
}
