/**
 * One call that failed at first and is tried again.
 *
 * Invariant: at any moment it decides, waits (`#alarm`), prepares, or tries, and `cancel` ends each of these at once, so no timer
 * stays scheduled and no promise stays pending.
 */
import type { Clock } from '../core/clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import { isRejection, type RejectedError } from '../core/errors.ts'
import type { ForkOwner, Scope } from '../core/hooks.ts'
import type { Verdict } from '../core/outcome.ts'
import { Alarm } from '../core/timer.ts'
import type { Permit } from '../retry-budget/budget.ts'
import type { BudgetUse } from '../retry-budget/budget-use.ts'
import { ExtraAttempt } from '../retry-budget/extra-attempt.ts'
import { failed, loop } from './loop.ts'

/**
 * Why a retry gave up: no retries left; the wait would end after the deadline; the call is not idempotent;
 * the backoff said stop; the other side asked for more than `maxRetryAfter`; the budget is exhausted; a policy inside refused
 * the try; `before` failed.
 */
export type GiveUpReason =
  | 'retries'
  | 'deadline'
  | 'idempotent'
  | 'backoff'
  | 'retryAfter'
  | 'budget'
  | 'rejected'
  | 'before'

/** A further try. */
export interface RetryPlan {
  /** The wait before it. */
  readonly delay: Milliseconds
  /** The budget's permit for it; undefined where it needs none. */
  readonly permit: Permit | undefined
}

/** What a run needs from its policy. */
export interface RetryRules {
  readonly name: string
  readonly clock: Clock
  readonly retries: number
  readonly budgetUse: BudgetUse | undefined
  judge(scope: Scope, ok: boolean, value: unknown): Verdict
  /** The next try, or why there is none. `ran` says whether any try has run: the place of a refused one costs nothing. */
  plan(
    scope: Scope,
    tries: number,
    ok: boolean,
    value: unknown,
    previous: Milliseconds | undefined,
    ran: boolean,
  ): RetryPlan | GiveUpReason
  /** Whether `prepare` must run before each further try. It returns a reason if that try must not start. */
  readonly prepares: boolean
  prepare(scope: Scope, attempt: number, ok: boolean, value: unknown): Promise<GiveUpReason | undefined>
  announce(scope: Scope, attempt: number, delay: Milliseconds, ok: boolean, value: unknown): void
  giveUp(
    scope: Scope,
    reason: GiveUpReason,
    attempts: number,
    ok: boolean,
    value: unknown,
    rejection: RejectedError | undefined,
  ): void
}

export class RetryRun implements ForkOwner {
  readonly #policy: RetryRules
  readonly #scope: Scope
  readonly #index: number
  #ok: boolean
  #value: unknown
  #plan: RetryPlan | GiveUpReason
  /** The permit for a try that has not begun. */
  #held: Permit | undefined
  /** The permit of the present try. */
  #permit: Permit | undefined = undefined
  /** How the latest try that ran ended; a later rejection does not hide it. */
  #ran: { readonly ok: boolean; readonly value: unknown } | undefined
  #tries = 1
  #previous: Milliseconds | undefined = undefined
  #alarm: Alarm | undefined = undefined
  #wake: ((again: boolean) => void) | undefined = undefined
  /** Whether the latest try failed, where it ended before it could be awaited. */
  #endedAtOnce: boolean | undefined = undefined
  #resolve: (() => void) | undefined = undefined
  #reject: ((error: unknown) => void) | undefined = undefined

  constructor(policy: RetryRules, scope: Scope, index: number, ok: boolean, value: unknown, plan: RetryPlan) {
    this.#policy = policy
    this.#scope = scope
    this.#index = index
    this.#ok = ok
    this.#value = value
    this.#plan = plan
    this.#held = plan.permit
    this.#remember()
  }

