/** Checks of numbers that `core/options.ts` does not have. */
import type { Check } from '../core/options.ts'

export function integerBetween(min: number, max: number): Check<number> {
  const expected = `an integer from ${min} to ${max}`
  return (value, fail) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? (value as number)
      : fail(expected)
}

/** Excludes both bounds. */
export function between(min: number, max: number): Check<number> {
  const expected = `a number between ${min} and ${max}`
  return (value, fail) => (typeof value === 'number' && value > min && value < max ? value : fail(expected))
}

/** Also accepts null, which means unknown. */
export function orNull(check: Check<number>): Check<number | null> {
  return (value, fail) => (value === null ? null : check(value, (expected) => fail(`${expected} or null`)))
}
