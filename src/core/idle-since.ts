/** Since when several policies have been idle together. */
import type { Milliseconds } from './duration.ts'

interface Idle {
  idleSince(): Milliseconds | undefined
}

/** The latest of their instants; undefined while one of them is busy. */
export function idleSinceOf(policies: Iterable<Idle>): Milliseconds | undefined {
  let latest = Number.NEGATIVE_INFINITY
  for (const policy of policies) {
    const since = policy.idleSince()
    if (since === undefined) return undefined
    latest = Math.max(latest, since)
  }
  return latest
}
