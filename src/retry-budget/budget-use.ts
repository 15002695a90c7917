/**
 * How a policy uses a budget.
 *
 * A budget may be the user's own, so all it does is contained: where it throws or gives nonsense, that is a `fault` of the
 * policy, and the call goes on as if there were no budget.
 */
import type { Clock } from '../core/clock.ts'
import { isRejection } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import type { DrainWatcher, Scope } from '../core/hooks.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
import { isRecord } from '../core/options.ts'
import { BaseBudget } from './base-budget.ts'
import type { Permit, RetryBudget, WithdrawReason } from './budget.ts'
import { ratio } from './ratio.ts'

/** Where the budget has failed. */
const free: Permit = Object.freeze({ release() {}, refund() {} })

export class BudgetUse implements DrainWatcher {
  readonly budget: RetryBudget
  readonly #events: Events
  /** A call deposits when its first attempt has succeeded, not when it begins. */
  readonly onSuccess: boolean

  constructor(budget: RetryBudget, events: Events) {
    this.budget = budget
    this.#events = events
    this.onSuccess = budget.depositsOn === 'success'
  }

  /** The use of what the option `budget` was given. */
  static of(
    given: RetryBudget | boolean,
    policy: { readonly events: Events; readonly knownClock: Clock | undefined },
  ): BudgetUse | undefined {
    if (given === false) return undefined
    const use = new BudgetUse(given === true ? ratio() : given, policy.events)
    use.adopt(policy.knownClock)
    return use
  }

  /** Hands the budget a clock, where it has none. */
  adopt(clock: Clock | undefined): void {
    if (this.budget instanceof BaseBudget) this.budget.adopt(clock)
  }

  /** A call enters the policy. */
  callEntered(scope: Scope): undefined {
    if (this.onSuccess) return
    const watcher = this.budget.callSettled === undefined ? undefined : this
    if (scope.isFirst(this.budget, watcher)) this.#deposit()
  }

  callDrained(): void {
    this.#contain(() => this.budget.callSettled?.())
  }

  /** An attempt was no failure. `permit` is that of an extra one. */
  attemptSucceeded(scope: Scope, ok: boolean, value: unknown, permit: Permit | undefined): void {
    if (!ok && isRejection(value)) return
    if (permit !== undefined) this.#contain(() => permit.refund())
    else if (this.onSuccess && scope.invocations === 1 && scope.isFirst(this.budget)) this.#deposit()
  }

  /** A permit for an extra attempt; undefined where the budget has none. */
  withdraw(reason: WithdrawReason): Permit | undefined {
    try {
      const permit: unknown = this.budget.tryWithdraw(1, reason)
      if (permit === undefined) return undefined
      if (isPermit(permit)) return permit
      ignoreRejection(permit)
      this.#events.fault('budget', new TypeError('tryWithdraw must return a permit or undefined'))
    } catch (error) {
      this.#events.fault('budget', error)
    }
    return free
  }

  release(permit: Permit | undefined): void {
    if (permit !== undefined) this.#contain(() => permit.release())
  }

  #deposit(): void {
    try {
      ignoreRejection(this.budget.deposit() as unknown)
    } catch (error) {
      this.#events.fault('budget', error)
    }
  }

  #contain(work: () => unknown): void {
    try {
      ignoreRejection(work())
    } catch (error) {
      this.#events.fault('budget', error)
    }
  }
}

function isPermit(value: unknown): value is Permit {
  return isRecord(value) && typeof value['release'] === 'function' && typeof value['refund'] === 'function'
}
