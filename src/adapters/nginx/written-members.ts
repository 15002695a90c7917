/**
 * Splits the members of a pool into those that can be written for Nginx, and those that cannot, with the reason.
 *
 * Nginx refuses its whole configuration for one server it cannot accept: a target that is not an address, or a name that does
 * not resolve at that moment. So such a member is left out, and the others are written.
 */
import { show } from '../../core/options.ts'
import type { MemberStatus } from '../../failover/members/member-status.ts'
import { addressCheck, hasName } from './address.ts'

export interface WrittenMembers {
  readonly written: readonly { readonly member: MemberStatus<unknown>; readonly address: string }[]
  /** The errors of the members that are left out, by member name. */
  readonly leftOut: ReadonlyMap<string, unknown>
}

/** With `names`, members with host names are written. */
export function writtenMembers(
  members: readonly MemberStatus<unknown>[],
  targetOf: (member: MemberStatus<unknown>) => unknown,
  names: boolean,
): WrittenMembers {
  const leftOut = new Map<string, unknown>()
  const written = members.flatMap((member) => {
    try {
      return [{ member, address: addressOf(member, targetOf(member), names) }]
    } catch (error) {
      leftOut.set(member.name, error)
      return []
    }
  })
  return { written, leftOut }
}

function addressOf({ name }: MemberStatus<unknown>, target: unknown, names: boolean): string {
  const refuse = (expected: string): never => {
    throw new TypeError(`upstreamFile: member ${name} is left out: target must be ${expected}, got ${show(target)}`)
  }
  const address = addressCheck(target, refuse)
  return names || !hasName(address) ? address : refuse('an address, not a host name (or set names: true)')
}
