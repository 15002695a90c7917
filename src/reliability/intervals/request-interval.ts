/**
 * Bounds of the ratio of good requests.
 *
 * Wilson's score interval by default (1927): the ratios under which the observed one is just possible. On request the
 * exact interval of Clopper and Pearson (1934), by quantiles of beta distributions, which is never too narrow. Both
 * count bad requests, so no digits are lost near 1; with no bad request of n they end at about z² / n and -ln α / n.
 * Both assume independent requests; failures cluster, so both are optimistic.
 */
import { integer, oneOf, optional, resolveOptions } from '../../core/options.ts'
import { inverseBeta } from '../distributions/beta.ts'
import { normalQuantile } from '../distributions/quantiles.ts'
import { beyond, confidenceChecks, type Sided } from './confidence.ts'
import { type RatioBounds, type RatioPair, ratioBounds } from './ratio-bounds.ts'

export interface RequestIntervalOptions {
  /** Requests that went well. An integer from 0 to `total`. */
  readonly good: number
  /** All requests. An integer >= 0. */
  readonly total: number
  /** Default `'wilson'`. */
  readonly method?: 'wilson' | 'clopper-pearson'
  /** Confidence level of the interval, between 0 and 1. Default 0.95. */
  readonly confidence?: number
  /** Both bounds, or only the lower one, which is then tighter. Default `'two'`. */
  readonly sided?: Sided
}

/**
 * Bounds of the ratio of good requests. All are null without requests.
 *
 * Throws a `TypeError` for options out of bounds.
 *
 * ```ts
 * import { requestInterval } from 'holdfast/availability'
 * const { availability } = requestInterval({ good: 999, total: 1000 })
 * availability.lower?.toFixed(4) // => '0.9944'
 * ```
 */
export function requestInterval(options: RequestIntervalOptions): RatioBounds {
  const { good, total, method, confidence, sided } = resolveOptions('requestInterval', options, {
    good: (value, fail) => {
      const count = integer(0)(value, fail)
      return count <= options.total || !Number.isSafeInteger(options.total) ? count : fail('at most total')
    },
    total: integer(0),
    method: optional(oneOf('wilson', 'clopper-pearson'), 'wilson'),
    ...confidenceChecks,
  })
  if (total === 0) return ratioBounds(null, null, null, confidence)
  const bounds = method === 'wilson' ? wilson : clopperPearson
  const [most, least] = bounds(total - good, total, beyond(confidence, sided))
  return ratioBounds([good / total, (total - good) / total], most, sided === 'two' ? least : null, confidence)
}

type RatioPairBounds = readonly [most: RatioPair, least: RatioPair]

function wilson(bad: number, total: number, rest: number): RatioPairBounds {
  const square = normalQuantile(1 - rest, rest) ** 2 / total
  const [least, most] = roots(bad / total, square)
  const [worst, best] = roots((total - bad) / total, square)
  return [
    [worst, most],
    [best, least],
  ]
}

/**
 * The roots of (p - share)² = z²/n p (1 - p): the greater by the formula, the other from their product, which cannot
 * cancel.
 */
function roots(share: number, square: number): readonly [lower: number, upper: number] {
  const root = Math.sqrt(square * (share * (1 - share) + square / 4))
  const upper = Math.min(1, (share + square / 2 + root) / (1 + square))
  return [share ** 2 / (1 + square) / upper, upper]
}

function clopperPearson(bad: number, total: number, rest: number): RatioPairBounds {
  const good = total - bad
  const [most, worst] = good === 0 ? [1, 0] : inverseBeta(bad + 1, good, 1 - rest, rest)
  const [least, best] = bad === 0 ? [0, 1] : inverseBeta(bad, good + 1, rest)
  return [
    [worst, most],
    [best, least],
  ]
}
