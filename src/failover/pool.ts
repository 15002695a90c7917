/**
 * Failover pool: one call, several members that can serve it.
 *
 * A call tries the member the selection picks, and on failure the next not yet tried in this call. Members that fail in a
 * row are ejected, for longer each time; when the time is over one call at a time finds out whether they work again.
 * An ejection is refused where it would leave too few (`maxEjected`), and where too few are healthy health is ignored
 * (`panic`): a pool must not make an outage of a bad day.
 */
import { isRejection, NoMemberError, stackless } from '../core/errors.ts'
import { resolveOptions, show } from '../core/options.ts'
import { judge, type Verdict as OutcomeVerdict } from '../core/outcome.ts'
import { type AnyPolicy, BasePolicy, type Policy, policyOf } from '../core/policy.ts'
import type { Hooks, Scope } from '../core/scope.ts'
import { type Entry, WAIT } from '../core/verdict.ts'
import type { FailoverEvents } from './events.ts'
import type { MemberChanges, PoolOf, TargetOf } from './failover-pool.ts'
import { GuardEvents } from './guard-events.ts'
import { Member, type MemberStatus } from './member.ts'
import {
  type FailoverOptions,
  type MemberInfo,
  type Resolved,
  resolveMember,
  resolvePoolOptions,
  settingChecks,
} from './options.ts'
import { Outliers } from './outliers.ts'
import { Roster } from './roster.ts'
import { type PoolRules, PoolRun, type Try, type TryVerdict } from './run.ts'
import type { Picker } from './selection.ts'

/**
 * Makes a pool of members that can serve the same call.
 *
 * ```ts
 * import { failoverPool, weighted } from 'holdfast/failover'
 * import { circuitBreaker } from 'holdfast/circuit-breaker'
 * const api = failoverPool(
 *   [{ target: 'http://localhost:8001', weight: 5 }, 'http://localhost:8002'],
 *   { selection: weighted(), guard: () => circuitBreaker({ consecutiveFailures: 5 }) },
 * )
 * await api.execute(({ target, signal }) => fetch(target, { signal }))
 * ```
 *
 * @throws TypeError where an option or a member is wrong.
 */
export function failoverPool<M, Guard extends AnyPolicy = AnyPolicy & Policy, Accepts = unknown>(
  members: readonly M[],
  options?: FailoverOptions<TargetOf<M>, Guard, Accepts>,
): PoolOf<M, Guard, Accepts> {
  if (!Array.isArray(members)) throw new TypeError(`failoverPool: members must be an array, got ${show(members)}`)
  const pool: unknown = new FailoverPoolPolicy(members, resolvePoolOptions(options))
  return pool as PoolOf<M, Guard, Accepts>
}

const NoMember = stackless(NoMemberError)

