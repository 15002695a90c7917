/** A failover pool that an adapter follows: how it is recognised, and how its changes are observed. */
import { show } from '../core/options.ts'
import type { AnyPolicy, BasePolicy } from '../core/policy.ts'
import { policyOf } from '../core/policy-of.ts'
import type { MemberStatus } from '../failover/members/member-status.ts'

/** A failover pool, whatever the targets of its members are. */
export type AnyPool = AnyPolicy & { readonly members: readonly MemberStatus<unknown>[] }

const changes = ['eject', 'restore', 'admin', 'membersChanged'] as const

/** The policy that a pool is. @throws TypeError where it is no failover pool; `kind` prefixes the message. */
export function poolPolicy(kind: string, pool: unknown): BasePolicy {
  const policy = policyOf(pool)
  if (policy?.kind !== 'failoverPool') throw new TypeError(`${kind}: pool must be a failover pool, got ${show(pool)}`)
  return policy
}

/** Calls `changed` on each event that changes the members of a pool. Returns a function that unsubscribes. */
export function onPoolChange(policy: BasePolicy, changed: () => void): () => void {
  for (const event of changes) policy.events.on(event, changed)
  return () => {
    for (const event of changes) policy.events.off(event, changed)
  }
}
