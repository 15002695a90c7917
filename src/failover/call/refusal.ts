/**
 * The error of a call for which nothing ran: no member could be tried, or all that were tried refused.
 *
 * It is a rejection whatever the number of members, so that a retry around the pool does not repeat a call that cannot be
 * served, and a breaker around it does not count "your code did not run" as a failure.
 */
import type { Clock } from '../../core/clock.ts'
import { listed, NoMemberError, type RejectedError, stackless } from '../../core/errors.ts'
import type { MemberSet } from '../members/member-set.ts'
import type { TriedMembers } from './tried-members.ts'

const NoMember = stackless(NoMemberError)

/** The members `names` have refused with `errors`; `tried` are those that may not be tried again. */
export function refusalOf(
  policy: string,
  closed: boolean,
  tried: TriedMembers,
  names: readonly string[],
  errors: readonly RejectedError[],
  members: MemberSet,
  clock: Clock,
): NoMemberError {
  const refused = names.length === 0 ? 'no member may be tried' : `all members tried refused (${listed(names)})`
  const retryAfter = closed ? undefined : soonest(tried, errors, members, clock)
  const error = new NoMember(`${policy}: ${closed ? 'the pool is closed' : refused}`, policy, retryAfter)
  return Object.assign(error, { errors, members: names })
}

/** In how many ms the first member may serve again: one that refused, or one whose ejection ends. */
function soonest(
  tried: TriedMembers,
  errors: readonly RejectedError[],
  members: MemberSet,
  clock: Clock,
): number | undefined {
  let at = Number.POSITIVE_INFINITY
  for (const member of members.out) {
    if (members.hasWeight(member) && !tried.has(member)) at = Math.min(at, member.ejectedUntil)
  }
  let wait = Math.max(0, at - clock.now())
  for (const { retryAfter } of errors) wait = Math.min(wait, retryAfter ?? wait)
  return Number.isFinite(wait) ? wait : undefined
}
