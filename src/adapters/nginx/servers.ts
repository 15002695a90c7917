/**
 * The servers of an upstream, from the members of a pool.
 *
 * An ejected, draining or maintained member is `down`; a member outside the first tier is a `backup`. When too few members are
 * healthy, ejections are ignored, as in the pool itself: Nginx has no panic mode and would answer 502 at once. Tiers are
 * computed among the written members, since Nginx refuses an upstream of backups alone.
 */
import { isHealthy, panics } from '../../reconcile/panic.ts'
import type { UpstreamServer } from './upstream-block.ts'
import type { WrittenMembers } from './written-members.ts'

/** The number of steps of a slow start. Each step is a reload of Nginx. */
const steps = 10

/** Below the share `panic` of healthy members, health is ignored. */
export function serversOf(written: WrittenMembers['written'], panic: number): readonly UpstreamServer[] {
  const members = written.map(({ member }) => member)
  const ignoresHealth = panics(members, panic)
  const first = Math.min(...members.map(({ priority }) => priority))
  return written.map(({ member, address }) => ({
    target: address,
    weight: (member.weight * Math.ceil(steps * member.warmth)) / steps,
    down: member.admin !== 'ready' || !(ignoresHealth || isHealthy(member)),
    backup: member.priority > first,
  }))
}
