/** The options of a retry. */
import type { Backoff, BackoffFunction } from '../core/backoff.ts'
import type { Call } from '../core/call/call.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import type { JudgingOptions, Outcome } from '../core/outcome.ts'
import type { PolicyOptions } from '../core/policy.ts'
import type { RetryBudget } from '../retry-budget/budget.ts'

export interface RetryOptions<Accepts = unknown> extends PolicyOptions, JudgingOptions<Accepts> {
  /**
   * Additional tries: 3 retries are 4 attempts. An integer >= 0, or `Infinity`: until it succeeds, the caller aborts, or a
   * deadline ends it. Default 2.
   */
  readonly retries?: number
  /** The wait before each retry. Default `exponential()`: 100 ms, doubling to at most 30 s, full jitter. */
  readonly backoff?: Duration | Backoff | BackoffFunction
  /** The least wait after a failure in ms, for example from a `retry-after` header; undefined for none, `Infinity` to stop. */
  readonly retryAfter?: (outcome: Outcome<Accepts>) => Milliseconds | undefined
  /** The longest wait that `retryAfter` or a rejection may ask for: the tries end where it asks for more. `Infinity` for any. Default 60 s. */
  readonly maxRetryAfter?: Duration
  /**
   * Bounds the retries of all calls together: `true` for `retryBudget.ratio()`, or a budget that may be shared with other
   * policies. Where it is exhausted, the caller gets the failure at once. Default: no bound.
   */
  readonly budget?: RetryBudget | boolean
  /**
   * Prepares each further try: refreshes a token, say. Called after the wait, and awaited. Where it throws or rejects the
   * tries end: that is emitted as `fault`, and the caller gets what the work itself last ended with.
   */
  readonly before?: (context: BeforeContext) => unknown
}

/** What `before` is given. */
export interface BeforeContext {
  /** How many tries have failed, from 1. */
  readonly attempt: number
  /** What the latest one failed with; undefined where `when` judged a value a failure. */
  readonly error: unknown
  /** The call; its `signal` aborts when the preparation is no longer of use. */
  readonly call: Call
}
