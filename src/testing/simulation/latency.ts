/**
 * Distributions of the time that simulated servers work on a request.
 *
 * Each transforms uniform random numbers by a textbook method: inversion for the exponential distribution, Box-Muller for the
 * normal one behind the lognormal. `1 - random()` is in (0, 1], so there is no logarithm of 0.
 */
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { type Check, duration, resolveOptions } from '../../core/options.ts'
import type { Random } from '../../core/random.ts'

/** Draws how long one request takes, in ms; finite and >= 0. */
export type Latency = (random: Random) => Milliseconds

/**
 * Exponentially distributed times, the usual model of a server's work. 5 % are above three times the mean, 1 % above 4.6
 * times.
 *
 * @throws TypeError where `mean` is no duration > 0.
 */
export function exponentialLatency(mean: Duration): Latency {
  const rules = resolveOptions('exponentialLatency', { mean }, { mean: duration('> 0') })
  return (random) => -Math.log(1 - random()) * rules.mean
}

/**
 * Times between two bounds, all equally likely.
 *
 * @throws TypeError where a bound is no duration >= 0, or `max` is below `min`.
 */
export function uniformLatency(min: Duration, max: Duration): Latency {
  const { min: low, max: high } = resolveOptions(
    'uniformLatency',
    { min, max },
    { min: duration('>= 0'), max: duration('>= 0') },
  )
  if (high < low) throw new TypeError(`uniformLatency: max must be >= min, got ${high} < ${low}`)
  return (random) => low + random() * (high - low)
}

export interface LognormalLatencyOptions {
  /** Half of the times are below it. A duration > 0. */
  readonly median: Duration
  /** 99 % of the times are below it. A duration > `median`. */
  readonly p99: Duration
}

/** How many standard deviations above the mean the 99th percentile of a normal distribution lies. */
const z99 = 2.3263478740408408

/**
 * Times with a long tail, as measured over networks, from the two numbers that a dashboard shows.
 *
 * @throws TypeError where `median` or `p99` is no duration > 0, or `p99` is not above `median`.
 */
export function lognormalLatency(options: LognormalLatencyOptions): Latency {
  const { median, p99 } = resolveOptions('lognormalLatency', options, {
    median: duration('> 0'),
    p99: duration('> 0'),
  })
  if (p99 <= median) throw new TypeError(`lognormalLatency: p99 must be > median, got ${p99} <= ${median}`)
  const sigma = Math.log(p99 / median) / z99
  return (random) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return median * Math.exp(sigma * normal)
  }
}

const latencyDuration = duration('>= 0')

/** Resolves a latency to a function; a duration becomes a constant one. */
export const latencyCheck: Check<Latency> = (value, fail) => {
  if (typeof value === 'function') return value as Latency
  const always = latencyDuration(value, () => fail('a duration >= 0 or a function that gives ms'))
  return () => always
}
