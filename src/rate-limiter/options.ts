/** The options of a rate limiter, and how they are checked. */
import type { Call } from '../core/call/call.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { warnOnce } from '../core/events.ts'
import {
  type Check,
  duration,
  functionOf,
  integer,
  isRecord,
  oneOf,
  optional,
  orInfinity,
  positive,
  refuseOption,
  resolveOptions,
  shorthand,
} from '../core/options.ts'
import type { PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { Gcra } from './gcra.ts'
import type { RateAlgorithm, RateLimits } from './rate-algorithm.ts'
import { SlidingLog } from './sliding-log.ts'
import { SlidingWindow } from './sliding-window.ts'
import { WarmUp, type WarmUpSettings } from './warm-up.ts'

/**
 * How permits are counted. `tokenBucket` allows a burst and then a steady rate, `smooth` spaces calls evenly, `slidingWindow`
 * estimates the calls of the last period from two counters, `slidingLog` knows them exactly.
 */
export type RateLimitAlgorithm = 'tokenBucket' | 'smooth' | 'slidingWindow' | 'slidingLog'

export interface WarmUpOptions {
  /** How long it takes to reach the full rate, > 0. */
  readonly period: Duration
  /** How much more time a permit takes when cold: a number >= 1. Default 3. */
  readonly coldFactor?: number
}

/** The rate, which `update` changes. */
export interface RateLimiterRate {
  /** Permits in each period: a number > 0, or `Infinity`. For the sliding algorithms >= 1, for `slidingLog` <= 10,000. */
  readonly limit: number
  /** The period, > 0. Default one second. */
  readonly per?: Duration
  /** The most permits at once in `tokenBucket`: a number >= 1. Default: `limit`, at least 1. */
  readonly burst?: number
}

export interface RateLimiterOptions extends RateLimiterRate, PolicyOptions {
  /** Default `tokenBucket`. */
  readonly algorithm?: RateLimitAlgorithm
  /** The longest wait for a permit, >= 0. Default 0: nothing waits. */
  readonly maxWait?: Duration
  /** Calls that may wait: an integer >= 0, or `Infinity`, the default. */
  readonly queue?: number
  /** How many permits a call takes: a number >= 0. Default 1 for each. */
  readonly cost?: (call: Call) => number
  /** After a pause the rate rises slowly from a low one; with it `tokenBucket` and `smooth` allow no burst. */
  readonly warmUp?: WarmUpOptions
}

/** What `update` and a snapshot know of the rate, in order of the options. */
export interface RateLimiterSettings {
  readonly limit: number
  readonly per: Milliseconds
  /** Undefined where it follows `limit`. */
  readonly burst: number | undefined
  readonly algorithm: RateLimitAlgorithm
  readonly maxWait: Milliseconds
  readonly queue: number
  readonly cost: ((call: Call) => number) | undefined
  readonly warmUp: WarmUpSettings | undefined
}

const kind = 'rateLimiter'
const longestLog = 10_000

const atLeastOne: Check<number> = (value, fail) =>
  typeof value === 'number' && value >= 1 && value < Number.POSITIVE_INFINITY ? value : fail('a finite number >= 1')

const warmUpCheck: Check<WarmUpSettings> = (value) =>
  resolveOptions('rateLimiter: warmUp', value, {
    period: duration('> 0'),
    coldFactor: optional(atLeastOne, 3 as number),
  })

const rateChecks = {
  limit: orInfinity(positive),
  per: duration('> 0'),
  burst: optional(atLeastOne, undefined),
}

export function resolveRateLimiter(options: number | RateLimiterOptions) {
  const given = options === undefined ? {} : shorthand('limit', options)
  const resolved = resolveOptions(kind, given, {
    ...policyChecks,
    ...rateChecks,
    per: optional(rateChecks.per, 1000 as number),
    algorithm: optional(oneOf('tokenBucket', 'smooth', 'slidingWindow', 'slidingLog'), 'tokenBucket'),
    maxWait: optional(duration('>= 0'), 0 as number),
    queue: optional(integer(0, true), Number.POSITIVE_INFINITY),
    cost: optional(functionOf<(call: Call) => number>(), undefined),
    warmUp: optional(warmUpCheck, undefined),
  })
  const { algorithm, warmUp, burst, maxWait } = resolved
  checkLimit(resolved)
  if (warmUp !== undefined && algorithm.startsWith('sliding')) {
    refuseOption(kind, 'warmUp', `left out with ${algorithm}`, warmUp)
  }
  if (burst !== undefined && (algorithm !== 'tokenBucket' || warmUp !== undefined)) {
    warnOnce(`${kind}: burst has no effect with ${warmUp === undefined ? algorithm : 'warmUp'}`)
  }
  const queueGiven = isRecord(given) && given['queue'] !== undefined
  if (queueGiven && maxWait === 0) warnOnce(`${kind}: queue has no effect without maxWait`)
  return resolved
}

/** What `update` was given, upon what was there before; all of it is checked first. */
export function resolveUpdate(options: Partial<RateLimiterRate>, before: RateLimiterSettings): RateLimiterSettings {
  const { limit, per, burst } = resolveOptions(kind, options, {
    limit: optional(rateChecks.limit, before.limit),
    per: optional(rateChecks.per, before.per),
    burst: optional(rateChecks.burst, before.burst),
  })
  const settings = { ...before, limit, per, burst }
  checkLimit(settings)
  return settings
}

/** The bounds that an algorithm adds. */
function checkLimit({ algorithm, limit, warmUp }: Pick<RateLimiterSettings, 'algorithm' | 'limit' | 'warmUp'>): void {
  if (warmUp !== undefined && limit === Number.POSITIVE_INFINITY) {
    refuseOption(kind, 'limit', 'a finite number > 0 with warmUp', limit)
  }
  if (algorithm === 'slidingWindow' && limit < 1) {
    refuseOption(kind, 'limit', 'a number >= 1 with slidingWindow', limit)
  }
  if (algorithm === 'slidingLog' && !(limit >= 1 && limit <= longestLog)) {
    refuseOption(kind, 'limit', `a number from 1 to ${longestLog} with slidingLog`, limit)
  }
}

/** The limits as the algorithm takes them. */
export function limitsOf({ algorithm, limit, per, burst, warmUp }: RateLimiterSettings): RateLimits {
  if (warmUp !== undefined || algorithm === 'smooth') return { limit, per, burst: 1 }
  if (algorithm !== 'tokenBucket') return { limit, per, burst: limit }
  return { limit, per, burst: burst ?? Math.max(1, limit) }
}

export function algorithmOf(settings: RateLimiterSettings): RateAlgorithm {
  const limits = limitsOf(settings)
  if (settings.warmUp !== undefined) return new WarmUp(limits, settings.warmUp)
  if (settings.algorithm === 'slidingWindow') return new SlidingWindow(limits)
  if (settings.algorithm === 'slidingLog') return new SlidingLog(limits)
  return new Gcra(limits)
}
