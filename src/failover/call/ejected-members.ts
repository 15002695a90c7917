/** Which ejected members a call may probe, and in which order. */
import type { Milliseconds } from '../../core/duration.ts'
import type { MemberSet } from '../members/member-set.ts'
import type { PoolMember } from '../members/pool-member.ts'
import type { TriedMembers } from './tried-members.ts'

/** How long, in ms, a call that hangs keeps other calls from probing a member that checks have ejected. */
const probeLapse = 5000

/** Whether a call at `now` may probe it: its ejection is over, or the probe before has hung for as long as the ejection was. */
export function isDue(member: PoolMember, now: Milliseconds): boolean {
  if (member.state === 'ejected') return now >= member.ejectedUntil
  const { probeStartedAt, ejectedFor } = member
  return member.state === 'probing' && now > probeStartedAt && now - probeStartedAt >= ejectedFor
}

/** Whether a call at `now` that has no other member left may probe it: no other call does, or that call has hung for long. */
export function isFree({ state, ejectedBy, ejectedFor, probeStartedAt }: PoolMember, now: Milliseconds): boolean {
  return state === 'ejected' || now - probeStartedAt >= (ejectedBy === 'check' ? probeLapse : ejectedFor)
}

/** Orders ejected members by the end of their ejection, and equals as they were added. */
export function sooner(a: PoolMember, b: PoolMember): number {
  return a.ejectedUntil === b.ejectedUntil ? a.ordinal - b.ordinal : a.ejectedUntil - b.ejectedUntil
}

/** The first member that is due and was not tried. */
export function firstDue(members: MemberSet, now: Milliseconds, tried: TriedMembers): PoolMember | undefined {
  for (const member of members.out) {
    if (isDue(member, now) && members.hasWeight(member) && !tried.has(member)) return member
  }
  return undefined
}

/** The free member whose ejection ends soonest, for a call that has no other left. */
export function soonestFree(members: MemberSet, now: Milliseconds, tried: TriedMembers): PoolMember | undefined {
  let best: PoolMember | undefined
  for (const member of members.out) {
    if (!isFree(member, now) || !members.hasWeight(member) || tried.has(member)) continue
    if (best === undefined || sooner(member, best) < 0) best = member
  }
  return best
}
