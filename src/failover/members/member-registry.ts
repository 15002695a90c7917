/**
 * Adds, removes and changes members, for the user and for a source alike.
 *
 * Invariant: the events of a member in the pool are relayed, and it is checked and judged; a removed member is not.
 */
import type { Clock } from '../../core/clock.ts'
import { show } from '../../core/options.ts'
import type { BasePolicy } from '../../core/policy.ts'
import { policyOf } from '../../core/policy-of.ts'
import type { CheckJudge } from '../health/check-judge.ts'
import type { HealthStates } from '../health/states.ts'
import type { MemberInfo } from '../options.ts'
import { type FailoverSettings, resolveMember } from '../settings.ts'
import type { GuardEvents } from './guard-events.ts'
import type { MemberSet } from './member-set.ts'
import { PoolMember } from './pool-member.ts'

/** The parts of a pool that take notice of a new or removed member. */
export interface MemberRegistryParts {
  readonly members: MemberSet
  readonly states: HealthStates
  readonly checks: CheckJudge | undefined
  readonly guardEvents: GuardEvents
}

export class MemberRegistry {
  readonly #pool: Pick<BasePolicy, 'clock' | 'events' | 'knownClock'>
  readonly #settings: Pick<FailoverSettings, 'guard' | 'clock' | 'random' | 'selection'>
  readonly #parts: MemberRegistryParts
  #added = 0
  /** The pool has started, so a member that joins now may begin slowly. */
  started = false

  constructor(
    pool: Pick<BasePolicy, 'clock' | 'events' | 'knownClock'>,
    settings: Pick<FailoverSettings, 'guard' | 'clock' | 'random' | 'selection'>,
    parts: MemberRegistryParts,
  ) {
    this.#pool = pool
    this.#settings = settings
    this.#parts = parts
  }

  get clock(): Clock {
    return this.#pool.clock
  }

  get size(): number {
    return this.#parts.members.size
  }

  get(name: string): PoolMember | undefined {
    return this.#parts.members.get(name)
  }

  /** @throws TypeError where no member has that name. */
  named(name: string): PoolMember {
    const member = this.get(name)
    if (member === undefined) throw new TypeError(`failoverPool: name must be a member's, got ${show(name)}`)
    return member
  }

  /** The settings of a member as given. @throws TypeError where they are wrong. */
  resolve(given: unknown): MemberInfo<unknown> {
    return resolveMember(given, this.#added + 1)
  }

  /** Adds a member. `others`: whether the pool has members that did not come with it; only then it may begin slowly. */
  join(info: MemberInfo<unknown>, others = this.size > 0): PoolMember {
    const { members, states, checks, guardEvents } = this.#parts
    if (members.get(info.name) !== undefined) {
      throw new TypeError(`failoverPool: member name must be unique, got ${show(info.name)}`)
    }
    this.#checkSelection(info)
    const member = new PoolMember(info, this.#guard(info), ++this.#added)
    checks?.begin(member)
    members.add(member)
    guardEvents.join(member)
    if (!this.started) return member
    if (others && member.healthy) states.warm(member, 'joined', this.clock.now())
    checks?.check(member)
    return member
  }

  leave(name: string): void {
    const { members, checks, guardEvents } = this.#parts
    const member = this.named(name)
    members.remove(member)
    checks?.leave(member)
    guardEvents.leave(member)
  }

  /** Returns whether any of the settings is another one now. */
  change(name: string, { weight, zone, priority }: Omit<MemberInfo<unknown>, 'name' | 'target'>): boolean {
    const member = this.named(name)
    if (member.weight === weight && member.zone === zone && member.priority === priority) return false
    this.#checkSelection({ name, weight })
    member.weight = weight
    member.zone = zone
    member.priority = priority
    this.#parts.members.membersChanged()
    return true
  }

  announce(added: readonly string[], removed: readonly string[], changed: readonly string[]): void {
    const { events } = this.#pool
    if (events.hasListeners('membersChanged')) events.emit('membersChanged', { added, removed, changed })
  }

  /** Throws where the selection cannot choose among the members with this one added or replaced. */
  #checkSelection(member: Pick<MemberInfo<unknown>, 'name' | 'weight'>): void {
    const { selection } = this.#settings
    if (selection.check === undefined) return
    const others = this.#parts.members.all.filter(({ name }) => name !== member.name)
    selection.check([...others, member])
  }

  #guard(info: MemberInfo<unknown>): BasePolicy | undefined {
    const { guard, clock, random } = this.#settings
    if (guard === undefined) return undefined
    const made = guard(info as MemberInfo<never>)
    const policy = policyOf(made)
    if (policy === undefined) throw new TypeError(`failoverPool: guard must give a policy, got ${show(made)}`)
    policy.adopt({ clock: clock ?? this.#pool.knownClock, random })
    return policy
  }
}
