/**
 * Retry: tries again what failed, after a wait.
 *
 * The first try costs nothing extra: the loop is entered only after a failure. Nested retries do not multiply: a failure that an
 * inner retry of the same call gave up on is not retried, and a rejection is retried only if that can help before the deadline.
 */

import { type Backoff, type BackoffFunction, backoff, delayBy, exponential } from '../core/backoff.ts'
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { Contribution } from '../core/description.ts'
import type { Milliseconds } from '../core/duration.ts'
import { isRejection, type RejectedError } from '../core/errors.ts'
import { type Exit, type Hooks, type Scope, TAKEN, type Traits } from '../core/hooks.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
import { duration, functionOf, integer, optional, orInfinity, resolveOptions, shorthand } from '../core/options.ts'
import { checkJudging, type Judging, judge, judgingChecks, type Outcome, type Verdict } from '../core/outcome.ts'
import { BasePolicy, type Policy } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import type { RetryBudget } from '../retry-budget/budget.ts'
import { BudgetUse } from '../retry-budget/budget-use.ts'
import { budgetCheck } from '../retry-budget/checks.ts'
import type { RetryEvents } from './events.ts'
import type { BeforeContext, RetryOptions } from './options.ts'
import { type GiveUpReason, type RetryPlan, type RetryRules, RetryRun } from './run.ts'

export interface Retry<Accepts = unknown> extends Policy<Accepts, never, unknown, RetryEvents> {
  /** The budget of its retries, if it has one: also the one that `budget: true` made. */
  readonly budget: RetryBudget | undefined
}

export const defaults = Object.freeze({ retries: 2, backoff: exponential(), maxRetryAfter: 60_000 })

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
    maxRetryAfter: optional(duration('>= 0', true), defaults.maxRetryAfter),
    budget: budgetCheck,
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
  readonly maxRetryAfter: Milliseconds
  readonly before: Before | undefined
  readonly budget: RetryBudget | boolean
}

class RetryPolicy
  extends BasePolicy<never, never, unknown, RetryEvents>
  implements RetryRules, Pick<Hooks, 'success' | 'failure' | 'abandon'>
{
  protected readonly traits: Traits
  protected readonly emits = ['retry', 'giveUp']
  protected readonly options: Omit<RetrySettings, 'budget'> & { readonly budget: RetryBudget | undefined }
  readonly enter: Hooks['enter']
  readonly #budget: BudgetUse | undefined

  constructor(settings: RetrySettings & ConstructorParameters<typeof BasePolicy>[1]) {
    super('retry', settings)
    const { retries, backoff, when, rejections, retryAfter, maxRetryAfter, before } = settings
    const use = BudgetUse.of(settings.budget, this)
    this.#budget = use
    this.options = { retries, backoff, when, rejections, retryAfter, maxRetryAfter, before, budget: use?.budget }
    this.traits = { errorsOnly: when === undefined && use?.onSuccess !== true, repeats: true }
    this.enter = use === undefined || use.onSuccess ? undefined : (scope) => use.callEntered(scope)
  }

  get budget(): RetryBudget | undefined {
    return this.options.budget
  }

  get budgetUse(): BudgetUse | undefined {
    return this.#budget
  }

  override contribution(): Contribution {
    const { retries, backoff, retryAfter, maxRetryAfter, before, budget } = this.options
    return {
      role: 'again',
      runs: retries + 1,
      onFailure: true,
      waits: before === undefined ? 0 : Number.POSITIVE_INFINITY,
      between: { rule: backoff, most: maxRetryAfter, asks: retryAfter !== undefined },
      unbudgeted: budget === undefined,
    }
  }

  override adopt(context: Parameters<BasePolicy['adopt']>[0]): void {
    super.adopt(context)
    this.#budget?.adopt(context.clock)
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
    const verdict = this.judge(scope, ok, value)
    if (scope.over) return undefined
    if (verdict !== true) {
      if (verdict === false) this.#budget?.attemptSucceeded(scope, ok, value, undefined)
      return undefined
    }
    const ran = ok || !isRejection(value)
    const plan = this.retries === 0 ? 'retries' : this.plan(scope, 1, ok, value, undefined, ran)
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

  judge(scope: Scope, ok: boolean, value: unknown): Verdict {
    const byDefault = (fine: boolean, error: unknown) => !fine && this.#worthRetrying(scope, error)
    const verdict = judge(this.options, ok, value, scope, this.events, byDefault)
    if (ok && verdict === true) scope.markFailed(true)
    return verdict
  }

  /** A rejection is retried if another member of a pool may take the call, or if its `retryAfter` ends before the deadline. */
  #worthRetrying(scope: Scope, error: unknown): boolean {
    if (!isRejection(error) || scope.advice === 'elsewhere') return true
    const { retryAfter } = error
    if (retryAfter === undefined || scope.limit === undefined) return false
    return retryAfter <= scope.remaining(this.clock, this.clock.now())
  }

  /** The next try, or why there is none. `tries` have failed, the latest with `value`. */
  plan(
    scope: Scope,
    tries: number,
    ok: boolean,
    value: unknown,
    previous: Milliseconds | undefined,
    ran: boolean,
  ): RetryPlan | GiveUpReason {
    if (tries > this.retries) return 'retries'
    if (scope.advice === 'gaveUp') return 'retries'
    if (!scope.idempotent && scope.invocations > 0) return 'idempotent'
    const state = { attempt: tries, previous, random: this.random, error: value }
    const own = delayBy(this.options.backoff, state, 'backoff', this.events, defaults.backoff)
    const asked = this.#leastWait(scope, ok, value)
    const delay = Math.max(own, asked)
    if (delay === Number.POSITIVE_INFINITY) return 'backoff'
    if (scope.limit !== undefined && delay > scope.remaining(this.clock, this.clock.now())) return 'deadline'
    if (asked > this.options.maxRetryAfter) return 'retryAfter'
    const use = this.#budget
    // What a function of the user's has ended withdraws nothing.
    if (use === undefined || !ran || scope.over) return { delay, permit: undefined }
    const permit = use.withdraw(asked > 0 ? 'throttled' : 'transient')
    // A budget, or a listener of one, may abort the call.
    if (scope.over) use.release(permit)
    return permit === undefined ? 'budget' : { delay, permit }
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
