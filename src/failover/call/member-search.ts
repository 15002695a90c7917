/**
 * Finds the member for the next try of a call: one whose ejection is over, else the selection's choice, else, if no other is
 * left, an ejected one.
 *
 * Asking the selection for a further try costs a walk over the members, so a call that tries thousands of them would cost the
 * square of their number. After `near` tries the remaining members are put into one order, once: a call that so many have
 * failed needs any member that works, not the best.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { Scope } from '../../core/hooks.ts'
import type { HealthStates } from '../health/states.ts'
import type { MemberSet } from '../members/member-set.ts'
import type { PoolMember } from '../members/pool-member.ts'
import { firstDue, isDue, isFree, sooner, soonestFree } from './ejected-members.ts'
import type { MemberPicker } from './member-picker.ts'
import type { RemainingMembers, TriedMembers } from './tried-members.ts'

/** For so many tries of a call the selection is asked. */
const near = 16

/** When calls may probe ejected members. */
export interface ProbeRules {
  /** When the ejection is over: there are no checks that would find out. */
  readonly whenDue: boolean
  /** When the call has no other member left. */
  readonly asLastResort: boolean
}

export class MemberSearch {
  readonly #members: MemberSet
  readonly #states: HealthStates
  readonly #picker: MemberPicker
  readonly #probes: ProbeRules

  constructor(members: MemberSet, states: HealthStates, picker: MemberPicker, probes: ProbeRules) {
    this.#members = members
    this.#states = states
    this.#picker = picker
    this.#probes = probes
  }

  /** The member for a try at `now`; undefined where none is left. */
  find(tried: TriedMembers, scope: Scope, now: Milliseconds): PoolMember | undefined {
    const mayProbe = this.#probes.whenDue && scope.idempotent
    if (tried.size >= near) return this.#further(tried, mayProbe, now)
    const due = mayProbe && this.#members.out.size > 0 ? firstDue(this.#members, now, tried) : undefined
    if (due !== undefined) return this.#probe(due, now)
    const chosen = this.#picker.choose(tried, scope, now)
    if (chosen !== undefined || !this.#probes.asLastResort) return chosen
    const ejected = soonestFree(this.#members, now, tried)
    return ejected && this.#probe(ejected, now)
  }

  /** Whether a member is left for a further try of an idempotent call at `now`, without asking the selection. */
  hasMore(tried: TriedMembers, now: Milliseconds): boolean {
    if (this.#picker.hasMore(tried)) return true
    const { whenDue, asLastResort } = this.#probes
    for (const member of this.#members.out) {
      if (!this.#members.hasWeight(member) || tried.has(member)) continue
      if ((whenDue && isDue(member, now)) || (asLastResort && isFree(member, now))) return true
    }
    return false
  }

  #further(tried: TriedMembers, mayProbe: boolean, now: Milliseconds): PoolMember | undefined {
    for (;;) {
      const found = tried.remaining && this.#next(tried.remaining, tried, mayProbe, now)
      if (found !== undefined) return found
      tried.remaining = this.#remaining(tried, mayProbe, now)
      if (tried.remaining === undefined) return undefined
    }
  }

  /** The next of the remaining members that may be tried at this moment. */
  #next(
    remaining: RemainingMembers,
    tried: TriedMembers,
    mayProbe: boolean,
    now: Milliseconds,
  ): PoolMember | undefined {
    while (remaining.next < remaining.members.length) {
      const member = remaining.members[remaining.next++] as PoolMember
      if (tried.has(member)) continue
      if (this.#members.out.has(member) && this.#members.hasWeight(member)) {
        const may = remaining.lastResort ? isFree(member, now) : mayProbe && isDue(member, now)
        if (may) return this.#probe(member, now)
      }
      if (this.#members.admits(member)) return member
    }
    return undefined
  }

  /** The members left to try, at least one; undefined where none is left. */
  #remaining(tried: TriedMembers, mayProbe: boolean, now: Milliseconds): RemainingMembers | undefined {
    const out = [...this.#members.out].filter((member) => this.#members.hasWeight(member) && !tried.has(member))
    const due = mayProbe ? out.filter((member) => isDue(member, now)) : []
    const members = [...due, ...this.#picker.order(tried)]
    if (members.length > 0) return { members, next: 0, lastResort: false }
    if (!this.#probes.asLastResort) return undefined
    const ejected = out.filter((member) => isFree(member, now)).sort(sooner)
    return ejected.length > 0 ? { members: ejected, next: 0, lastResort: true } : undefined
  }

  /** Lets the call find out whether an ejected member works again. */
  #probe(member: PoolMember, now: Milliseconds): PoolMember {
    this.#states.probe(member, now)
    return member
  }
}
