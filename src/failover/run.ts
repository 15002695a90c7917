/**
 * One call on its way over the members of a pool.
 *
 * Invariant: no member is tried twice, but for once more where its kept connection was gone; and at most one try is under
 * way: `#try`.
 */
import { fork, settle, start } from '../core/drive.ts'
import type { Milliseconds } from '../core/duration.ts'
import { FailoverError, isRejection } from '../core/errors.ts'
import { give, type Scope } from '../core/scope.ts'
import { keepShape } from '../core/shape.ts'
import type { Member } from './member.ts'
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

/** What a run asks of its pool. */
export interface PoolRules {
  readonly name: string
  readonly attempts: number
  readonly chains: TryChains
  /** Where there is no member yet: calls `resume` once there may be. Gives what takes that back. */
  awaitMembers(scope: Scope, resume: () => void): (() => void) | undefined
  begin(tried: readonly Member[], scope: Scope): Try | undefined
  /** Whether a try failed for a kept connection that was gone. */
  isStale(error: unknown): boolean
  /** The same try again, on a new connection. */
  again(scope: Scope, attempt: Try, error: unknown): Try
  judge(scope: Scope, ok: boolean, value: unknown): TryVerdict
  end(attempt: Try, verdict: TryVerdict, error: unknown): void
  /** Whether a member is left that was not tried. */
  hasMore(tried: readonly Member[]): boolean
  refusal(): Error
  announceFailover(scope: Scope, from: Member, to: Member, error: unknown): void
  announceExhausted(scope: Scope, tried: readonly Member[], error: unknown): void
}

export class PoolRun {
  readonly #pool: PoolRules
  readonly #scope: Scope
  readonly #index: number
  readonly #tried: Member[] = []
  readonly #errors: unknown[] = []
  #try: Try | undefined = undefined
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
    const attempt = this.#pool.begin(this.#tried, this.#scope)
    if (attempt !== undefined) {
      this.#run(attempt)
      return
    }
    const error = this.#pool.refusal()
    this.#pool.announceExhausted(this.#scope, this.#tried, error)
    this.#scope.bad = true
    this.#leave(false, error)
  }

  #run(attempt: Try): void {
    this.#try = attempt
    const { member } = attempt
    if (!this.#fresh) this.#tried.push(member)
    const scope = this.#scope
    if (scope.over) {
      this.cancel(undefined, false)
      return
    }
    const chain = this.#pool.chains.of(scope.links, this.#index, member)
    const child = fork(scope, chain, 0, (ok, value) => this.#ended(attempt, ok, value))
    const given = this.#fresh ? { ...member.given, fresh: true } : member.given
    give(child, scope.given === undefined ? given : { ...scope.given, ...given })
    start(child, 0)
  }

  #ended(attempt: Try, ok: boolean, value: unknown): void {
    this.#try = undefined
    const verdict = this.#pool.judge(this.#scope, ok, value)
    if (!ok && verdict === true && !this.#fresh && this.#mayRepeat() && this.#pool.isStale(value)) {
      this.#fresh = true
      this.#scope.enteredAt = undefined
      this.#scope.takenOverBy(this.#pool.name)
      this.#run(this.#pool.again(this.#scope, attempt, value))
      return
    }
    this.#fresh = false
    this.#pool.end(attempt, verdict, ok ? undefined : value)
    if (this.#scope.over) return
    if (verdict === true || verdict === 'refused') this.#moveOn(attempt.member, ok, value)
    else this.#leave(ok, value)
  }

  #moveOn(from: Member, ok: boolean, value: unknown): void {
    this.#errors.push(value)
    this.#scope.enteredAt = undefined
    const may = this.#tried.length < this.#pool.attempts && this.#mayRepeat()
    const next = may ? this.#pool.begin(this.#tried, this.#scope) : undefined
    if (next === undefined) {
      this.#exhaust(ok, value)
      return
    }
    this.#scope.takenOverBy(this.#pool.name)
    this.#pool.announceFailover(this.#scope, from, next.member, ok ? undefined : value)
    this.#run(next)
  }

  /** Whether a further invocation is allowed, and of use. */
  #mayRepeat(): boolean {
    const { root, caller, idempotent, limit } = this.#scope
    if (!idempotent && root.attempts > 0) return false
    return limit === undefined || caller.clock.now() < limit.at
  }

  /** A value judged a failure is still what the last member gave, and goes to the caller; an error alone goes as it is. */
  #exhaust(ok: boolean, value: unknown): void {
    const single = this.#errors.length === 1
    const names = this.#tried.map(({ name }) => name)
    const outcome = ok || single ? value : new FailoverError(this.#pool.name, names, this.#errors)
    if (!ok && isRejection(value) && this.#pool.hasMore(this.#tried)) this.#scope.advice = 'elsewhere'
    this.#pool.announceExhausted(this.#scope, this.#tried, ok ? undefined : outcome)
    this.#leave(ok, outcome)
  }

  #leave(ok: boolean, value: unknown): void {
    if (!this.#scope.over) settle(this.#scope, this.#index - 1, ok, value)
  }
}

keepShape(new PoolRun(undefined as never, undefined as never, 0))
