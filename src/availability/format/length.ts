/** A length of time for people: its two greatest units, cut and not rounded. */
import type { Milliseconds } from '../../core/duration.ts'

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/** `'–'` for null: nothing is known. */
export function lengthText(length: Milliseconds | null): string {
  if (length === null) return '–'
  const first = units.findIndex(([, unit]) => length >= unit)
  if (first < 0) return length > 0 ? '<1 ms' : '0 s'
  let rest = length
  const parts: string[] = []
  for (const [name, unit] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / unit)
    rest -= count * unit
    if (count > 0) parts.push(`${count} ${name}`)
  }
  return parts.join(' ')
}

/** An instant of the wall clock in UTC; null where no date can name it. */
export function isoText(at: Milliseconds): string | null {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

/** The same for people, to the second. */
export function instantText(at: Milliseconds): string {
  return isoText(at)?.replace(/\.\d+Z$/, 'Z') ?? (at < 0 ? 'before all dates' : 'after all dates')
}
