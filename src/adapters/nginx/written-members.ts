/**
 * The members of a pool that Nginx can be given, and why the others cannot.
 *
 * Nginx refuses its configuration as a whole for one server it cannot take: a target that is no address, or a name that does
 * not resolve at that moment. So a member like that is left out, and the rest goes on.
 */
import { show } from '../../core/options.ts'
import type { MemberStatus } from '../../failover/members/member-status.ts'
import { addressCheck, hasName } from './address.ts'

export interface WrittenMembers {
  readonly written: readonly { readonly member: MemberStatus<unknown>; readonly address: string }[]
  /** Why a member is left out, by its name. */
  readonly leftOut: ReadonlyMap<string, unknown>
}

/** `names`: host names are written, too. */
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
  return names || !hasName(address) ? address : refuse('an address, no host name, without names: true')
}
