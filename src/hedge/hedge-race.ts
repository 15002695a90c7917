/**
 * The attempts of one call that run beside each other.
 *
 * The first attempt runs in the scope of the call until a hedge starts: then the scope is split, and what runs becomes the first
 * of several forks. A call for which no hedge starts has none. Invariant: `#running` is the number of attempts that have no
 * outcome yet; while it is above 0 and hedges are left, the timer of the call runs; one attempt gives the outcome of the call.
 */
import { isRejection } from '../core/errors.ts'
import type { Advice, Scope } from '../core/hooks.ts'
import type { Permit } from '../retry-budget/budget.ts'
import { type AttemptOwner, HedgeAttempt } from './hedge-attempt.ts'
import { HedgeLost } from './hedge-lost.ts'
import type { RacedCall } from './rules.ts'

/** How an attempt ended that did not end the call. */
interface Ended {
  readonly ok: boolean
  readonly value: unknown
  readonly advice: Advice
}

export class HedgeRace implements AttemptOwner {
  readonly #call: RacedCall
  readonly #attempts: HedgeAttempt[] = []
  /** Hedges that were due so far. */
  #asked = 0
  #running = 1
  /** How the latest attempt ended that failed, or if none ran, that was refused. */
  #last: Ended | undefined = undefined
  /** The object that the caller gets. */
  #given: unknown = undefined

  constructor(call: RacedCall) {
    this.#call = call
  }

  /** All attempts at once. */
  startAll(): void {
    const { rules, scope } = this.#call
    this.#run(new HedgeAttempt(this, 1, undefined))
    while (!scope.over && this.#asked < rules.hedges) this.#next()
  }

  /** The delay is over. */
  due(): void {
    this.#next()
    this.#arm()
  }

  /** The first attempt has failed before any hedge was due. Returns whether another one follows. */
  startAfter(scope: Scope, ok: boolean, value: unknown): boolean {
    const { rules, index } = this.#call
    if (this.#asked >= rules.hedges) return false
    this.#asked++
    const permit = rules.admit(scope)
    if (typeof permit === 'string' || scope.over) return false
    const first = new HedgeAttempt(this, 1, undefined)
    first.scope = scope
    first.over = true
    this.#attempts.push(first)
    this.#running = 0
    const { advice } = scope
    scope.takeOver(index, rules.name)
    this.#last = { ok, value, advice }
    this.#send(permit)
    this.#arm()
    return true
  }

  ended(attempt: HedgeAttempt, ok: boolean, value: unknown): void {
    const { rules, scope } = this.#call
    this.#running--
    const verdict = rules.judge(scope, ok, value)
    // A function of the user's may have aborted the call.
    if (scope.over) {
      if (ok) rules.dispose(value)
      return
    }
    if (verdict === false || verdict === 'ignore' || (verdict === true && rules.failureWins)) {
      this.#win(attempt, ok, value, verdict === false)
      return
    }
    this.#keep({ ok, value, advice: scope.advice }, verdict === true)
    if (verdict === 'refused' && attempt.permit !== undefined) rules.deny(scope, 'rejected', value)
    if (verdict === true && rules.startOnFailure && this.#asked < rules.hedges && !scope.over) {
      rules.clock.cancel(this.#call)
      this.due()
    }
    if (this.#running === 0 && !scope.over) this.#lose()
  }

  drained({ permit }: HedgeAttempt): void {
    if (permit !== undefined) this.#call.rules.drained(permit)
  }

  late({ number }: HedgeAttempt, ok: boolean, value: unknown): void {
    const { rules, scope } = this.#call
    rules.late(scope, number, ok)
    if (ok) this.#dispose(value)
  }

  /** The call was given up, with all its attempts. */
  cancel(): void {
    this.#dropLast()
  }

  #next(): void {
    const call = this.#call
    const { rules } = call
    this.#asked++
    const permit = rules.admit(call.scope)
    if (typeof permit === 'string') {
      // What forbids one hedge forbids all, but a budget may fill up.
      if (permit !== 'budget') this.#asked = rules.hedges
      return
    }
    if (this.#attempts.length === 0) this.#split()
    this.#send(permit)
  }

  #arm(): void {
    const call = this.#call
    const { rules } = call
    if (call.scope.over || this.#running === 0 || this.#asked >= rules.hedges) return
    if (call.arm(rules.clock.now())) return
    this.#asked = rules.hedges
    rules.deny(call.scope, 'deadline')
  }

  /** What has run so far becomes the first of several attempts. */
  #split(): void {
    const call = this.#call
    const first = new HedgeAttempt(this, 1, undefined)
    first.scope = call.scope
    this.#attempts.push(first)
    call.scope.split(call.index, first).restoreDeadline(call)
  }

  #send(permit: Permit): void {
    const call = this.#call
    const { rules } = call
    const attempt = new HedgeAttempt(this, this.#attempts.length + 1, permit)
    rules.announce(call.scope, attempt.number, call.delay)
    if (call.scope.over) {
      rules.release(permit)
      return
    }
    this.#running++
    rules.started()
    this.#run(attempt)
  }

  #run(attempt: HedgeAttempt): void {
    const { scope, index } = this.#call
    const beside = this.#attempts.map((other) => other.scope as Scope)
    const fork = scope.fork(scope.links, index + 1, attempt, beside)
    attempt.scope = fork
    this.#attempts.push(attempt)
    fork.start()
  }

  #win(winner: HedgeAttempt, ok: boolean, value: unknown, good: boolean): void {
    const call = this.#call
    const { rules, scope, index } = call
    rules.clock.cancel(call)
    if (Object(value) === value) this.#given = value
    if (winner.number > 1) scope.takenOverBy(rules.name)
    if (this.#running > 0) this.#giveUpOthers(new HedgeLost(rules.name))
    this.#dropLast()
    if (!scope.over && good) rules.succeeded(call, ok, value, winner.permit)
    if (!scope.over) rules.won(scope, winner.number)
    // A listener to an event of an attempt that has lost may have aborted the call.
    if (!scope.over) scope.answer(index, ok, value)
    else if (ok) rules.dispose(value)
  }

  #giveUpOthers(reason: HedgeLost): void {
    this.#running = 0
    const losers = this.#attempts.filter(({ over }) => !over)
    for (const attempt of losers) attempt.over = attempt.lost = true
    for (const { scope } of losers) (scope as Scope).holderUnder(this.#call.scope).giveUp(reason, false)
  }

  /** All attempts have failed: the caller gets what the latest ended with. */
  #lose(): void {
    const { rules, scope, index } = this.#call
    rules.clock.cancel(this.#call)
    const { ok, value, advice } = this.#last as Ended
    scope.advise(advice)
    scope.markFailed(true)
    scope.answer(index, ok, value)
  }

  /** Keeps the outcome of an attempt that failed. One that was refused did not run, so it hides none that did. */
  #keep(ended: Ended, ran: boolean): void {
    const last = this.#last
    if (!ran && last !== undefined && (last.ok || !isRejection(last.value))) return
    this.#dropLast()
    this.#last = ended
  }

  /** No caller gets a value that was judged a failure, where another attempt gave the outcome. */
  #dropLast(): void {
    const last = this.#last
    this.#last = undefined
    if (last?.ok) this.#dispose(last.value)
  }

  /** Attempts that share their work end with the same object, which the caller has. */
  #dispose(value: unknown): void {
    if (this.#given === undefined || this.#given !== value) this.#call.rules.dispose(value)
  }
}
