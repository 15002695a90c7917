/**
 * A failover pool with its members, and the policies that guard them.
 *
 * Members come and go. Invariant: the parts of the guards of those that are in the pool, and no others, are held.
 */
import type { BasePolicy } from '../../../core/policy.ts'
import type { EjectEvent } from '../../../failover/events.ts'
import type { MemberChanges } from '../../../failover/failover-pool.ts'
import type { MemberStatus } from '../../../failover/members/member-status.ts'
import type { Told } from '../facts/fact-store.ts'
import { coarse, steady } from '../facts/rounding.ts'
import type { MemberFact, Within } from '../wire/facts.ts'
import { Ears } from './ears.ts'
import type { Part, Place } from './policy-view.ts'

/** What is used of a pool. */
interface Pool extends BasePolicy {
  readonly members: readonly MemberStatus<unknown>[]
  readonly guards: ReadonlyMap<string, BasePolicy>
  update(name: string, changes: MemberChanges): void
}

/** Holds the parts of a policy. */
export interface Holding {
  hold(policy: BasePolicy, within: Within): Held
}

export interface Held {
  /** Of its outermost breaker. */
  readonly breaker: string | null
  stop(): void
}

interface Member {
  readonly guard: BasePolicy | undefined
  readonly held: Held | undefined
  /** By the wall clock. */
  until: number | null
}

export class PoolPart implements Part {
  readonly source = 'policies'
  readonly place: Place
  readonly #pool: Pool
  readonly #holding: Holding
  readonly #ears: Ears
  readonly #members = new Map<string, Member>()
  readonly #ejections = new Map<string, number>()
  #failovers = 0
  #exhausted = 0

  constructor(place: Place, holding: Holding) {
    this.place = place
    this.#pool = place.policy as Pool
    this.#holding = holding
    this.#ears = new Ears(place.policy)
      .on('failover', () => this.#failovers++)
      .on('exhausted', () => this.#exhausted++)
      .on<EjectEvent>('eject', ({ member }) => {
        this.#ejections.set(member, (this.#ejections.get(member) ?? 0) + 1)
      })
      .on('membersChanged', () => this.#follow())
    this.#follow()
  }

  facts(): readonly Told[] {
    const { id, name, within } = this.place
    const [failovers, exhausted] = [this.#failovers, this.#exhausted]
    this.#follow()
    const members = this.#pool.members.map((status): Told => [this.memberId(status.name), this.#fact(status)])
    return [[id, { kind: 'pool', ...within, name, failovers, exhausted }], ...members]
  }

  memberId(name: string): string {
    return `member:${JSON.stringify([this.place.id, name])}`
  }

  /** The name of the member of an id, and what stands for that very member. */
  memberOf(id: string): readonly [name: string, member: object] | undefined {
    return [...this.#members].find(([name]) => this.memberId(name) === id)
  }

  update(name: string, changes: MemberChanges): void {
    this.#pool.update(name, changes)
  }

  stop(): void {
    this.#ears.stop()
    for (const { held } of this.#members.values()) held?.stop()
    this.#members.clear()
  }

  #fact(status: MemberStatus<unknown>): MemberFact {
    const { name, state, admin, weight, warmth, pending, latency, zone = null, priority } = status
    const member = this.#members.get(name) as Member
    member.until = this.#until(status, member.until)
    return {
      kind: 'member',
      pool: this.place.id,
      name,
      state: admin === 'ready' ? state : admin,
      weight: coarse(weight * warmth) as number,
      pending,
      latency: coarse(latency),
      ejectedUntil: member.until,
      ejections: this.#ejections.get(name) ?? 0,
      zone,
      priority,
      breaker: member.held?.breaker ?? null,
    }
  }

  /** By the wall clock; null where only a check can say. */
  #until({ ejectedUntil }: MemberStatus<unknown>, before: number | null): number | null {
    if (ejectedUntil === undefined || ejectedUntil === Number.POSITIVE_INFINITY) return null
    // A pool that has put somebody out has its clock.
    const { clock } = this.#pool
    const now = clock.now()
    return steady(before, clock.wall(now) + ejectedUntil - now)
  }

  /** Joins who is new, and lets go of who is gone. One that came back under its name is another. */
  #follow(): void {
    const { guards, members } = this.#pool
    const names = new Set(members.map(({ name }) => name))
    for (const [name, { guard, held }] of this.#members) {
      if (names.has(name) && guard === guards.get(name)) continue
      this.#members.delete(name)
      this.#ejections.delete(name)
      held?.stop()
    }
    const { policy } = this.place.within
    for (const name of names) {
      if (this.#members.has(name)) continue
      const guard = guards.get(name)
      const held = guard && this.#holding.hold(guard, { policy, pool: this.place.name, member: name })
      this.#members.set(name, { guard, held, until: null })
    }
  }
}
