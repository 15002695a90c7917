/**
 * Failover pool: one call, several members that can serve it.
 *
 * A call tries the member the selection picks, and on failure the next not yet tried in this call. Members that fail are
 * ejected, for longer each time, and found again by single calls or by checks. An ejection is refused where it would leave
 * too few (`maxEjected`), and where too few are healthy health is ignored (`panic`): a pool must not make an outage of a
 * bad day.
 */

import { emitForCall, hasListeners } from '../core/call-events.ts'
import { outside, runIn, wayBack } from '../core/context.ts'
import { isRejection, type RejectedError } from '../core/errors.ts'
import type { Interest } from '../core/events.ts'
import { judge } from '../core/outcome.ts'
import { BasePolicy } from '../core/policy.ts'
import type { Hooks, Scope } from '../core/scope.ts'
import { type Entry, WAIT } from '../core/verdict.ts'
import { Choosing } from './choosing.ts'
import type { FailoverEvents } from './events.ts'
import type { MemberChanges } from './failover-pool.ts'
import { Finding } from './finding.ts'
import { GuardEvents } from './guard-events.ts'
import { CallJudge } from './health/call-judge.ts'
import { CheckJudge } from './health/check-judge.ts'
import { States } from './health/states.ts'
import type { Member, MemberStatus } from './member.ts'
import { Members } from './members.ts'
import { Membership } from './membership/membership.ts'
import type { MemberSource } from './membership/source.ts'
import { Readiness } from './readiness.ts'
import { refusalOf } from './refusal.ts'
import type { Resolved } from './resolved.ts'
import { Roster } from './roster.ts'
import { type PoolRules, PoolRun, type Try, type TryVerdict } from './run.ts'
import { staleConnection } from './stale-connection.ts'
import type { Tried } from './tried.ts'
import { TryChains } from './try-chains.ts'

function byDefault(ok: boolean, error: unknown): TryVerdict {
  if (ok) return false
  return isRejection(error) ? 'refused' : true
}

