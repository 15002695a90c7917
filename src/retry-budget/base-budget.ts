/**
 * What all budgets share: name, clock, counters and events.
 *
 * A budget without a clock of its own takes the first one that a policy hands it, else the real clock when it is first used.
 */
import { type Clock, realClock } from '../core/clock.ts'
import { checkEvent } from '../core/event-names.ts'
import { Events, type EventsOwner, type Listener } from '../core/events.ts'
import { positive, refuseOption } from '../core/options.ts'
import type { Permit, RetryBudget, RetryBudgetEvents, RetryBudgetSnapshot, WithdrawReason } from './budget.ts'

/** What every factory of budgets takes beside its own options. */
export interface BudgetOptions {
  /** Appears in its events and snapshots. Default `'retryBudget'`. */
  readonly name?: string
  /** Default: that of the first policy that uses the budget and has one, else the real clock. */
  readonly clock?: Clock
}

export interface BudgetSettings {
  readonly name: string | undefined
  readonly clock: Clock | undefined
}

const emits = ['exhausted', 'fault']

export abstract class BaseBudget implements RetryBudget, EventsOwner {
  readonly name: string
  #clock: Clock | undefined
  #events: Events | undefined = undefined
  #granted = 0
  #denied = 0
  /** The latest withdrawal was refused. */
  #exhausted = false

  constructor({ name, clock }: BudgetSettings) {
    this.name = name ?? 'retryBudget'
    this.#clock = clock
  }

  abstract readonly rule: string
  /** Its options, as `explain` shows them. */
  abstract readonly options: object
  abstract readonly balance: number
  abstract deposit(): void
  /** Takes `cost` from the balance; undefined where that is too low. */
  protected abstract take(cost: number, reason: WithdrawReason): Permit | undefined

  get kind(): string {
    return 'retryBudget'
  }

  get clock(): Clock {
    this.#clock ??= realClock
    return this.#clock
  }

  /** Takes the clock of a policy, where it has none. */
  adopt(clock: Clock | undefined): void {
    this.#clock ??= clock
  }

  tryWithdraw(cost = 1, reason: WithdrawReason = 'transient'): Permit | undefined {
    positive(cost, (expected) => refuseOption(`retryBudget.${this.rule}`, 'cost', expected, cost))
    const permit = this.take(cost, reason)
    if (permit !== undefined) {
      this.#granted++
      this.#exhausted = false
      return permit
    }
    this.#denied++
    if (this.#exhausted) return undefined
    this.#exhausted = true
    if (this.#events?.hasListeners('exhausted')) {
      this.#events.emit('exhausted', { balance: this.balance, denied: this.#denied })
    }
    return undefined
  }

  snapshot(): RetryBudgetSnapshot {
    const { name, rule, balance } = this
    return { name, rule, balance, granted: this.#granted, denied: this.#denied }
  }

  on<E extends keyof RetryBudgetEvents>(event: E, listener: Listener<RetryBudgetEvents[E]>): this {
    this.#known(event).on(event, listener as Listener<never>)
    return this
  }

  once<E extends keyof RetryBudgetEvents>(event: E, listener: Listener<RetryBudgetEvents[E]>): this {
    this.#known(event).once(event, listener as Listener<never>)
    return this
  }

  off<E extends keyof RetryBudgetEvents>(event: E, listener?: Listener<RetryBudgetEvents[E]>): this {
    this.#events?.off(event, listener as Listener<never> | undefined)
    return this
  }

  #known(event: string): Events {
    this.#events ??= new Events(this)
    checkEvent(event, this.#events, () => emits)
    return this.#events
  }
}
