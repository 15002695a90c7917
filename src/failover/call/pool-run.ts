/**
 * One call of a pool: its tries, one member after the other.
 *
 * A try may end while it is being started: its guard refuses, or the operation throws at once. So tries follow one another in
 * a loop (`#run`), and the stack does not grow with the number of members.
 *
 * Attempts that run beside each other (a hedge's) share what they have tried, so each goes to another member.
 *
 * Invariant: no name is tried twice, except for one repetition after its kept connection had been closed; at most one try is
 * under way: `#try`; a call makes at most `newcomers` more tries than there were members when it began, even if members
 * keep joining.
 */
import { FailoverError, isRejection } from '../../core/errors.ts'
import type { ForkOwner, Scope } from '../../core/hooks.ts'
import { pinShape } from '../../core/pin-shape.ts'
import { ExtraAttempt } from '../../retry-budget/extra-attempt.ts'
import type { PoolMember } from '../members/pool-member.ts'
import type { MemberTry } from './member-try.ts'
import type { PoolTries } from './pool-tries.ts'
import { TriedMembers } from './tried-members.ts'

/** How many more tries than there were members a call may make: for members that join while it is under way. */
const newcomers = 16

export class PoolRun implements ForkOwner {
  readonly #pool: PoolTries
  readonly #scope: Scope
  readonly #index: number
  readonly #tried: TriedMembers
  /** The members that have failed, and with what, in step. */
  readonly #failed: string[] = []
  readonly #errors: unknown[] = []
  /** The most tries it may make. */
  #most = 0
  #try: MemberTry | undefined = undefined
  /** A try is being started; if it ends while this is true, its outcome is left in `#outcome`. */
  #starting = false
  #outcome: { readonly ok: boolean; readonly value: unknown } | undefined = undefined
  /** The present try repeats the last one on a new connection. */
  #fresh = false
  /** A try has run and failed: the next one is an extra one. */
  #ran = false
  #stopWaiting: (() => void) | undefined = undefined

  constructor(pool: PoolTries, scope: Scope, index: number) {
    this.#pool = pool
    this.#scope = scope
    this.#index = index
    this.#tried = this.#triedBeside() ?? new TriedMembers()
  }

  start(): void {
    this.#stopWaiting = this.#pool.awaitMembers(this.#scope, () => {
      this.#stopWaiting?.()
      this.#stopWaiting = undefined
      // Time has passed since the call entered.
      this.#scope.timePassed()
      if (!this.#scope.over) this.#first()
    })
    if (this.#stopWaiting === undefined) this.#first()
  }

  /** What the attempts have tried that this one runs beside. */
  #triedBeside(): TriedMembers | undefined {
    for (const other of this.#scope?.beside ?? []) {
      const run = other.noteOf(this.#index)
      if (run instanceof PoolRun && run.#pool === this.#pool) return run.#tried
    }
    return undefined
  }

  /** The call was abandoned; `counts` if a timeout of ours did it. */
  cancel(error: unknown, counts: boolean): void {
    this.#stopWaiting?.()
    const attempt = this.#try
    if (attempt === undefined) return
    this.#try = undefined
    this.#pool.end(attempt, counts ? this.#pool.judge(this.#scope, false, error) : 'ignore', error)
  }

  #first(): void {
    this.#most = Math.min(this.#pool.attempts, this.#pool.size + newcomers)
    const attempt = this.#pool.begin(this.#tried, this.#scope, false)
    if (typeof attempt === 'object') {
      this.#run(attempt)
      return
    }
    const error = this.#pool.refusal(this.#tried, [], [])
    this.#pool.announceExhausted(this.#scope, [], error, undefined)
    this.#scope.markFailed(true)
    this.#leave(false, error)
  }

