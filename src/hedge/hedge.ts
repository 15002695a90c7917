/**
 * Hedge: starts a second attempt of a call that is slow, and takes the first that succeeds.
 *
 * The delay is the time that most calls take, so only the slowest few cost a second attempt, and a budget bounds them. A failure
 * starts no hedge: repeating what failed is the task of a retry. After Dean and Barroso, "The Tail at Scale".
 */
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { Contribution } from '../core/description.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { isRejection } from '../core/errors.ts'
import { type Entry, type Exit, type Hooks, type Scope, TAKEN, type Traits, WAIT } from '../core/hooks.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
import { judge } from '../core/outcome.ts'
import { BasePolicy, type Policy } from '../core/policy.ts'
import type { Permit, RetryBudget } from '../retry-budget/budget.ts'
import { BudgetUse } from '../retry-budget/budget-use.ts'
import { ratio } from '../retry-budget/ratio.ts'
import { HedgeDelay } from './delay.ts'
import { cancelBody } from './dispose.ts'
import type { DenyReason, HedgeEvents } from './events.ts'
import { HedgedCall } from './hedged-call.ts'
import { type HedgeOptions, type HedgeSettings, resolveHedge } from './options.ts'
import type { HedgeRules, HedgeVerdict, RacedCall } from './rules.ts'

export interface HedgeSnapshot {
  /** Calls so far. */
  readonly calls: number
  /** Hedges started so far. */
  readonly sent: number
  /** Calls so far that a hedge gave the outcome of. */
  readonly won: number
  /** Hedges so far that were not sent, or not let in. */
  readonly denied: number
  readonly delay: Milliseconds | undefined
}

export interface Hedge<Accepts = unknown> extends Policy<Accepts, never, unknown, HedgeEvents> {
  /** The delay at this moment, in ms; undefined while it is not known. */
  readonly delay: Milliseconds | undefined
  /** Hedges whose work has not settled, those that have lost included. */
  readonly pending: number
  /** The budget of its hedges; undefined where it has no bound. */
  readonly budget: RetryBudget | undefined
  snapshot(): HedgeSnapshot
}

/**
 * Starts another attempt of a call that takes longer than most, and gives the value that comes first.
 *
 * The operation may run twice at the same time, so it must be idempotent. A call that must not says `idempotent: false`.
 *
 * ```ts
 * import { hedge } from 'holdfast/hedge'
 * const quick = hedge({ after: '50ms', idempotent: true })
 * await quick.execute(async ({ signal }) => {
 *   const response = await fetch('http://localhost/', { signal })
 *   if (!response.ok) throw new Error(`HTTP ${response.status}`)
 *   return response.text()
 * })
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function hedge<Accepts = unknown>(options?: Duration | HedgeOptions<Accepts>): Hedge<Accepts> {
  return new HedgePolicy(resolveHedge(options)) as unknown as Hedge<Accepts>
}

/** The permit of a hedge without a budget. */
const free: Permit = Object.freeze({ release() {}, refund() {} })

function judgeByDefault(ok: boolean, error: unknown): HedgeVerdict {
  if (ok) return false
  return isRejection(error) ? 'refused' : true
}

