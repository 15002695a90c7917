/** What the user does to members by hand: adds, removes, changes, drains and maintains them, and reports their load. */
import { duration, show } from '../../core/options.ts'
import type { BasePolicy } from '../../core/policy.ts'
import { Alarm } from '../../core/timer.ts'
import type { MemberChanges } from '../failover-pool.ts'
import { resolveReport } from '../load/load-report.ts'
import { resolveChanges } from '../settings.ts'
import type { MemberRegistry, MemberRegistryParts } from './member-registry.ts'
import type { AdminState } from './member-status.ts'
import type { PoolMember } from './pool-member.ts'

export class MemberAdmin {
  readonly #pool: Pick<BasePolicy, 'clock' | 'events'>
  readonly #registry: MemberRegistry
  readonly #parts: Omit<MemberRegistryParts, 'guardEvents'>

  constructor(
    pool: Pick<BasePolicy, 'clock' | 'events'>,
    registry: MemberRegistry,
    parts: Omit<MemberRegistryParts, 'guardEvents'>,
  ) {
    this.#pool = pool
    this.#registry = registry
    this.#parts = parts
  }

  add(given: unknown): string {
    const info = this.#registry.resolve(given)
    this.#registry.join(info)
    this.#registry.announce([info.name], [], [])
    return info.name
  }

  remove(name: string): void {
    this.#registry.leave(name)
    this.#registry.announce([], [name], [])
  }

  update(name: string, given: MemberChanges): void {
    const member = this.#registry.named(name)
    const { admin, ...changes } = resolveChanges(given)
    const { weight = member.weight, zone = member.zone, priority = member.priority } = changes
    if (this.#registry.change(name, { weight, zone, priority })) this.#registry.announce([], [], [name])
    if (admin !== undefined) this.#setAdmin(member, admin)
  }

  drain(name: string, within: unknown): Promise<void> {
    const member = this.#registry.named(name)
    const wait = duration('>= 0', true)(within, (expected) => {
      throw new TypeError(`failoverPool: within must be ${expected}, got ${show(within)}`)
    })
    this.#setAdmin(member, 'drain')
    if (member.pending === 0) return Promise.resolve()
    const { clock } = this.#pool
    return new Promise((resolve) => {
      const late = new Alarm(() => {
        // A try may hang for ever: a waiter that has timed out is not kept for its end.
        member.idleWaiters?.delete(idle)
        resolve()
      })
      const idle = (): void => {
        clock.cancel(late)
        resolve()
      }
      if (wait !== Number.POSITIVE_INFINITY) clock.schedule(late, wait)
      member.idleWaiters ??= new Set()
      member.idleWaiters.add(idle)
    })
  }

  /** Operations call this, so it must not throw: a wrong report is a fault. */
  report(name: string, given: unknown): void {
    const member = this.#registry.get(name)
    try {
      const report = resolveReport('failoverPool: report', given)
      if (member !== undefined) member.load = { ...report, at: this.#pool.clock.now() }
    } catch (error) {
      this.#pool.events.fault('report', error)
    }
  }

  #setAdmin(member: PoolMember, to: AdminState): void {
    const { members, states, checks } = this.#parts
    const { admin: from } = member
    if (from === to) return
    member.admin = to
    members.servingChanged()
    // Before the event: a listener may make the member ready again.
    if (to === 'maintenance') checks?.leave(member)
    const { events } = this.#pool
    if (events.hasListeners('admin')) events.emit('admin', { member: member.name, from, to })
    // A listener may have changed it once more.
    if (member.admin === 'ready') member.releaseIdleWaiters()
    if (to === 'ready' && from === 'drain') states.resume(member)
    if (from !== 'maintenance') return
    const now = this.#pool.clock.now()
    states.forget(member, now)
    checks?.begin(member)
    if (member.healthy && this.#registry.started) states.warm(member, 'maintenance', now)
    checks?.check(member)
  }
}
