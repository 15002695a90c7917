/**
 * One call on its way over the members of a pool.
 *
 * A try may end before it has quite begun: its guard refuses, or the operation throws at once. So tries follow one another
 * in a loop (`#run`), and the stack stays as it is however many members there are.
 *
 * Invariant: no name is tried twice, but for once more where its kept connection was gone; at most one try is under way:
 * `#try`; and there are at most `newcomers` more tries than members when the call began, whoever joins meanwhile.
 */
import { fork, settle, start } from '../core/drive.ts'
import type { Milliseconds } from '../core/duration.ts'
import { FailoverError, isRejection, type RejectedError } from '../core/errors.ts'
import { give, type Scope } from '../core/scope.ts'
import { pinShape } from '../core/shape.ts'
import type { Member } from './member.ts'
import { Tried } from './tried.ts'
import type { TryChains } from './try-chains.ts'

/** What became of a try, in the pool's view; a refusal says nothing about the member. */
export type TryVerdict = boolean | 'ignore' | 'refused'

/** One try of one member. */
export interface Try {
  readonly member: Member
  /** The member's generation it began in. */
  readonly generation: number
  readonly startedAt: Milliseconds
}

/** How many more tries than there were members a call may make: for members that join while it is under way. */
const newcomers = 16

/** What a run asks of its pool. */
export interface PoolRules {
  readonly name: string
  readonly attempts: number
  /** How many members it has. */
  readonly size: number
  readonly chains: TryChains
  /** Where there is no member yet: calls `resume` once there may be. Gives what takes that back. */
  awaitMembers(scope: Scope, resume: () => void): (() => void) | undefined
  begin(tried: Tried, scope: Scope): Try | undefined
  /** Whether a try failed for a kept connection that was gone. */
  isStale(error: unknown): boolean
  /** The same try again, on a new connection. */
  again(scope: Scope, attempt: Try, error: unknown): Try
  judge(scope: Scope, ok: boolean, value: unknown): TryVerdict
  end(attempt: Try, verdict: TryVerdict, error: unknown): void
  /** Whether a member is left that was not tried. */
  hasMore(tried: Tried): boolean
  /** The error of a call for which nothing ran; `errors` are those of the members tried. */
  refusal(tried: Tried, errors: readonly RejectedError[]): Error
  announceFailover(scope: Scope, from: Member, to: Member, error: unknown): void
  announceExhausted(scope: Scope, tried: Tried, error: unknown): void
}

export class PoolRun {
  readonly #pool: PoolRules
  readonly #scope: Scope
  readonly #index: number
  readonly #tried = new Tried()
  readonly #errors: unknown[] = []
  /** Tries at most. */
  #most = 0
  #try: Try | undefined = undefined
  /** A try is being started; one that ends meanwhile leaves its outcome in `#outcome`. */
  #starting = false
  #outcome: { readonly ok: boolean; readonly value: unknown } | undefined = undefined
  /** Its last try is one on a new connection. */
  #fresh = false
  #stopWaiting: (() => void) | undefined = undefined

  constructor(pool: PoolRules, scope: Scope, index: number) {
    this.#pool = pool
    this.#scope = scope
    this.#index = index
  }

  start(): void {
    this.#stopWaiting = this.#pool.awaitMembers(this.#scope, () => {
      this.#stopWaiting?.()
      this.#stopWaiting = undefined
      // Time has passed since the call came in.
      this.#scope.enteredAt = undefined
      if (!this.#scope.over) this.#first()
    })
    if (this.#stopWaiting === undefined) this.#first()
  }

  /** The call was given up; `counts` where our own timeout did it. */
  cancel(error: unknown, counts: boolean): void {
    this.#stopWaiting?.()
    const attempt = this.#try
    if (attempt === undefined) return
    this.#try = undefined
    this.#pool.end(attempt, counts ? this.#pool.judge(this.#scope, false, error) : 'ignore', error)
  }

