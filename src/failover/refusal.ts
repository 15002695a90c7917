/**
 * The error of a call for which nothing ran: no member might be tried, or all that were tried refused.
 *
 * It is a rejection whatever the number of members, so that a retry outside does not begin on what cannot be served, and a
 * breaker outside does not take "your code did not run" for a failure.
 */
import type { Clock } from '../core/clock.ts'
import { listed, NoMemberError, type RejectedError, stackless } from '../core/errors.ts'
import type { Roster } from './roster.ts'
import type { Tried } from './tried.ts'

const NoMember = stackless(NoMemberError)

/** `errors` are the refusals of the members tried. */
export function refusalOf(
  policy: string,
  closed: boolean,
  tried: Tried,
  errors: readonly RejectedError[],
  roster: Roster,
  clock: Clock,
): NoMemberError {
  const members = tried.names
  const refused = members.length === 0 ? 'no member may be tried' : `all members tried refused (${listed(members)})`
  const retryAfter = closed ? undefined : soonest(tried, errors, roster, clock)
  const error = new NoMember(`${policy}: ${closed ? 'the pool is closed' : refused}`, policy, retryAfter)
  return Object.assign(error, { errors, members })
}

/** When the first of them may serve again: one that refused, or one whose ejection ends. */
function soonest(tried: Tried, errors: readonly RejectedError[], roster: Roster, clock: Clock): number | undefined {
  let at = Number.POSITIVE_INFINITY
  for (const member of roster.out) {
    if (roster.weighs(member) && !tried.has(member)) at = Math.min(at, member.ejectedUntil)
  }
  let wait = Math.max(0, at - clock.now())
  for (const { retryAfter } of errors) wait = Math.min(wait, retryAfter ?? wait)
  return Number.isFinite(wait) ? wait : undefined
}
