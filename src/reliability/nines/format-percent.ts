/**
 * A ratio as a percentage that is never rounded up.
 *
 * Decimals are cut, not rounded: 0.99996 is 99.99%, never 100.00%, which means no downtime. A ratio above 0 that would
 * be cut to zero is shown as less than the smallest step: <0.01%. The digits are those of the shortest decimal that
 * gives the number, so 0.9999 is not 99.98%. By default two digits of the smaller of the ratio and its complement are
 * shown.
 */
import { optional, ratio, resolveOptions } from '../../core/options.ts'
import { integerBetween } from '../checks.ts'
import { cutPercent, maxDecimals } from './cut-percent.ts'

export interface PercentOptions {
  /**
   * Digits after the point. An integer from 0 to 15. Default: enough to show two digits of what is missing to 100 %.
   */
  readonly decimals?: number
}

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
    decimals: optional(integerBetween(0, maxDecimals), undefined),
  })
  if (value === null) return 'unknown'
  const { value: given } = resolveOptions('formatPercent', { value }, { value: ratio })
  return cutPercent(given, decimals)
}