  #first(): void {
    this.#most = Math.min(this.#pool.attempts, this.#pool.size + newcomers)
    const attempt = this.#pool.begin(this.#tried, this.#scope)
    if (attempt !== undefined) {
      this.#run(attempt)
      return
    }
    const error = this.#pool.refusal(this.#tried, [])
    this.#pool.announceExhausted(this.#scope, this.#tried, error)
    this.#scope.bad = true
    this.#leave(false, error)
  }

  /** Makes a try, and others after it for as long as they end at once. */
  #run(first: Try): void {
    for (let attempt: Try | undefined = first; attempt !== undefined; ) {
      this.#starting = true
      this.#start(attempt)
      this.#starting = false
      const outcome = this.#outcome
      this.#outcome = undefined
      attempt = outcome && this.#ended(attempt, outcome.ok, outcome.value)
    }
  }

  #start(attempt: Try): void {
    this.#try = attempt
    const { member } = attempt
    if (!this.#fresh) this.#tried.add(member)
    const scope = this.#scope
    if (scope.over) {
      this.cancel(undefined, false)
      return
    }
    const chain = this.#pool.chains.of(scope.links, this.#index, member)
    const child = fork(scope, chain, 0, (ok, value) => this.#told(attempt, ok, value))
    const given = this.#fresh ? { ...member.given, fresh: true } : member.given
    give(child, scope.given === undefined ? given : { ...scope.given, ...given })
    start(child, 0)
  }

  #told(attempt: Try, ok: boolean, value: unknown): void {
    if (this.#starting) {
      this.#outcome = { ok, value }
      return
    }
    const next = this.#ended(attempt, ok, value)
    if (next !== undefined) this.#run(next)
  }

  /** Takes the outcome of a try; gives the next one, where one follows. */
  #ended(attempt: Try, ok: boolean, value: unknown): Try | undefined {
    this.#try = undefined
    const verdict = this.#pool.judge(this.#scope, ok, value)
    if (!ok && verdict === true && !this.#fresh && this.#mayRepeat() && this.#pool.isStale(value)) {
      this.#fresh = true
      this.#scope.enteredAt = undefined
      this.#scope.takenOverBy(this.#pool.name)
      return this.#pool.again(this.#scope, attempt, value)
    }
    this.#fresh = false
    this.#pool.end(attempt, verdict, ok ? undefined : value)
    if (this.#scope.over) return undefined
    if (verdict === true || verdict === 'refused') return this.#next(attempt.member, ok, value)
    this.#leave(ok, value)
    return undefined
  }

  #next(from: Member, ok: boolean, value: unknown): Try | undefined {
    this.#errors.push(value)
    this.#scope.enteredAt = undefined
    const may = this.#tried.size < this.#most && this.#mayRepeat()
    const next = may ? this.#pool.begin(this.#tried, this.#scope) : undefined
    if (next === undefined) {
      this.#exhaust(ok, value)
      return undefined
    }
    this.#scope.takenOverBy(this.#pool.name)
    this.#pool.announceFailover(this.#scope, from, next.member, ok ? undefined : value)
    return next
  }

  /** Whether a further invocation is allowed, and of use. */
  #mayRepeat(): boolean {
    const { root, caller, idempotent, limit } = this.#scope
    if (!idempotent && root.attempts > 0) return false
    return limit === undefined || caller.clock.now() < limit.at
  }

  /** A value judged a failure is still what the last member gave, and goes to the caller; an error alone goes as it is. */
  #exhaust(ok: boolean, value: unknown): void {
    const outcome = ok || this.#errors.length === 1 ? value : this.#error()
    if (!ok && isRejection(value) && this.#pool.hasMore(this.#tried)) this.#scope.advice = 'elsewhere'
    this.#pool.announceExhausted(this.#scope, this.#tried, ok ? undefined : outcome)
    this.#leave(ok, outcome)
  }

  #error(): Error {
    const errors = this.#errors
    if (errors.every(isRejection)) return this.#pool.refusal(this.#tried, errors)
    return new FailoverError(this.#pool.name, this.#tried.names, errors)
  }

  #leave(ok: boolean, value: unknown): void {
    if (!this.#scope.over) settle(this.#scope, this.#index - 1, ok, value)
  }
}

pinShape(new PoolRun(undefined as never, undefined as never, 0))
