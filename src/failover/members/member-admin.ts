/**
 * Who is in the pool: members come and go, change, drain and are maintained, by the user's hand or the source's.
 *
 * Invariant: a member in the members is listened to, checked and judged; one that has left is not.
 */
import type { Clock } from '../../core/clock.ts'
import { duration, show } from '../../core/options.ts'
import { type BasePolicy, policyOf } from '../../core/policy.ts'
import type { Random } from '../../core/random.ts'
import { Alarm } from '../../core/timer.ts'
import type { MemberChanges } from '../failover-pool.ts'
import type { CheckJudge } from '../health/check-judge.ts'
import type { HealthStates } from '../health/states.ts'
import { resolveReport } from '../load/load-report.ts'
import type { MemberInfo } from '../options.ts'
import { type FailoverSettings, resolveChanges, resolveMember } from '../resolved.ts'
import type { SyncedPool } from '../sources/source-sync.ts'
import type { GuardEvents } from './guard-events.ts'
import type { MemberSet } from './member-set.ts'
import type { AdminState } from './member-status.ts'
import { PoolMember } from './pool-member.ts'

/** The parts of a pool that a member is made known to. */
export interface AdminParts {
  readonly members: MemberSet
  readonly states: HealthStates
  readonly checks: CheckJudge | undefined
  readonly guardEvents: GuardEvents
}

export class MemberAdmin implements SyncedPool {
  readonly #pool: Pick<BasePolicy, 'clock' | 'random' | 'events' | 'knownClock'>
  readonly #rules: Pick<FailoverSettings, 'guard' | 'clock' | 'random' | 'selection'>
  readonly #parts: AdminParts
  #added = 0
  /** The pool is at work: who comes now comes late. */
  started = false

  constructor(
    pool: Pick<BasePolicy, 'clock' | 'random' | 'events' | 'knownClock'>,
    rules: Pick<FailoverSettings, 'guard' | 'clock' | 'random' | 'selection'>,
    parts: AdminParts,
  ) {
    this.#pool = pool
    this.#rules = rules
    this.#parts = parts
  }

  get clock(): Clock {
    return this.#pool.clock
  }

  get random(): Random {
    return this.#pool.random
  }

  resolve(given: unknown): MemberInfo<unknown> {
    return resolveMember(given, this.#added + 1)
  }

  known(name: string): MemberInfo<unknown> | undefined {
    return this.#parts.members.get(name)
  }

  get size(): number {
    return this.#parts.members.size
  }

  join(info: MemberInfo<unknown>, others = this.size > 0): void {
    const { members, states, checks, guardEvents } = this.#parts
    if (members.get(info.name) !== undefined) {
      throw new TypeError(`failoverPool: member name must be unique, got ${show(info.name)}`)
    }
    this.#check(info)
    const member = new PoolMember(info, this.#guard(info), ++this.#added)
    checks?.begin(member)
    members.add(member)
    guardEvents.join(member)
    if (!this.started) return
    if (others && member.healthy) states.warm(member, 'joined', this.clock.now())
    checks?.check(member)
  }

  leave(name: string): void {
    const { members, checks, guardEvents } = this.#parts
    const member = this.#named(name)
    members.remove(member)
    checks?.leave(member)
    guardEvents.leave(member)
  }

  change(name: string, { weight, zone, priority }: Omit<MemberInfo<unknown>, 'name' | 'target'>): boolean {
    const member = this.#named(name)
    if (member.weight === weight && member.zone === zone && member.priority === priority) return false
    this.#check({ name, weight })
    member.weight = weight
    member.zone = zone
    member.priority = priority
    this.#parts.members.membersChanged()
    return true
  }

  announce(added: readonly string[], removed: readonly string[], changed: readonly string[]): void {
    const { events } = this.#pool
    if (events.wants('membersChanged')) events.emit('membersChanged', { added, removed, changed })
  }

  fault(error: unknown): void {
    this.#pool.events.fault('source', error)
  }

  add(given: unknown): string {
    const info = this.resolve(given)
    this.join(info)
    this.announce([info.name], [], [])
    return info.name
  }

  remove(name: string): void {
    this.leave(name)
    this.announce([], [name], [])
  }

  update(name: string, given: MemberChanges): void {
    const member = this.#named(name)
    const { admin, ...changes } = resolveChanges(given)
    const { weight = member.weight, zone = member.zone, priority = member.priority } = changes
    if (this.change(name, { weight, zone, priority })) this.announce([], [], [name])
    if (admin !== undefined) this.#administer(member, admin)
  }

  drain(name: string, within: unknown): Promise<void> {
    const member = this.#named(name)
    const wait = duration('>= 0', true)(within, (expected) => {
      throw new TypeError(`failoverPool: within must be ${expected}, got ${show(within)}`)
    })
    this.#administer(member, 'drain')
    if (member.pending === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const late = new Alarm(() => {
        // A try may hang for ever; who was answered is not kept for its end.
        member.idleWaiters?.delete(idle)
        resolve()
      })
      const idle = (): void => {
        this.clock.cancel(late)
        resolve()
      }
      if (wait !== Number.POSITIVE_INFINITY) this.clock.schedule(late, wait)
      member.idleWaiters ??= new Set()
      member.idleWaiters.add(idle)
    })
  }

  /** Called from inside operations, so nothing may come out of it. */
  report(name: string, given: unknown): void {
    const member = this.#parts.members.get(name)
    try {
      const report = resolveReport('failoverPool: report', given)
      if (member !== undefined) member.load = { ...report, at: this.clock.now() }
    } catch (error) {
      this.#pool.events.fault('report', error)
    }
  }

  #administer(member: PoolMember, to: AdminState): void {
    const { members, states, checks } = this.#parts
    const { admin: from } = member
    if (from === to) return
    member.admin = to
    members.servingChanged()
    // Before anyone is told: a listener may make it ready again.
    if (to === 'maintenance') checks?.leave(member)
    const { events } = this.#pool
    if (events.wants('admin')) events.emit('admin', { member: member.name, from, to })
    // A listener may have sent it elsewhere again.
    if (member.admin === 'ready') member.releaseIdleWaiters()
    if (to === 'ready' && from === 'drain') states.resume(member)
    if (from !== 'maintenance') return
    const now = this.clock.now()
    states.forget(member, now)
    checks?.begin(member)
    if (member.healthy && this.started) states.warm(member, 'maintenance', now)
    checks?.check(member)
  }

  /** Throws where the selection cannot choose among the members with this one in its place. */
  #check(member: Pick<MemberInfo<unknown>, 'name' | 'weight'>): void {
    const { selection } = this.#rules
    if (selection.check === undefined) return
    const others = this.#parts.members.all.filter(({ name }) => name !== member.name)
    selection.check([...others, member])
  }

  #guard(info: MemberInfo<unknown>): BasePolicy | undefined {
    const { guard, clock, random } = this.#rules
    if (guard === undefined) return undefined
    const made = guard(info as MemberInfo<never>)
    const policy = policyOf(made)
    if (policy === undefined) throw new TypeError(`failoverPool: guard must give a policy, got ${show(made)}`)
    policy.adopt({ clock: clock ?? this.#pool.knownClock, random })
    return policy
  }

  #named(name: string): PoolMember {
    const member = this.#parts.members.get(name)
    if (member === undefined) throw new TypeError(`failoverPool: name must be a member's, got ${show(name)}`)
    return member
  }
}
