/**
 * A failover pool with its members, and the policies that guard them.
 *
 * Members come and go. Invariant: the views of the guards of exactly the present members are held.
 */
import type { BasePolicy } from '../../../core/policy.ts'
import { PolicySubscriptions } from '../../../core/policy-subscriptions.ts'
import type { EjectEvent } from '../../../failover/events.ts'
import type { MemberChanges } from '../../../failover/failover-pool.ts'
import type { MemberStatus } from '../../../failover/members/member-status.ts'
import type { FactEntry } from '../facts/fact-store.ts'
import { keepInstant, roundCoarsely } from '../facts/rounding.ts'
import type { FactLocation, MemberFact } from '../wire/facts.ts'
import { BreakerView } from './breaker-view.ts'
import type { PolicyView, ViewContext } from './policy-view.ts'

/** The part of a pool that its view needs. */
interface WatchedPool extends BasePolicy {
  readonly members: readonly MemberStatus<unknown>[]
  readonly guards: ReadonlyMap<string, BasePolicy>
  update(name: string, changes: MemberChanges): void
}

/** Holds the views of the policies in a guard. */
interface GuardViews {
  hold(guard: BasePolicy, location: FactLocation): { readonly views: readonly PolicyView[]; release(): void }
}

interface WatchedMember {
  readonly guard: BasePolicy | undefined
  /** The id of the outermost breaker in its guard. */
  readonly breaker: string | null
  /** Releases the views of its guard. */
  readonly release: () => void
  /** By the wall clock. */
  ejectedUntil: number | null
}

export class PoolView implements PolicyView {
  readonly source = 'policies'
  readonly context: ViewContext
  readonly #pool: WatchedPool
  readonly #guards: GuardViews
  readonly #subscriptions: PolicySubscriptions
  readonly #members = new Map<string, WatchedMember>()
  readonly #ejections = new Map<string, number>()
  #failovers = 0
  #exhausted = 0

  constructor(context: ViewContext, guards: GuardViews) {
    this.context = context
    this.#pool = context.policy as WatchedPool
    this.#guards = guards
    this.#subscriptions = new PolicySubscriptions(context.policy)
      .onOwn('failover', () => this.#failovers++)
      .onOwn('exhausted', () => this.#exhausted++)
      .onOwn<EjectEvent>('eject', ({ member }) => {
        this.#ejections.set(member, (this.#ejections.get(member) ?? 0) + 1)
      })
      .onOwn('membersChanged', () => this.#sync())
    this.#sync()
  }

  facts(): readonly FactEntry[] {
    const { id, name, location } = this.context
    const [failovers, exhausted] = [this.#failovers, this.#exhausted]
    this.#sync()
    const members = this.#pool.members.map((status): FactEntry => [this.#memberId(status.name), this.#fact(status)])
    return [[id, { kind: 'pool', ...location, name, failovers, exhausted }], ...members]
  }

  /** The member with an id. A later member of the same name has another identity. */
  findMember(id: string): { readonly name: string; readonly identity: object } | undefined {
    for (const [name, identity] of this.#members) if (this.#memberId(name) === id) return { name, identity }
    return undefined
  }

  update(name: string, changes: MemberChanges): void {
    this.#pool.update(name, changes)
  }

  stop(): void {
    this.#subscriptions.close()
    for (const { release } of this.#members.values()) release()
    this.#members.clear()
  }

  #memberId(name: string): string {
    return `member:${JSON.stringify([this.context.id, name])}`
  }

  #fact(status: MemberStatus<unknown>): MemberFact {
    const { name, state, admin, weight, warmth, pending, latency, zone = null, priority } = status
    const member = this.#members.get(name) as WatchedMember
    member.ejectedUntil = this.#ejectedUntil(status, member.ejectedUntil)
    return {
      kind: 'member',
      pool: this.context.id,
      name,
      state: admin === 'ready' ? state : admin,
      weight: roundCoarsely(weight * warmth) as number,
      pending,
      latency: roundCoarsely(latency),
      ejectedUntil: member.ejectedUntil,
      ejections: this.#ejections.get(name) ?? 0,
      zone,
      priority,
      breaker: member.breaker,
    }
  }

  /** By the wall clock; null if only a health check can end the ejection. */
  #ejectedUntil({ ejectedUntil }: MemberStatus<unknown>, before: number | null): number | null {
    if (ejectedUntil === undefined || ejectedUntil === Number.POSITIVE_INFINITY) return null
    // A pool that has ejected a member has its clock already, so reading it here does not fix it.
    const { clock } = this.#pool
    const now = clock.now()
    return keepInstant(before, clock.wall(now) + ejectedUntil - now)
  }

  /** Adds new members and removes former ones. A member that returns with another guard counts as new. */
  #sync(): void {
    const { guards, members } = this.#pool
    const names = new Set(members.map(({ name }) => name))
    for (const [name, { guard, release }] of this.#members) {
      if (names.has(name) && guard === guards.get(name)) continue
      this.#members.delete(name)
      this.#ejections.delete(name)
      release()
    }
    for (const name of names) {
      if (!this.#members.has(name)) this.#members.set(name, this.#watched(name, guards.get(name)))
    }
  }

  #watched(name: string, guard: BasePolicy | undefined): WatchedMember {
    if (guard === undefined) return { guard, breaker: null, release: () => {}, ejectedUntil: null }
    const { policy } = this.context.location
    const { views, release } = this.#guards.hold(guard, { policy, pool: this.context.name, member: name })
    const breaker = views.find((view) => view instanceof BreakerView)
    return { guard, breaker: breaker?.context.id ?? null, release, ejectedUntil: null }
  }
}