  /** Makes a try, and further ones for as long as they end at once. */
  #run(first: MemberTry): void {
    for (let attempt: MemberTry | undefined = first; attempt !== undefined; ) {
      this.#starting = true
      this.#start(attempt)
      this.#starting = false
      const outcome = this.#outcome
      this.#outcome = undefined
      attempt = outcome && this.#ended(attempt, outcome.ok, outcome.value)
    }
  }

  #start(attempt: MemberTry): void {
    this.#try = attempt
    const { member } = attempt
    if (!this.#fresh) this.#tried.add(member)
    const scope = this.#scope
    const { budget } = this.#pool
    if (scope.over) {
      budget?.release(attempt.permit)
      this.cancel(undefined, false)
      return
    }
    const chain = this.#pool.chains.of(scope.links, this.#index, member)
    // A repetition has the permit of the try it repeats.
    const extra = budget !== undefined && attempt.permit !== undefined && !this.#fresh
    const owner = extra ? new ExtraAttempt(this, budget, attempt.permit) : this
    const fork = scope.fork(chain, 0, owner)
    const given = this.#fresh ? { ...member.given, fresh: true } : member.given
    fork.give(scope.given === undefined ? given : { ...scope.given, ...given })
    fork.start()
  }

  forkEnded(_fork: Scope, ok: boolean, value: unknown): void {
    if (this.#starting) {
      this.#outcome = { ok, value }
      return
    }
    const next = this.#ended(this.#try as MemberTry, ok, value)
    if (next !== undefined) this.#run(next)
  }

  /** Handles the outcome of a try. Returns the next try, if one follows. */
  #ended(attempt: MemberTry, ok: boolean, value: unknown): MemberTry | undefined {
    this.#try = undefined
    const judgement = this.#pool.judge(this.#scope, ok, value)
    if (!ok && judgement === true && !this.#fresh && this.#mayRepeat() && this.#pool.isStale(value)) {
      this.#fresh = true
      this.#scope.timePassed()
      this.#scope.takenOverBy(this.#pool.name)
      return this.#pool.again(this.#scope, attempt, value)
    }
    this.#fresh = false
    this.#pool.end(attempt, judgement, ok ? undefined : value)
    if (this.#scope.over) return undefined
    if (judgement === false) this.#pool.budget?.attemptSucceeded(this.#scope, ok, value, attempt.permit)
    if (judgement === true) this.#ran = true
    if (judgement === true || judgement === 'refused') return this.#next(attempt.member, ok, value)
    this.#leave(ok, value)
    return undefined
  }

  #next(from: PoolMember, ok: boolean, value: unknown): MemberTry | undefined {
    this.#failed.push(from.name)
    this.#errors.push(value)
    this.#scope.timePassed()
    const allowed = this.#tried.size < this.#most && this.#mayRepeat()
    const next = allowed ? this.#pool.begin(this.#tried, this.#scope, this.#ran) : undefined
    if (typeof next !== 'object') {
      this.#exhaust(ok, value, next)
      return undefined
    }
    this.#scope.takenOverBy(this.#pool.name)
    this.#pool.announceFailover(this.#scope, from, next.member, ok ? undefined : value)
    return next
  }

  /** Whether the call allows a further invocation, and its deadline leaves time for one. */
  #mayRepeat(): boolean {
    const { invocations, owner, idempotent, limit } = this.#scope
    if (!idempotent && invocations > 0) return false
    return limit === undefined || owner.clock.now() < limit.at
  }

  /** The caller gets the last value, although it was judged a failure; the error itself if one member was tried; else one error for all. */
  #exhaust(ok: boolean, value: unknown, reason: 'budget' | undefined): void {
    // A listener of the budget may have aborted the call.
    if (this.#scope.over) return
    const outcome = ok || this.#errors.length === 1 ? value : this.#error()
    if (!ok && isRejection(value) && this.#pool.hasMore(this.#tried)) this.#scope.advise('elsewhere')
    this.#pool.announceExhausted(this.#scope, this.#failed, ok ? undefined : outcome, reason)
    this.#leave(ok, outcome)
  }

  #error(): Error {
    const errors = this.#errors
    if (errors.every(isRejection)) return this.#pool.refusal(this.#tried, this.#failed, errors)
    return new FailoverError(this.#pool.name, this.#failed, errors)
  }

  #leave(ok: boolean, value: unknown): void {
    this.#scope.answer(this.#index, ok, value)
  }
}

pinShape(new PoolRun(undefined as never, undefined as never, 0))
