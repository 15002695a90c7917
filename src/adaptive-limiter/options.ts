/** The options of an adaptive limiter, and how they are checked. */
import type { Call } from '../core/call/call.ts'
import type { Duration } from '../core/duration.ts'
import { warnOnce } from '../core/events.ts'
import {
  type Check,
  duration,
  functionOf,
  integer,
  isRecord,
  oneOf,
  optional,
  ratio,
  refuseOption,
  resolveOptions,
} from '../core/options.ts'
import type { When } from '../core/outcome.ts'
import type { PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import type { LimitAlgorithm } from './algorithms/limit-algorithm.ts'
import type { QueueOrder } from './queue/call-queue.ts'
import type { LimiterWindowSettings } from './window.ts'

/** How the calls of a window are put together. */
export interface LimiterWindowOptions {
  /** The length of a window, > 0. Default one second. */
  readonly every?: Duration
  /** Calls that a window needs: an integer >= 1. With fewer it goes on, for at most five times as long. Default 10. */
  readonly samples?: number
  /** Which latency represents the window: a quantile, from 0 to 1, not 0. Default 0.9. */
  readonly quantile?: number
}

export interface AdaptiveLimiterOptions<Accepts = unknown> extends PolicyOptions {
  /** What finds the limit: one of these, or an algorithm of your own. Default `'gradient'`. */
  readonly algorithm?: 'gradient' | 'vegas' | 'aimd' | LimitAlgorithm
  /** The limit at first: an integer from `min` to `max`. Default 20, or the nearest. */
  readonly initial?: number
  /** The least limit: an integer >= 1. Default 1. */
  readonly min?: number
  /** The highest limit: an integer >= `min`. Default 200, or `min` if that is more. */
  readonly max?: number
  /** How much slower than the baseline calls may be, for `gradient`: a finite number >= 1. Default 1.5. */
  readonly tolerance?: number
  readonly window?: LimiterWindowOptions
  /**
   * Which outcomes say overload: `true`; `'ignore'` counts neither way. Default: timeouts, the status 429 or 503, and RESOURCE_EXHAUSTED of
   * gRPC. Other failures never count, since they say nothing about the load.
   */
  readonly when?: When<Accepts>
  /** Calls that may wait: an integer >= 0, or `Infinity`. Default 0. */
  readonly queue?: number
  /** The longest wait in the queue, >= 0. Default: that of the order, and the call's deadline. */
  readonly maxWait?: Duration
  /** The order in the queue. Default `'adaptive'`: first in, first out; newest first while the queue does not empty. */
  readonly order?: QueueOrder
  /** The wait that is good, >= 5 ms. Default 10 ms. A call gains one priority for each target that it has waited. */
  readonly target?: Duration
  /** A queue that has not been empty for so long is overloaded, >= `target`. Default 100 ms, or `target` if that is more. */
  readonly interval?: Duration
  /** Shares of the limit by name, each from 0 to 1, not 0, and no more than 1 together. */
  readonly partitions?: Readonly<Record<string, number>>
  /** The name of a call's partition, given with `partitions`; undefined: it has no share of its own. */
  readonly partition?: (call: Call) => string | undefined
  /** `'level'`: of calls that wait, the one with the highest `priority` goes first, and the lowest are refused first. Default: none. */
  readonly priority?: 'level'
  /** The share of calls that this process has to refuse now, from 0 to 1. Read at most ten times a second. Default: none. */
  readonly overload?: () => number
}

export const defaults = Object.freeze({
  algorithm: 'gradient',
  initial: 20,
  min: 1,
  max: 200,
  tolerance: 1.5,
  window: Object.freeze({ every: 1000, samples: 10, quantile: 0.9 }),
  queue: 0,
  order: 'adaptive',
  target: 10,
  interval: 100,
} as const)

const kind = 'adaptiveLimiter'
/** Timers are not exact: a shorter wait is noise. */
const shortestTarget = 5

const algorithmNames = oneOf('gradient', 'vegas', 'aimd')
const algorithmCheck: Check<'gradient' | 'vegas' | 'aimd' | LimitAlgorithm> = (value, fail) => {
  if (isRecord(value) && typeof value['update'] === 'function') return value as unknown as LimitAlgorithm
  const expected = "'gradient', 'vegas', 'aimd', or an object with a method update"
  return algorithmNames(value, () => fail(expected))
}

const toleranceCheck: Check<number> = (value, fail) =>
  typeof value === 'number' && value >= 1 && value < Number.POSITIVE_INFINITY ? value : fail('a finite number >= 1')

const shareCheck: Check<number> = (value, fail) => {
  const share = ratio(value, () => fail('a number from 0 to 1, not 0'))
  return share > 0 ? share : fail('a number from 0 to 1, not 0')
}

const targetCheck: Check<number> = (value, fail) => {
  const target = duration('> 0')(value, () => fail(`a duration >= ${shortestTarget} ms`))
  return target >= shortestTarget ? target : fail(`a duration >= ${shortestTarget} ms`)
}

const windowCheck: Check<LimiterWindowSettings> = (value) =>
  resolveOptions(`${kind}: window`, value, {
    every: optional(duration('> 0'), defaults.window.every as number),
    samples: optional(integer(1), defaults.window.samples as number),
    quantile: optional(shareCheck, defaults.window.quantile as number),
  })

const sharesCheck: Check<Readonly<Record<string, number>>> = (value, fail) => {
  const expected = 'shares by name, each from 0 to 1, not 0, and no more than 1 together'
  if (!isRecord(value)) return fail(expected)
  const shares = Object.entries(value).map(([name, share]) => [name, shareCheck(share, () => fail(expected))] as const)
  const sum = shares.reduce((total, [, share]) => total + share, 0)
  return shares.length > 0 && sum <= 1 + 1e-9 ? Object.freeze(Object.fromEntries(shares)) : fail(expected)
}

export function resolveAdaptiveLimiter(options: AdaptiveLimiterOptions<never> | undefined) {
  const resolved = resolveOptions(kind, options, {
    ...policyChecks,
    algorithm: optional(algorithmCheck, defaults.algorithm),
    initial: optional(integer(1), undefined),
    min: optional(integer(1), defaults.min as number),
    max: optional(integer(1), undefined),
    tolerance: optional(toleranceCheck, defaults.tolerance as number),
    window: optional(windowCheck, defaults.window),
    when: optional(functionOf<When<never>>(), undefined),
    queue: optional(integer(0, true), defaults.queue as number),
    maxWait: optional(duration('>= 0'), undefined),
    order: optional(oneOf('adaptive', 'fifo', 'lifo'), defaults.order),
    target: optional(targetCheck, defaults.target as number),
    interval: optional(duration('> 0'), undefined),
    partitions: optional(sharesCheck, undefined),
    partition: optional(functionOf<(call: Call) => unknown>(), undefined),
    priority: optional(oneOf('level'), undefined),
    overload: optional(functionOf<() => unknown>(), undefined),
  })
  const { min, target, partitions, partition } = resolved
  const max = resolved.max ?? Math.max(min, defaults.max)
  const interval = resolved.interval ?? Math.max(target, defaults.interval)
  const initial = resolved.initial ?? Math.min(max, Math.max(min, defaults.initial))
  if (max < min) refuseOption(kind, 'max', `an integer >= min (${min})`, max)
  if (initial < min || initial > max) refuseOption(kind, 'initial', `an integer from ${min} to ${max}`, initial)
  if (interval < target) refuseOption(kind, 'interval', `a duration >= target (${target} ms)`, interval)
  if ((partitions === undefined) !== (partition === undefined)) {
    refuseOption(kind, 'partition', 'given with partitions, and only then', partition)
  }
  warnOfQueue(options, resolved)
  return { ...resolved, initial, max, interval }
}

export type AdaptiveLimiterSettings = ReturnType<typeof resolveAdaptiveLimiter>

/** Options that have no effect without a queue. */
function warnOfQueue(
  given: object | undefined,
  { queue, overload }: Pick<AdaptiveLimiterSettings, 'queue' | 'overload'>,
) {
  if (queue > 0) return
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined || !['maxWait', 'order', 'target', 'interval', 'priority'].includes(name)) continue
    if (name !== 'priority' || overload === undefined) warnOnce(`${kind}: ${name} has no effect without a queue`)
  }
}
