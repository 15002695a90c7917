/**
 * A share of the calls of the last seconds, and a floor.
 *
 * Each call deposits `ratio` into the slice of its time; slices are a tenth of `ttl` long and expire after `ttl`. A withdrawal
 * takes from the oldest slices first, so that expiry cannot make the balance negative, and then from the floor: a token
 * bucket that `minPerSecond` fills. After Finagle's `RetryBudget`, where expiry can.
 *
 * Amounts are integers, in hundred-millionths of an attempt, so that sums of 0.2 are exact, and small enough for engines to keep in
 * place.
 */
import type { Duration, Milliseconds } from '../core/duration.ts'
import { duration, finite, optional, ratio as ratioCheck, resolveOptions, shorthand } from '../core/options.ts'
import { BaseBudget, type BudgetOptions, type BudgetSettings } from './base-budget.ts'
import type { Permit, RetryBudget } from './budget.ts'
import { budgetChecks } from './checks.ts'

export interface RatioOptions extends BudgetOptions {
  /** Extra attempts per call, 0 to 1. Default 0.2. */
  readonly ratio?: number
  /** Extra attempts per second that are allowed whatever the traffic, >= 0. Default 1. */
  readonly minPerSecond?: number
  /** How long a deposit lasts, > 0. Default 10 s. */
  readonly ttl?: Duration
}

const slices = 10
const unit = 1e8
/** The slice before any other: a small integer, which engines keep in place. */
const before = -(2 ** 30)
/** Rounded deposits, of a third say, may lack so much of a whole attempt. */
const tolerance = 1000

/** Nothing comes back for an attempt that has settled or succeeded. */
const paid: Permit = Object.freeze({ release() {}, refund() {} })

interface RatioSettings extends BudgetSettings {
  readonly ratio: number
  readonly minPerSecond: number
  readonly ttl: Milliseconds
}

/**
 * Extra attempts up to a share of the recent calls, and always a few.
 *
 * ```ts
 * import { retryBudget } from 'holdfast/retry-budget'
 * const tenth = retryBudget.ratio({ ratio: 0.1, minPerSecond: 0 })
 * for (let call = 0; call < 20; call++) tenth.deposit()
 * tenth.balance // => 2
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function ratio(options?: number | RatioOptions): RetryBudget {
  return new RatioBudget(
    resolveOptions('retryBudget.ratio', shorthand('ratio', options), {
      ...budgetChecks,
      ratio: optional(ratioCheck, 0.2 as number),
      minPerSecond: optional(finite(0), 1 as number),
      ttl: optional(duration('> 0'), 10_000 as number),
    }),
  )
}

export class RatioBudget extends BaseBudget {
  /** What a call deposits. */
  readonly #deposit: number
  readonly #minPerSecond: number
  readonly #ttl: Milliseconds
  readonly #slices: number[] = new Array<number>(slices).fill(0)
  /** The number of the newest slice since the start of the clock. */
  #newest = before
  #floor: number
  /** Until when the floor is filled. */
  #filledAt = Number.POSITIVE_INFINITY

  constructor(settings: RatioSettings) {
    super(settings)
    this.#deposit = Math.round(settings.ratio * unit)
    this.#minPerSecond = settings.minPerSecond
    this.#ttl = settings.ttl
    this.#floor = this.#highest
  }

  get rule(): string {
    return 'ratio'
  }

  get options(): object {
    return { ratio: this.#deposit / unit, minPerSecond: this.#minPerSecond, ttl: this.#ttl }
  }

  get balance(): number {
    return this.#total(this.clock.now()) / unit
  }

  deposit(): void {
    const { clock } = this
    this.#roll(clock.recent?.() ?? clock.now())
    const at = this.#newest % slices
    this.#slices[at] = (this.#slices[at] as number) + this.#deposit
  }

  protected take(cost: number): Permit | undefined {
    let due = cost * unit
    if (this.#total(this.clock.now()) < due - tolerance) return undefined
    for (let age = slices - 1; age >= 0; age--) {
      const at = (this.#newest + slices - age) % slices
      const part = Math.min(due, this.#slices[at] as number)
      this.#slices[at] = (this.#slices[at] as number) - part
      due -= part
    }
    this.#floor = Math.max(0, this.#floor - due)
    return paid
  }

  /** The most that the floor holds. */
  get #highest(): number {
    return Math.round((this.#minPerSecond * this.#ttl * unit) / 1000)
  }

  #total(now: Milliseconds): number {
    this.#roll(now)
    // The floor begins full. A clock that steps back fills nothing twice.
    if (now > this.#filledAt) {
      const filled = Math.round(this.#floor + ((now - this.#filledAt) * this.#minPerSecond * unit) / 1000)
      this.#floor = Math.min(this.#highest, filled)
    }
    if (!(now < this.#filledAt) || this.#filledAt === Number.POSITIVE_INFINITY) this.#filledAt = now
    return this.#slices.reduce((sum, slice) => sum + slice, this.#floor)
  }

  /** Makes the slice of `now` the newest; time never goes back. */
  #roll(now: Milliseconds): void {
    const slice = Math.floor((now / this.#ttl) * slices)
    if (slice <= this.#newest) return
    const steps = Math.min(slices, slice - this.#newest)
    for (let i = 0; i < steps; i++) this.#slices[(slice - i) % slices] = 0
    this.#newest = slice
  }
}
