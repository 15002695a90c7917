/**
 * Failover pool: one call, several members that can serve it.
 *
 * A call tries the member that the selection picks and, if that fails, the next one that it has not tried. Members that fail
 * are ejected, for longer each time, and restored by single calls or by checks. An ejection is refused if it would leave too
 * few members (`maxEjected`), and health is ignored while too few are healthy (`panic`): a pool must not turn a partial
 * failure into an outage.
 */
import { outside } from '../core/context.ts'
import type { Contribution } from '../core/description.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Interest } from '../core/events.ts'
import { type Entry, type Hooks, type Scope, WAIT } from '../core/hooks.ts'
import { idleSinceOf } from '../core/idle-since.ts'
import { BasePolicy } from '../core/policy.ts'
import type { RetryBudget } from '../retry-budget/budget.ts'
import { BudgetUse } from '../retry-budget/budget-use.ts'
import { MemberPicker } from './call/member-picker.ts'
import { MemberSearch } from './call/member-search.ts'
import { PoolRun } from './call/pool-run.ts'
import { PoolTries } from './call/pool-tries.ts'
import type { FailoverEvents } from './events.ts'
import type { MemberChanges } from './failover-pool.ts'
import { CallJudge } from './health/call-judge.ts'
import { CheckJudge } from './health/check-judge.ts'
import { HealthStates } from './health/states.ts'
import { GuardEvents } from './members/guard-events.ts'
import { MemberAdmin } from './members/member-admin.ts'
import { MemberRegistry } from './members/member-registry.ts'
import { MemberSet } from './members/member-set.ts'
import type { MemberStatus } from './members/member-status.ts'
import { Readiness } from './readiness.ts'
import type { FailoverSettings } from './settings.ts'
import type { MemberSource } from './sources/source.ts'
import { SourceSync } from './sources/source-sync.ts'

