/** The digits of a percentage, without checks: for callers whose ratio is known to be from 0 to 1. */
import { complement } from '../../stats/complement.ts'

export const maxDecimals = 15

export function cutPercent(ratio: number, decimals?: number): string {
  const shown = decimals ?? Math.min(maxDecimals, Math.max(needed(complement(ratio)), needed(ratio)))
  const [digits, power] = decimal(ratio)
  // The number of digits left of the cut.
  const kept = power + 3 + shown
  if (ratio === 0) return `${pointed('0', shown)}%`
  if (kept <= 0) return `<${pointed('1', shown)}%`
  return `${pointed(digits.slice(0, kept).padEnd(kept, '0'), shown)}%`
}

/** The decimals needed to show two digits of a share. */
function needed(part: number): number {
  return part === 0 ? 0 : Math.max(0, -1 - decimal(part)[1])
}

/** The shortest digits that give the number, and the power of ten of the first. */
function decimal(value: number): readonly [digits: string, power: number] {
  const [digits = '', power] = value.toExponential().split('e')
  return [digits.replace('.', ''), Number(power)]
}

/** A whole number with the point put back. */
function pointed(whole: string, decimals: number): string {
  const padded = whole.padStart(decimals + 1, '0')
  const point = padded.length - decimals
  return decimals === 0 ? padded : `${padded.slice(0, point)}.${padded.slice(point)}`
}
