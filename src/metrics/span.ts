/** The label of a length of time, in the greatest unit that gives a whole number: `5m`, `1h`, `30d`. */
import type { Milliseconds } from '../core/duration.ts'

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

export function spanOf(length: Milliseconds): string {
  for (const [name, unit] of units) if (length % unit === 0) return `${length / unit}${name}`
  return `${length}ms`
}