export class FailoverPoolPolicy
  extends BasePolicy<never, unknown, never, FailoverEvents>
  implements Pick<Hooks, 'enter' | 'abandon'>
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
  readonly #settings: FailoverSettings
  readonly #members: MemberSet
  readonly #states: HealthStates
  readonly #checks: CheckJudge | undefined
  readonly #registry: MemberRegistry
  readonly #admin: MemberAdmin
  readonly #sync: SourceSync | undefined
  readonly #guardEvents: GuardEvents
  readonly #tries: PoolTries
  readonly #budget: BudgetUse | undefined
  readonly #readiness = new Readiness(() => this.#membersKnown())

  constructor(given: readonly unknown[], source: MemberSource | undefined, settings: FailoverSettings) {
    super('failoverPool', settings)
    const { panic, selection, slowStart, check } = settings
    this.#settings = settings
    const panicShare = typeof panic === 'number' ? panic : 0
    const members = new MemberSet(selection.seesAll === true, panicShare)
    this.#members = members
    const states = new HealthStates(this, members, slowStart)
    this.#states = states
    const checks = check && new CheckJudge(this, check, members, states, () => this.#readiness.check())
    this.#checks = checks
    const guardEvents = new GuardEvents(this.name, this.events)
    this.#guardEvents = guardEvents
    const registry = new MemberRegistry(this, settings, { members, states, checks, guardEvents })
    this.#registry = registry
    for (const member of given) registry.join(registry.resolve(member))
    this.#admin = new MemberAdmin(this, registry, { members, states, checks })
    const sync = source && new SourceSync(this, registry, source)
    this.#sync = sync
    const picker = new MemberPicker(this, selection, members, panicShare)
    // Where checks find out which members work again, no call needs to.
    const probes = { whenDue: checks === undefined, asLastResort: panicShare > 0 || panic === 'leastBad' }
    const search = new MemberSearch(members, states, picker, probes)
    const calls = new CallJudge(this, settings, members, states)
    const budget = BudgetUse.of(settings.budget, this)
    this.#budget = budget
    this.#tries = new PoolTries(this, settings, { members, states, calls, picker, search, sync, budget })
  }

  get budget(): RetryBudget | undefined {
    return this.#budget?.budget
  }

  protected get options(): object {
    const { selection, name, clock, random, ...others } = this.#settings
    return { selection: selection.kind, ...others, budget: this.budget }
  }

  get members(): readonly MemberStatus<unknown>[] {
    // Reading `members` must not fix the pool's clock: a pipeline may still give it one.
    const now = this.knownClock?.now() ?? 0
    if (this.#members.warming.size > 0) this.#states.warmUp(now)
    return this.#members.all.map((member) => member.status(now))
  }

  /** The guards of its members, by the member's name. */
  get guards(): ReadonlyMap<string, BasePolicy> {
    return new Map(
      this.#members.all.flatMap(({ name, guard }) => (guard === undefined ? [] : [[name, guard] as const])),
    )
  }

  /** Checks and sources have timers, which end by `close` alone. */
  override idleSince(): Milliseconds | undefined {
    const background = this.#checks !== undefined || this.#sync !== undefined
    if (background && this.#registry.started && !this.#tries.closed) return undefined
    const { all } = this.#members
    if (all.some(({ pending, admin, healthy }) => pending > 0 || admin !== 'ready' || !healthy)) return undefined
    return idleSinceOf(this.guards.values())
  }

  override contribution(): Contribution {
    const { attempts, guard, check, maxEjected, maxWait } = this.#settings
    const { all } = this.#members
    const guards = [...this.guards].map(([name, policy]) => [name, policy.describe()] as const)
    const sourced = this.#sync !== undefined
    return {
      role: 'elsewhere',
      runs: Math.max(1, Math.min(attempts, sourced ? Number.POSITIVE_INFINITY : all.length)),
      onFailure: true,
      waits: sourced ? maxWait : 0,
      hints: check !== undefined || maxEjected === 1 || all.some(({ admin }) => admin !== 'ready'),
      oneOf: guards,
      unknown: guard !== undefined && guards.length === 0,
    }
  }

  override describe() {
    const guards = this.#members.all.flatMap(({ guard }) => guard?.describe().events ?? [])
    const events = [...new Set([...this.emits, ...guards])]
    return { ...super.describe(), events, members: this.#members.all.map(({ name }) => name) }
  }

  override checkAdoption(clock: BasePolicy['knownClock']): void {
    super.checkAdoption(clock)
    for (const { guard } of this.#members.all) guard?.checkAdoption(clock)
  }

  override adopt(context: Parameters<BasePolicy['adopt']>[0]): void {
    super.adopt(context)
    this.#budget?.adopt(context.clock)
    for (const { guard } of this.#members.all) guard?.adopt(context)
  }

  ready(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.#start()
    return this.#readiness.wait(options.signal)
  }

  add(given: unknown): string {
    return this.#admin.add(given)
  }

  remove(name: string): void {
    this.#admin.remove(name)
  }

  drain(name: string, within: unknown = Number.POSITIVE_INFINITY): Promise<void> {
    return this.#admin.drain(name, within)
  }

  update(name: string, changes: MemberChanges): void {
    this.#admin.update(name, changes)
  }

  report(name: string, load: unknown): void {
    this.#admin.report(name, load)
  }

  close(): void {
    this.#tries.closed = true
    this.#checks?.close()
    this.#sync?.close()
    this.#readiness.check()
  }

  enter(scope: Scope, index: number): Entry {
    this.#start()
    this.#budget?.callEntered(scope)
    const run = new PoolRun(this.#tries, scope, index)
    scope.note(index, run)
    run.start()
    return WAIT
  }

  abandon(scope: Scope, index: number, error: unknown, counts: boolean): void {
    ;(scope.noteOf(index) as PoolRun | undefined)?.cancel(error, counts)
  }

  override demand(event: string, wanted: boolean, interest: Interest): void {
    if (event !== 'call') this.#guardEvents.demand(event, wanted ? interest : undefined, this.#members.all)
  }

  /** Starts checks and the source, where there are any; not before the first call, as a pipeline may still give the clock. */
  #start(): void {
    if (this.#registry.started || this.#tries.closed) return
    this.#registry.started = true
    outside(() => {
      this.#checks?.start()
      this.#sync?.start(() => this.#readiness.check())
    })
  }

  #membersKnown(): boolean {
    if (this.#tries.closed) return true
    return (this.#sync?.answered ?? true) && (this.#checks?.complete ?? true)
  }
}
