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
      const step = (candidates: readonly Candidate[]): Candidate => {
        if (seen === candidates) index++
        else if (seen === undefined) index = Math.floor(random() * candidates.length)
        else index = candidates.findIndex(({ ordinal }) => ordinal > last)
        seen = candidates
        if (index >= candidates.length || index < 0) index = 0
        const picked = candidates[index] as Candidate
        last = picked.ordinal
        return picked
      }
      return {
        pick(candidates) {
          let picked = step(candidates)
          // A member in its slow start is passed over as often as it is cold, but nobody is passed twice.
          for (let passed = 1; picked.warmth < 1 && passed < candidates.length; passed++) {
            if (random() < picked.warmth) break
            picked = step(candidates)
          }
          return picked
        },
      }
    },
  }
}
