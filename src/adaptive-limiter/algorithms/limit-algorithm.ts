/** What finds the limit: an algorithm of this module, or one of your own. */
import type { Milliseconds } from '../../core/duration.ts'

/** What the calls of one window show. */
export interface LimiterWindow {
  /** The quantile of the latencies; a call that says overload counts as `Infinity`. At least 1. */
  readonly latency: Milliseconds
  /** The most calls that ran at once. */
  readonly inflight: number
  /** Calls that count, those that say overload included. */
  readonly samples: number
  /** Those of them that say overload: they took too long, or the dependency refused them. */
  readonly drops: number
}

/** Finds the limit from one window after the other. */
export interface LimitAlgorithm {
  /** The limit after `window`; it need not be an integer, and the limiter keeps it between `min` and `max`. */
  update(limit: number, window: LimiterWindow): number
  /** The latency without a queue at the dependency, where the algorithm knows it. */
  readonly baseline?: Milliseconds | undefined
  /** While it is true, the limiter admits half of the limit, and `update` gets only calls that began since. */
  readonly probing?: boolean
}
