/**
 * A ratio as a percentage that is never rounded up.
 *
 * Decimals are cut, not rounded: 0.99996 is 99.99%, never 100.00%, which means no downtime. A ratio above 0 that would
 * be cut to zero is shown as less than the smallest step: <0.01%. The digits are those of the shortest decimal that
 * gives the number, so 0.9999 is not 99.98%. By default two digits of the smaller of the ratio and its complement are
 * shown.
 */
import { optional, ratio, resolveOptions } from '../../core/options.ts'
import { complement } from '../../stats/complement.ts'
import { integerBetween } from '../checks.ts'

export interface PercentOptions {
  /**
   * Digits after the point. An integer from 0 to 15. Default: enough to show two digits of what is missing to 100 %.
   */
  readonly decimals?: number
}

const most = 15

/**
 * A ratio from 0 to 1 as text; `'unknown'` for null.
 *
 * Throws a `TypeError` for other numbers.
 *
 * ```ts
 * import { formatPercent } from 'holdfast/availability'
 * formatPercent(0.99996, { decimals: 2 }) // => '99.99%'
 * formatPercent(0.99996) // => '99.9960%'
 * formatPercent(40 / 60) // => '66%'
 * ```
 */
export function formatPercent(value: number | null, options?: PercentOptions): string {
  const { decimals } = resolveOptions('formatPercent', options, {
    decimals: optional(integerBetween(0, most), undefined),
  })
  if (value === null) return 'unknown'
  const { value: given } = resolveOptions('formatPercent', { value }, { value: ratio })
  const shown = decimals ?? Math.min(most, Math.max(needed(complement(given)), needed(given)))
  const [digits, power] = decimal(given)
  // The number of digits left of the cut.
  const kept = power + 3 + shown
  if (given === 0) return `${pointed('0', shown)}%`
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
