/**
 * The servers of an upstream, from the members of a pool.
 *
 * Who is ejected, drains or is under maintenance is down; who is not in the first tier is a backup. Where too few are in,
 * ejections are ignored, as the pool itself does: Nginx has no panic mode and would answer 502 at once. Tiers are those of the
 * members that are written, for Nginx refuses an upstream of backups alone.
 */
import { isHealthy, panics } from '../../reconcile/panic.ts'
import type { UpstreamServer } from './upstream-block.ts'
import type { WrittenMembers } from './written-members.ts'

/** In how many steps a slow start goes: each is a reload of Nginx. */
const steps = 10

/** `panic`: below this share of members that are in, health is ignored. */
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