export class FailoverPoolPolicy
  extends BasePolicy<never, unknown, never, FailoverEvents>
  implements PoolRules, Pick<Hooks, 'enter' | 'abandon'>
{
  protected readonly traits = { detaches: true }
  protected readonly emits = [
    'select',
    'failover',
    'reconnect',
    'success',
    'eject',
    'restore',
    'state',
    'admin',
    'exhausted',
    'membersChanged',
  ]
  readonly #rules: Resolved
  readonly #roster: Roster
  readonly #states: States
  readonly #calls: CallJudge
  readonly #checks: CheckJudge | undefined
  readonly #choosing: Choosing
  readonly #finding: Finding
  readonly #members: Members
  readonly #membership: Membership | undefined
  readonly #guardEvents: GuardEvents
  readonly chains = new TryChains()
  readonly #readiness = new Readiness(() => this.#known())
  #closed = false

  constructor(members: readonly unknown[], source: MemberSource | undefined, rules: Resolved) {
    super('failoverPool', rules)
    const { panic, selection, slowStart, check } = rules
    this.#rules = rules
    const share = typeof panic === 'number' ? panic : 0
    const roster = new Roster(selection.seesAll === true, share)
    this.#roster = roster
    const states = new States(this, roster, slowStart)
    this.#states = states
    this.#calls = new CallJudge(this, rules, roster, states)
    const checks = check && new CheckJudge(this, check, roster, states, () => this.#readiness.look())
    this.#checks = checks
    this.#choosing = new Choosing(this, selection, roster, share)
    // Where checks find out who works again, no call needs to.
    const probing = { whenDue: checks === undefined, asLastResort: share > 0 || panic === 'leastBad' }
    this.#finding = new Finding(roster, states, this.#choosing, probing)
    const guardEvents = new GuardEvents(this.name, this.events)
    this.#guardEvents = guardEvents
    this.#members = new Members(this, rules, { roster, states, checks, guardEvents })
    for (const member of members) this.#members.join(this.#members.resolve(member))
    this.#membership = source && new Membership(this.#members, source)
  }

  protected get options(): object {
    const { selection, name, clock, random, ...others } = this.#rules
    return { selection: selection.kind, ...others }
  }

  get size(): number {
    return this.#roster.size
  }

  get attempts(): number {
    return this.#rules.attempts
  }

  get members(): readonly MemberStatus<unknown>[] {
    // A look at the pool must not fix its clock.
    const now = this.knownClock?.now() ?? 0
    if (this.#roster.warming.size > 0) this.#states.warmUp(now)
    return this.#roster.all.map((member) => member.status(now))
  }

  /** The guards of its members, by the member's name. */
  get guards(): ReadonlyMap<string, BasePolicy> {
    return new Map(this.#roster.all.flatMap(({ name, guard }) => (guard === undefined ? [] : [[name, guard] as const])))
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

  ready(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.#start()
    return this.#readiness.wait(options.signal)
  }

  add(given: unknown): string {
    return this.#members.add(given)
  }

  remove(name: string): void {
    this.#members.remove(name)
  }

  drain(name: string, within: unknown = Number.POSITIVE_INFINITY): Promise<void> {
    return this.#members.drain(name, within)
  }

  update(name: string, changes: MemberChanges): void {
    this.#members.update(name, changes)
  }

  report(name: string, load: unknown): void {
    this.#members.report(name, load)
  }

  close(): void {
    this.#closed = true
    this.#checks?.close()
    this.#membership?.close()
    this.#readiness.look()
  }

  enter(scope: Scope, index: number): Entry {
    this.#start()
    const run = new PoolRun(this, scope, index)
    scope.note(index, run)
    run.start()
    return WAIT
  }

  abandon(scope: Scope, index: number, error: unknown, counts: boolean): void {
    ;(scope.notes?.[index] as PoolRun | undefined)?.cancel(error, counts)
  }

  awaitMembers(scope: Scope, resume: () => void): (() => void) | undefined {
    const membership = this.#membership
    if (membership === undefined || membership.answered || this.#closed || this.#roster.all.length > 0) return undefined
    const context = wayBack() ?? scope.keepContext()
    const wait = Math.min(this.#rules.maxWait, scope.remaining(this.clock, this.clock.now()))
    return membership.await(() => runIn(context, resume), wait)
  }

  begin(tried: Tried, scope: Scope): Try | undefined {
    if (this.#closed) return undefined
    const now = scope.now(this.clock)
    if (this.#roster.warming.size > 0) this.#states.warmUp(now)
    const member = this.#finding.find(tried, scope, now)
    if (member === undefined) return undefined
    member.begun()
    if (this.events.wants('select')) this.events.emit('select', { member: member.name }, now)
    return { member, generation: member.generation, startedAt: now }
  }

  isStale(error: unknown): boolean {
    try {
      return (this.#rules.stale ?? staleConnection)(error) === true
    } catch (fault) {
      this.events.fault('stale', fault)
      return false
    }
  }

  again(scope: Scope, { member, generation }: Try, error: unknown): Try {
    const now = this.clock.now()
    const { name } = member
    if (hasListeners(this.events, 'reconnect', scope))
      emitForCall(this.events, 'reconnect', scope, { member: name, error }, now)
    return { member, generation, startedAt: now }
  }

  judge(scope: Scope, ok: boolean, value: unknown): TryVerdict {
    const verdict = judge(this.#rules, ok, value, scope, this.events, byDefault)
    if (ok && verdict === true) scope.bad = true
    return verdict
  }

  end({ member, generation, startedAt }: Try, verdict: TryVerdict, error: unknown): void {
    // What began before the member left, or was taken back, says nothing of it as it is now.
    const current = generation === member.generation && !member.gone
    if (verdict === 'ignore' || verdict === 'refused') {
      if (current && verdict === 'refused') member.refused(this.clock.now())
      if (current) this.#states.unprobe(member)
    } else this.#settled(member, !verdict, startedAt, current, error)
    member.ended()
  }

  #settled(member: Member, good: boolean, startedAt: number, current: boolean, error: unknown): void {
    const now = this.clock.now()
    if (!good) this.#refresh()
    else if (this.events.success !== undefined) this.events.emit('success', { member: member.name }, now)
    if (!current) return
    const took = now - startedAt
    if (good) member.good(took, now)
    else member.bad(now)
    this.#choosing.settled(member, good, took, now)
    if (good) this.#calls.succeeded(member, now)
    else this.#calls.failed(member, error, now)
  }

  hasMore(tried: Tried): boolean {
    return this.#choosing.hasMore(tried)
  }

  refusal(tried: Tried, errors: readonly RejectedError[]): Error {
    return refusalOf(this.name, this.#closed, tried, errors, this.#roster, this.clock)
  }

  announceFailover(scope: Scope, from: Member, to: Member, error: unknown): void {
    if (!hasListeners(this.events, 'failover', scope)) return
    emitForCall(this.events, 'failover', scope, { from: from.name, to: to.name, error })
  }

  announceExhausted(scope: Scope, tried: Tried, error: unknown): void {
    if (!hasListeners(this.events, 'exhausted', scope)) return
    emitForCall(this.events, 'exhausted', scope, { tried: tried.names, error })
  }

  override demand(event: string, wanted: boolean, heard: Interest): void {
    if (event !== 'call') this.#guardEvents.demand(event, wanted ? heard : undefined, this.#roster.all)
  }

  /** Begins the work in the background, where there is any; not before, for until then a pipeline may give it its clock. */
  #start(): void {
    if (this.#members.started || this.#closed) return
    this.#members.started = true
    outside(() => {
      this.#checks?.start()
      this.#membership?.start(() => this.#readiness.look())
    })
  }

  #refresh(): void {
    const membership = this.#membership
    if (membership !== undefined) outside(() => membership.refresh())
  }

  #known(): boolean {
    if (this.#closed) return true
    return (this.#membership?.answered ?? true) && (this.#checks?.complete ?? true)
  }
}
