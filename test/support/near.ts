import { expect } from 'vitest'

/** Equal up to a relative error: a vector that was printed with twelve digits has no more to say. */
export function near(actual: number | null | undefined, expected: number, what = 'value', relative = 1e-9): void {
  const off = Math.abs((actual ?? Number.NaN) - expected)
  expect(off <= relative * Math.abs(expected), `${what}: ${actual}, not ${expected}`).toBe(true)
}
