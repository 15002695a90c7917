/** When ejections are not passed on: where they would leave too few members, as in the pool itself. */
import type { MemberStatus } from '../failover/members/member-status.ts'

/** Whether a member takes calls as far as its health goes; its administrative state is another matter. */
export function isHealthy({ state }: MemberStatus<unknown>): boolean {
  return state !== 'ejected' && state !== 'probing'
}

/** Whether the share of healthy members, among those that are `ready`, is below `threshold`, 0 to 1. */
export function panics(members: readonly MemberStatus<unknown>[], threshold: number): boolean {
  const ready = members.filter(({ admin }) => admin === 'ready')
  return ready.filter(isHealthy).length < threshold * ready.length
}