  start(): void {
    loop(
      this.#policy.retries,
      (number) => this.#try(number),
      () => this.#again(),
    ).then((fine) => this.#finish(fine))
  }

  /** The call was given up. */
  cancel(): void {
    if (this.#alarm !== undefined) this.#policy.clock.cancel(this.#alarm)
    this.#giveBack()
    this.#wake?.(false)
    this.#end(true)
  }

  #again(): boolean | Promise<boolean> {
    const plan = this.#plan
    if (this.#scope.over || typeof plan === 'string') return false
    const { delay } = plan
    this.#policy.announce(this.#scope, this.#tries, delay, this.#ok, this.#value)
    this.#previous = delay
    if (this.#scope.over) return false
    const { retries, prepares } = this.#policy
    // Endless tries that fail at once must not keep other work of the process from running.
    if (delay > 0 || retries === Number.POSITIVE_INFINITY) {
      const waited = this.#wait(Math.max(1, delay))
      return prepares ? waited.then((again) => again && this.#prepare()) : waited
    }
    return !prepares || this.#prepare()
  }

  #wait(delay: Milliseconds): Promise<boolean> {
    return new Promise((resolve) => {
      this.#wake = resolve
      this.#alarm = new Alarm(() => {
        this.#alarm = undefined
        resolve(true)
      })
      this.#policy.clock.schedule(this.#alarm, delay)
    })
  }

  #prepare(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#wake = resolve
      this.#policy.prepare(this.#scope, this.#tries, this.#ok, this.#value).then((stop) => {
        if (stop !== undefined) this.#plan = stop
        resolve(stop === undefined)
      })
    })
  }

  /** Throws, or rejects, where the try failed. The first try has failed already. */
  #try(number: number): Promise<void> | undefined {
    const scope = this.#scope
    if (number === 1 || scope.over) throw failed
    scope.takenOverBy(this.#policy.name)
    this.#endedAtOnce = this.#reject = undefined
    const { budgetUse } = this.#policy
    const permit = this.#held
    this.#permit = permit
    this.#held = undefined
    const owner = permit === undefined || budgetUse === undefined ? this : new ExtraAttempt(this, budgetUse, permit)
    const fork = scope.fork(scope.links, this.#index + 1, owner)
    fork.setRetryDepth(scope.retryDepth + this.#tries)
    fork.start()
    // A promise that is rejected before it is awaited costs the engine much.
    if (this.#endedAtOnce) throw failed
    if (this.#endedAtOnce === false) return undefined
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** The latest try has ended. */
  #end(bad: boolean): void {
    if (this.#reject === undefined) this.#endedAtOnce = bad
    else if (bad) this.#reject(failed)
    else this.#resolve?.()
  }

  forkEnded(_fork: Scope, ok: boolean, value: unknown): void {
    this.#ok = ok
    this.#value = value
    this.#tries++
    this.#remember()
    const scope = this.#scope
    const verdict = this.#policy.judge(scope, ok, value)
    const bad = verdict === true
    if (bad) {
      this.#plan = this.#policy.plan(scope, this.#tries, ok, value, this.#previous, this.#ran !== undefined)
      if (typeof this.#plan !== 'string') this.#held = this.#plan.permit
    } else if (!ok && isRejection(value)) this.#plan = 'rejected'
    if (verdict === false) this.#policy.budgetUse?.attemptSucceeded(scope, ok, value, this.#permit)
    this.#end(bad || this.#plan === 'rejected')
  }

  #remember(): void {
    if (this.#ok || !isRejection(this.#value)) this.#ran = { ok: this.#ok, value: this.#value }
  }

  /** The try that was planned will not be made. */
  #giveBack(): void {
    this.#policy.budgetUse?.release(this.#held)
    this.#held = undefined
  }

  #finish(fine: boolean): void {
    const scope = this.#scope
    if (scope.over) return
    let ok = this.#ok
    let value = this.#value
    if (!fine) {
      this.#giveBack()
      const rejection = !ok && isRejection(value) ? value : undefined
      // After a rejection the caller gets the outcome of the latest try that ran.
      if (rejection !== undefined && this.#ran !== undefined) ({ ok, value } = this.#ran)
      this.#policy.giveUp(scope, this.#plan as GiveUpReason, this.#tries, ok, value, rejection)
      if (scope.over) return
    }
    scope.answer(this.#index, ok, value)
  }
}
