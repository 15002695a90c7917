/**
 * Numbers as instants since 1970: seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds.
 *
 * So seconds reach to the year 5138, and each finer unit begins in March 1973. Fewer than nine digits could be a date.
 */
import type { Milliseconds } from '../../core/duration.ts'

const number = /^\d{9,}(?:\.\d+)?$/

export type EpochUnit = 's' | 'ms' | 'µs' | 'ns'

const units: readonly (readonly [unit: EpochUnit, below: number, perMillisecond: number])[] = [
  ['s', 1e11, 0.001],
  ['ms', 1e14, 1],
  ['µs', 1e17, 1000],
  ['ns', 1e20, 1e6],
]

/** Undefined for what is no such number. */
export function sinceEpoch(text: string): { readonly at: Milliseconds; readonly unit: EpochUnit } | undefined {
  if (!number.test(text)) return undefined
  const value = Number(text)
  const found = units.find(([, below]) => value < below)
  return found && { at: value / found[2], unit: found[0] }
}
