/**
 * One after the other.
 *
 * Invariant: the next pick is the first candidate listed behind the last one picked. So the neighbour of a member that is
 * out gets no double share, and a failover goes to the neighbour. O(1) while the candidates stay the same.
 */
import type { Candidate, Selection } from './selection.ts'

/** Takes members in turn, from a random start, so that many clients do not begin with the same one. */
export function roundRobin(): Selection {
  return {
    kind: 'roundRobin',
    start({ random }) {
      let seen: readonly Candidate[] | undefined
      let index = 0
      let last = 0
      return {
        pick(candidates) {
          if (seen === undefined) index = Math.floor(random() * candidates.length)
          else if (seen === candidates) index++
          else index = candidates.findIndex(({ ordinal }) => ordinal > last)
          seen = candidates
          const picked = candidates[index] ?? (candidates[0] as Candidate)
          if (picked === candidates[0]) index = 0
          last = picked.ordinal
          return picked
        },
      }
    },
  }
}
