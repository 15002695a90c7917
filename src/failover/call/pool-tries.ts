/**
 * Starts, judges and ends the tries of a pool's calls.
 *
 * `PoolRun` decides when a call makes a try; this class finds the member for it, counts its result for the member, and emits
 * the events of both.
 */
import { emitForCall, hasListeners } from '../../core/call/call-events.ts'
import { outside, runIn } from '../../core/context.ts'
import { isRejection, type RejectedError } from '../../core/errors.ts'
import type { Scope } from '../../core/hooks.ts'
import { judge } from '../../core/outcome.ts'
import type { BasePolicy } from '../../core/policy.ts'
import type { Permit } from '../../retry-budget/budget.ts'
import type { BudgetUse } from '../../retry-budget/budget-use.ts'
import type { CallJudge } from '../health/call-judge.ts'
import type { HealthStates } from '../health/states.ts'
import type { MemberSet } from '../members/member-set.ts'
import type { PoolMember } from '../members/pool-member.ts'
import type { FailoverSettings } from '../settings.ts'
import type { SourceSync } from '../sources/source-sync.ts'
import type { MemberPicker } from './member-picker.ts'
import type { MemberSearch } from './member-search.ts'
import type { MemberTry, TryJudgement } from './member-try.ts'
import { refusalOf } from './refusal.ts'
import { staleConnection } from './stale-connection.ts'
import type { TriedMembers } from './tried-members.ts'
import { TryChains } from './try-chains.ts'

/** The parts of a pool that tries need. */
export interface PoolTriesParts {
  readonly members: MemberSet
  readonly states: HealthStates
  readonly calls: CallJudge
  readonly picker: MemberPicker
  readonly search: MemberSearch
  readonly sync: SourceSync | undefined
  readonly budget: BudgetUse | undefined
}

function judgeByDefault(ok: boolean, error: unknown): TryJudgement {
  if (ok) return false
  return isRejection(error) ? 'refused' : true
}

export class PoolTries {
  readonly #pool: Pick<BasePolicy, 'name' | 'clock' | 'events'>
  readonly #settings: FailoverSettings
  readonly #parts: PoolTriesParts
  readonly chains = new TryChains()
  /** The pool is closed: no try begins any more. */
  closed = false

  constructor(pool: Pick<BasePolicy, 'name' | 'clock' | 'events'>, settings: FailoverSettings, parts: PoolTriesParts) {
    this.#pool = pool
    this.#settings = settings
    this.#parts = parts
  }

  /** The pool's name. */
  get name(): string {
    return this.#pool.name
  }

  /** How many members the pool has. */
  get size(): number {
    return this.#parts.members.size
  }

  /** The most members that one call may try. */
  get attempts(): number {
    return this.#settings.attempts
  }

  /**
   * Where the source has not answered and there is no member yet: calls `resume` once there may be one, and returns a
   * function that cancels this. Else undefined.
   */
  awaitMembers(scope: Scope, resume: () => void): (() => void) | undefined {
    const { members, sync } = this.#parts
    if (sync === undefined || sync.answered || this.closed || members.size > 0) return undefined
    const { clock } = this.#pool
    const context = scope.waitContext()
    const wait = Math.min(this.#settings.maxWait, scope.remaining(clock, clock.now()))
    return sync.await(() => runIn(context, resume), wait)
  }

  get budget(): BudgetUse | undefined {
    return this.#parts.budget
  }

  /**
   * Begins the next try of a call; undefined where no member is left, `'budget'` where there is one, but the budget has no
   * permit for an `extra` try.
   */
  begin(tried: TriedMembers, scope: Scope, extra: boolean): MemberTry | 'budget' | undefined {
    if (this.closed) return undefined
    const { members, states, search, budget } = this.#parts
    const { clock, events } = this.#pool
    const now = scope.now(clock)
    if (members.warming.size > 0) states.warmUp(now)
    let permit: Permit | undefined
    if (extra && budget !== undefined) {
      // A selection that is asked in vain would leave out the member that it gave.
      if (!search.hasMore(tried, now)) return undefined
      permit = budget.withdraw('transient')
      if (permit === undefined) return 'budget'
    }
    const member = search.find(tried, scope, now)
    if (member === undefined) {
      budget?.release(permit)
      return undefined
    }
    member.tryStarted()
    if (events.hasListeners('select')) events.emit('select', { member: member.name }, now)
    return { member, generation: member.generation, startedAt: now, permit }
  }

  /** Whether a try failed because its kept connection had been closed. */
  isStale(error: unknown): boolean {
    try {
      return (this.#settings.stale ?? staleConnection)(error) === true
    } catch (fault) {
      this.#pool.events.fault('stale', fault)
      return false
    }
  }

  /** The same try again, on a new connection. */
  again(scope: Scope, { member, generation, permit }: MemberTry, error: unknown): MemberTry {
    const { clock, events } = this.#pool
    const now = clock.now()
    if (hasListeners(events, 'reconnect', scope)) {
      emitForCall(events, 'reconnect', scope, { member: member.name, error }, now)
    }
    return { member, generation, startedAt: now, permit }
  }

  judge(scope: Scope, ok: boolean, value: unknown): TryJudgement {
    const judgement = judge(this.#settings, ok, value, scope, this.#pool.events, judgeByDefault)
    if (ok && judgement === true) scope.markFailed(true)
    return judgement
  }

  end({ member, generation, startedAt }: MemberTry, judgement: TryJudgement, error: unknown): void {
    // A try that began before the member was ejected, or was taken back, says nothing of the member as it is now.
    const current = generation === member.generation && !member.removed
    if (judgement === 'ignore' || judgement === 'refused') {
      if (current && judgement === 'refused') member.tryRefused(this.#pool.clock.now())
      if (current) this.#parts.states.unprobe(member)
    } else this.#count(member, !judgement, startedAt, current, error)
    member.tryEnded()
  }

  /** Whether a member is left that the call has not tried. */
  hasMore(tried: TriedMembers): boolean {
    return this.#parts.picker.hasMore(tried)
  }

  /** The error of a call for which nothing ran: the members `names` have refused with `errors`. */
  refusal(tried: TriedMembers, names: readonly string[], errors: readonly RejectedError[]): Error {
    return refusalOf(this.name, this.closed, tried, names, errors, this.#parts.members, this.#pool.clock)
  }

  announceFailover(scope: Scope, from: PoolMember, to: PoolMember, error: unknown): void {
    const { events } = this.#pool
    if (!hasListeners(events, 'failover', scope)) return
    emitForCall(events, 'failover', scope, { from: from.name, to: to.name, error })
  }

  announceExhausted(scope: Scope, tried: readonly string[], error: unknown, reason: 'budget' | undefined): void {
    const { events } = this.#pool
    if (!hasListeners(events, 'exhausted', scope)) return
    emitForCall(events, 'exhausted', scope, { tried, error, reason })
  }

  #count(member: PoolMember, good: boolean, startedAt: number, current: boolean, error: unknown): void {
    const { calls, picker, sync } = this.#parts
    const { clock, events } = this.#pool
    const now = clock.now()
    if (good) {
      if (events.success !== undefined) events.emit('success', { member: member.name }, now)
    } else if (sync !== undefined) outside(() => sync.refresh())
    if (!current) return
    const took = now - startedAt
    if (good) member.trySucceeded(took, now)
    else member.tryFailed(now)
    picker.settled(member, good, took, now)
    if (good) calls.succeeded(member, now)
    else calls.failed(member, error, now)
  }
}
