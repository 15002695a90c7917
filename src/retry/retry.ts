/**
 * Retry: tries again what failed, after a wait.
 *
 * The first try costs nothing extra: the loop is entered only after a failure. Nested retries do not multiply: a failure that an
 * inner retry of the same call gave up on is not retried, and a rejection is retried only if that can help before the deadline.
 */

import { type Backoff, type BackoffFunction, backoff, delayBy, exponential } from '../core/backoff.ts'
import type { Call } from '../core/call/call.ts'
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { isRejection, type RejectedError } from '../core/errors.ts'
import type { BaseEvents, EventBase } from '../core/events.ts'
import { type Exit, type Hooks, type Scope, TAKEN, type Traits } from '../core/hooks.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
import { functionOf, integer, optional, orInfinity, resolveOptions, shorthand } from '../core/options.ts'
import { checkJudging, type Judging, type JudgingOptions, judge, judgingChecks, type Outcome } from '../core/outcome.ts'
import { BasePolicy, type Policy, type PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { type GiveUpReason, type RetryRules, RetryRun } from './run.ts'

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

export interface RetryEvent extends EventBase {
  /** How many tries have failed, from 1. */
  readonly attempt: number
  /** The wait before the next one, in ms. */
  readonly delay: Milliseconds
  /** What the try failed with; undefined where `when` judged a value a failure. */
  readonly error: unknown
}

export interface GiveUpEvent extends EventBase {
  readonly reason: GiveUpReason
  /** How many tries were made. */
  readonly attempts: number
  /** What the caller gets; undefined where that is a value. */
  readonly error: unknown
  /** The rejection that ended the tries, if one did. */
  readonly rejection: RejectedError | undefined
}

export interface RetryEvents extends BaseEvents {
  /** A try failed and will be repeated; sent before the wait. */
  retry: RetryEvent
  /** A try failed and will not be repeated; sent before the caller gets the failure. */
  giveUp: GiveUpEvent
}

export interface Retry<Accepts = unknown> extends Policy<Accepts, never, unknown, RetryEvents> {}

export const defaults = Object.freeze({ retries: 2, backoff: exponential() })

/**
 * Tries again what failed.
 *
 * ```ts
 * import { exponential, retry } from 'holdfast/retry'
 * const again = retry({ retries: 3, backoff: exponential({ base: '50ms' }) })
 * await again.execute(async ({ signal }) => {
 *   const response = await fetch('http://localhost/', { signal })
 *   if (!response.ok) throw new Error(`HTTP ${response.status}`)
 *   return response.text()
 * })
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function retry<Accepts = unknown>(options?: number | RetryOptions<Accepts>): Retry<Accepts> {
  const resolved = resolveOptions('retry', shorthand('retries', options), {
    ...policyChecks,
    retries: optional(orInfinity(integer(0)), defaults.retries),
    backoff: optional(backoff, defaults.backoff),
    ...judgingChecks,
    retryAfter: optional(functionOf<RetryAfter>(), undefined),
    before: optional(functionOf<Before>(), undefined),
  })
  checkJudging('retry', resolved)
  return new RetryPolicy(resolved) as unknown as Retry<Accepts>
}

type RetryAfter = (outcome: Outcome) => Milliseconds | undefined
type Before = (context: BeforeContext) => unknown

interface RetrySettings extends Judging {
  readonly retries: number
  readonly backoff: Backoff | BackoffFunction
  readonly retryAfter: RetryAfter | undefined
  readonly before: Before | undefined
}

class RetryPolicy
  extends BasePolicy<never, never, unknown, RetryEvents>
  implements RetryRules, Pick<Hooks, 'success' | 'failure' | 'abandon'>
{
  protected readonly traits: Traits
  protected readonly emits = ['retry', 'giveUp']
  protected readonly options: RetrySettings

  constructor(options: RetrySettings & ConstructorParameters<typeof BasePolicy>[1]) {
    super('retry', options)
    const { retries, backoff, when, rejections, retryAfter, before } = options
    this.options = { retries, backoff, when, rejections, retryAfter, before }
    this.traits = { errorsOnly: when === undefined, repeats: true }
  }

  get retries(): number {
    return this.options.retries
  }

  success(scope: Scope, index: number, value: unknown): Exit {
    return this.#decide(scope, index, true, value)
  }

  failure(scope: Scope, index: number, error: unknown): Exit {
    return this.#decide(scope, index, false, error)
  }

  abandon(scope: Scope, index: number): void {
    const run = scope.noteOf(index)
    if (run instanceof RetryRun) run.cancel()
  }

  #decide(scope: Scope, index: number, ok: boolean, value: unknown): Exit {
    // `when` and `backoff` are code of the user, which may abort the call.
    if (!this.isFailure(scope, ok, value) || scope.over) return undefined
    const plan = this.retries === 0 ? 'retries' : this.plan(scope, 1, ok, value, undefined)
    if (scope.over) return undefined
    if (typeof plan === 'string') {
      this.giveUp(scope, plan, 1, ok, value, undefined)
      return undefined
    }
    const outer = scope.takeOver(index, this.name)
    const run = new RetryRun(this, outer, index, ok, value, plan)
    outer.note(index, run)
    run.start()
    return TAKEN
  }

  isFailure(scope: Scope, ok: boolean, value: unknown): boolean {
    const byDefault = (fine: boolean, error: unknown) => !fine && this.#worthRetrying(scope, error)
    const failed = judge(this.options, ok, value, scope, this.events, byDefault) === true
    if (ok && failed) scope.markFailed(true)
    return failed
  }

  /** A rejection is retried if another member of a pool may take the call, or if its `retryAfter` ends before the deadline. */
  #worthRetrying(scope: Scope, error: unknown): boolean {
    if (!isRejection(error) || scope.advice === 'elsewhere') return true
    const { retryAfter } = error
    if (retryAfter === undefined || scope.limit === undefined) return false
    return retryAfter <= scope.remaining(this.clock, this.clock.now())
  }

  /** The wait before the next try, or why there is none. `tries` have failed, the latest with `value`. */
  plan(
    scope: Scope,
    tries: number,
    ok: boolean,
    value: unknown,
    previous: Milliseconds | undefined,
  ): Milliseconds | GiveUpReason {
    if (tries > this.retries) return 'retries'
    if (scope.advice === 'gaveUp') return 'retries'
    if (!scope.idempotent && scope.invocations > 0) return 'idempotent'
    const state = { attempt: tries, previous, random: this.random, error: value }
    const own = delayBy(this.options.backoff, state, 'backoff', this.events, defaults.backoff)
    const delay = Math.max(own, this.#leastWait(scope, ok, value))
    if (delay === Number.POSITIVE_INFINITY) return 'backoff'
    if (scope.limit === undefined) return delay
    return delay > scope.remaining(this.clock, this.clock.now()) ? 'deadline' : delay
  }

  /** The least wait that the failure asks for. A hint that is no number counts as none, one in the past as 0. */
  #leastWait(scope: Scope, ok: boolean, value: unknown): Milliseconds {
    let hint: unknown
    try {
      hint = this.options.retryAfter?.(ok ? { ok, value } : { ok, error: value })
    } catch (fault) {
      this.events.fault('retryAfter', fault)
    }
    ignoreRejection(hint)
    if (hint === undefined && isRejection(value) && scope.advice !== 'elsewhere') hint = value.retryAfter
    return typeof hint === 'number' && hint > 0 ? hint : 0
  }

  get prepares(): boolean {
    return this.options.before !== undefined
  }

  async prepare(scope: Scope, attempt: number, ok: boolean, value: unknown): Promise<GiveUpReason | undefined> {
    try {
      await this.options.before?.({ attempt, error: ok ? undefined : value, call: scope })
    } catch (error) {
      this.events.fault('before', error)
      return 'before'
    }
    return scope.remaining(this.clock, this.clock.now()) < 0 ? 'deadline' : undefined
  }

  announce(scope: Scope, attempt: number, delay: Milliseconds, ok: boolean, value: unknown): void {
    if (!hasListeners(this.events, 'retry', scope)) return
    emitForCall(this.events, 'retry', scope, { attempt, delay, error: ok ? undefined : value })
  }

  giveUp(
    scope: Scope,
    reason: GiveUpReason,
    attempts: number,
    ok: boolean,
    value: unknown,
    rejection: RejectedError | undefined,
  ): void {
    // An inner retry has given up on this already, and has emitted the event.
    if (scope.advice === 'gaveUp') return
    scope.advise('gaveUp')
    if (!hasListeners(this.events, 'giveUp', scope)) return
    emitForCall(this.events, 'giveUp', scope, { reason, attempts, error: ok ? undefined : value, rejection })
  }
}