class HedgePolicy
  extends BasePolicy<never, never, unknown, HedgeEvents>
  implements HedgeRules, Pick<Hooks, 'enter' | 'success' | 'failure' | 'abandon' | 'moved'>
{
  protected readonly traits: Traits = { detaches: true, cancels: true, repeats: true }
  protected readonly emits = ['hedge', 'win', 'deny', 'lateResult']
  protected readonly options: object
  readonly #settings: HedgeSettings
  readonly #budget: BudgetUse | undefined
  readonly #delay: HedgeDelay
  #pending = 0
  #calls = 0
  #sent = 0
  #won = 0
  #denied = 0

  constructor(settings: HedgeSettings) {
    super('hedge', settings)
    const { name: _name, clock: _clock, random: _random, ...shown } = settings
    const given = settings.budget ?? ratio({ ratio: 0.1, minPerSecond: 0 })
    this.#budget = BudgetUse.of(typeof given === 'number' ? false : given, this)
    this.options = { ...shown, budget: given }
    this.#settings = settings
    this.#delay = new HedgeDelay(settings.after)
  }

  get delay(): Milliseconds | undefined {
    return this.#delay.ms
  }

  get pending(): number {
    return this.#pending
  }

  get budget(): RetryBudget | undefined {
    return this.#budget?.budget
  }

  snapshot(): HedgeSnapshot {
    const { delay } = this
    return Object.freeze({ calls: this.#calls, sent: this.#sent, won: this.#won, denied: this.#denied, delay })
  }

  override contribution(): Contribution {
    const { after, hedges, idempotent } = this.#settings
    const waits = hedges * (typeof after === 'number' ? after : Number.POSITIVE_INFINITY)
    return {
      role: 'beside',
      runs: hedges + 1,
      onFailure: this.startOnFailure,
      waits,
      unsure: idempotent === undefined,
    }
  }

  override idleSince(): Milliseconds | undefined {
    return this.#pending > 0 ? undefined : super.idleSince()
  }

  override adopt(context: Parameters<BasePolicy['adopt']>[0]): void {
    super.adopt(context)
    this.#budget?.adopt(context.clock)
  }

  get hedges(): number {
    return this.#settings.hedges
  }

  get failureWins(): boolean {
    return this.#settings.wins === 'any'
  }

  get startOnFailure(): boolean {
    return this.#settings.startOnFailure && !this.failureWins
  }

  enter(scope: Scope, index: number): Entry {
    this.#calls++
    this.#budget?.callEntered(scope)
    // A listener of the budget may have aborted the call.
    if (scope.over) return undefined
    const delay = this.#delay.ms
    const now = scope.now(this.clock)
    const call = new HedgedCall(this, scope, index, now, delay)
    scope.note(index, call)
    if (delay === 0) {
      call.race.startAll()
      return WAIT
    }
    if (delay === undefined) this.deny(scope, 'samples')
    else if (!call.arm(now)) this.deny(scope, 'deadline')
    return undefined
  }

  success(scope: Scope, index: number, value: unknown): Exit {
    return this.#leave(scope, index, true, value)
  }

  failure(scope: Scope, index: number, error: unknown): Exit {
    return this.#leave(scope, index, false, error)
  }

  abandon(scope: Scope, index: number): void {
    ;(scope.noteOf(index) as HedgedCall | undefined)?.cancel()
  }

  moved(scope: Scope, index: number): void {
    ;(scope.noteOf(index) as HedgedCall).scope = scope
  }

  /** The first attempt has ended, and no hedge was sent. */
  #leave(scope: Scope, index: number, ok: boolean, value: unknown): Exit {
    const call = scope.noteOf(index) as HedgedCall
    this.clock.cancel(call)
    const verdict = ok && this.#settings.when === undefined ? false : this.judge(scope, ok, value)
    if (scope.over) return undefined
    if (verdict === false) this.succeeded(call, ok, value, undefined)
    else if (verdict === true && this.startOnFailure && call.race.startAfter(scope, ok, value)) return TAKEN
    return undefined
  }

  judge(scope: Scope, ok: boolean, value: unknown): HedgeVerdict {
    const verdict = judge(this.#settings, ok, value, scope, this.events, judgeByDefault)
    if (ok && verdict === true) scope.markFailed(true)
    return verdict
  }

  admit(scope: Scope): Permit | DenyReason {
    if (!scope.idempotent) {
      this.deny(scope, 'idempotent')
      return 'idempotent'
    }
    const permit = this.#budget === undefined ? free : this.#budget.withdraw('transient')
    // A budget, or a listener of one, may abort the call.
    if (permit !== undefined && !scope.over) return permit
    if (permit !== undefined) this.release(permit)
    else if (!scope.over) this.deny(scope, 'budget')
    return 'budget'
  }

  deny(scope: Scope, reason: DenyReason, error?: unknown): void {
    this.#denied++
    if (hasListeners(this.events, 'deny', scope)) emitForCall(this.events, 'deny', scope, { reason, error })
  }

  announce(scope: Scope, attempt: number, delay: Milliseconds | undefined): void {
    if (hasListeners(this.events, 'hedge', scope)) emitForCall(this.events, 'hedge', scope, { attempt, delay })
  }

  started(): void {
    this.#sent++
    this.#pending++
  }

  drained(permit: Permit): void {
    this.#pending--
    this.release(permit)
  }

  release(permit: Permit): void {
    this.#budget?.release(permit)
  }

  won(scope: Scope, attempt: number): void {
    if (attempt > 1) this.#won++
    if (hasListeners(this.events, 'win', scope)) emitForCall(this.events, 'win', scope, { attempt })
  }

  late(scope: Scope, attempt: number, ok: boolean): void {
    if (hasListeners(this.events, 'lateResult', scope)) emitForCall(this.events, 'lateResult', scope, { attempt, ok })
  }

  dispose(value: unknown): void {
    const failed = (error: unknown): void => this.events.fault('dispose', error)
    try {
      ignoreRejection((this.#settings.dispose ?? cancelBody)(value), failed)
    } catch (error) {
      failed(error)
    }
  }

  /** One sample a call, from its start to its end. The latency of the attempt that won would be shorter, and give more hedges. */
  succeeded(call: RacedCall, ok: boolean, value: unknown, permit: Permit | undefined): void {
    this.#budget?.attemptSucceeded(call.scope, ok, value, permit)
    if (this.#delay.learns) this.#delay.learn(call.scope.now(this.clock) - call.startedAt)
  }
}