class FailoverPoolPolicy
  extends BasePolicy<never, unknown, never, FailoverEvents>
  implements PoolRules, Pick<Hooks, 'enter' | 'abandon'>
{
  protected readonly traits = { detaches: true }
  protected readonly emits = ['select', 'failover', 'eject', 'restore', 'exhausted', 'membersChanged', 'success']
  readonly #rules: Resolved
  readonly #roster = new Roster()
  readonly #outliers: Outliers
  readonly #guardEvents: GuardEvents
  #picker: Picker | undefined = undefined
  #added = 0
  #closed = false

  constructor(members: readonly unknown[], rules: Resolved) {
    super('failoverPool', rules)
    this.#rules = rules
    this.#outliers = new Outliers(this, rules, this.#roster)
    this.#guardEvents = new GuardEvents(this.name, this.events)
    for (const member of members) this.#add(member)
  }

  protected get options(): object {
    const { selection, guard, outlier, panic, maxEjected, when, attempts } = this.#rules
    return { selection: selection.kind, guard, outlier, panic, maxEjected, when, attempts }
  }

  get attempts(): number {
    return this.#rules.attempts
  }

  get members(): readonly MemberStatus<unknown>[] {
    return this.#roster.all.map((member) => member.status())
  }

  override describe() {
    const guards = this.#roster.all.flatMap(({ guard }) => guard?.describe().events ?? [])
    const events = [...new Set([...this.emits, ...guards])]
    return { ...super.describe(), events, members: this.#roster.all.map(({ name }) => name) }
  }

  override checkAdoption(clock: BasePolicy['knownClock']): void {
    super.checkAdoption(clock)
    for (const { guard } of this.#roster.all) guard?.checkAdoption(clock)
  }

  override adopt(context: Parameters<BasePolicy['adopt']>[0]): void {
    super.adopt(context)
    for (const { guard } of this.#roster.all) guard?.adopt(context)
  }

  add(given: unknown): string {
    const { name } = this.#add(given)
    this.#announceMembers([name], [])
    return name
  }

  remove(name: string): void {
    const member = this.#named(name)
    this.#roster.remove(member)
    this.#guardEvents.leave(member)
    this.#announceMembers([], [name])
  }

  drain(name: string): Promise<void> {
    const member = this.#named(name)
    member.draining = true
    this.#roster.changed()
    if (member.pending === 0) return Promise.resolve()
    return new Promise((resolve) => member.onIdle.push(resolve))
  }

  update(name: string, changes: MemberChanges): void {
    const member = this.#named(name)
    const { weight, zone, priority, draining } = resolveOptions('failoverPool: update', changes, {
      ...settingChecks,
      draining: (value, fail) => (value === undefined || typeof value === 'boolean' ? value : fail('a boolean')),
    })
    if (changes.weight !== undefined) member.weight = weight
    if (changes.zone !== undefined) member.zone = zone
    if (changes.priority !== undefined) member.priority = priority
    if (draining !== undefined) member.draining = draining
    this.#roster.changed()
  }

  close(): void {
    this.#closed = true
  }

  enter(scope: Scope, index: number): Entry {
    const run = new PoolRun(this, scope, index)
    scope.note(index, run)
    run.start()
    return WAIT
  }

  abandon(scope: Scope, index: number, error: unknown, counts: boolean): void {
    ;(scope.notes?.[index] as PoolRun | undefined)?.cancel(error, counts)
  }

  begin(tried: readonly Member[], scope: Scope): Try | undefined {
    if (this.#closed) return undefined
    const now = scope.now(this.clock)
    const revived = scope.idempotent ? this.#outliers.revive(tried, now) : undefined
    const member = revived ?? this.#pick(tried, scope)
    if (member === undefined) return undefined
    member.pending++
    if (this.events.wants('select')) this.events.emit('select', { member: member.name })
    return { member, generation: member.generation, startedAt: now }
  }

  judge(scope: Scope, ok: boolean, value: unknown): TryVerdict {
    const { when } = this.#rules
    if (when === undefined) return ok ? false : isRejection(value) ? 'refused' : true
    const verdict: OutcomeVerdict = judge(when, ok, value, this.events, (fine) => !fine)
    if (ok && verdict === true) scope.bad = true
    return verdict
  }

  end({ member, generation, startedAt }: Try, verdict: TryVerdict, error: unknown): void {
    const current = generation === member.generation
    if (verdict === false) {
      member.sample(this.clock.now() - startedAt)
      if (this.events.success !== undefined) this.events.emit('success', { member: member.name })
      if (current) this.#outliers.succeeded(member)
    } else if (current && verdict === true) this.#outliers.failed(member, error)
    else if (current && member.state === 'probing') member.unprobe()
    member.ended()
  }

  hasMore(tried: readonly Member[]): boolean {
    return this.#roster.eligible(this.#rules.panic).some((member) => !tried.includes(member))
  }

  refusal(): Error {
    const out = this.#roster.out.map((member) => member.ejectedUntil)
    const retryAfter = out.length === 0 || this.#closed ? undefined : Math.max(0, Math.min(...out) - this.clock.now())
    const why = this.#closed ? 'the pool is closed' : 'no member may be tried'
    return new NoMember(`${this.name}: ${why}`, this.name, retryAfter)
  }

  announceFailover(from: Member, to: Member, error: unknown): void {
    if (this.events.wants('failover')) this.events.emit('failover', { from: from.name, to: to.name, error })
  }

  announceExhausted(tried: readonly Member[], error: unknown): void {
    if (!this.events.wants('exhausted')) return
    this.events.emit('exhausted', { tried: tried.map(({ name }) => name), error })
  }

  override demand(event: string, wanted: boolean): void {
    if (event !== 'call') this.#guardEvents.demand(event, wanted, this.#roster.all)
  }

  #pick(tried: readonly Member[], scope: Scope): Member | undefined {
    const eligible = this.#roster.eligible(this.#rules.panic)
    const candidates = tried.length === 0 ? eligible : eligible.filter((member) => !tried.includes(member))
    const [first] = candidates
    if (first === undefined) return undefined
    try {
      this.#picker ??= this.#rules.selection.start({ random: this.random })
      const picked = this.#picker.pick(candidates, scope) as Member
      if (candidates.includes(picked)) return picked
      this.events.fault('selection', new TypeError('pick must give one of the candidates'))
    } catch (error) {
      this.events.fault('selection', error)
    }
    return first
  }

  #add(given: unknown): Member {
    const info = resolveMember(given, ++this.#added)
    if (this.#roster.get(info.name) !== undefined) {
      throw new TypeError(`failoverPool: member name must be unique, got ${show(info.name)}`)
    }
    const member = new Member(info, this.#guardFor(info), this.#added)
    this.#roster.add(member)
    this.#guardEvents.join(member)
    return member
  }

  #guardFor(info: MemberInfo<unknown>): BasePolicy | undefined {
    const { guard, clock, random } = this.#rules
    if (guard === undefined) return undefined
    const made = guard(info as MemberInfo<never>)
    const policy = policyOf(made)
    if (policy === undefined) throw new TypeError(`failoverPool: guard must give a policy, got ${show(made)}`)
    policy.adopt({ clock: clock ?? this.knownClock, random })
    return policy
  }

  #named(name: string): Member {
    const member = this.#roster.get(name)
    if (member === undefined) throw new TypeError(`failoverPool: name must be a member's, got ${show(name)}`)
    return member
  }

  #announceMembers(added: readonly string[], removed: readonly string[]): void {
    if (this.events.wants('membersChanged')) this.events.emit('membersChanged', { added, removed })
  }
}
