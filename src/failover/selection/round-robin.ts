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
      /** Some candidate was in its slow start when the list was new; one that begins it makes a new list. */
      let cold = false
      const take = (candidates: readonly Candidate[]): void => {
        const last = seen?.[index]?.ordinal
        if (last === undefined) index = Math.floor(random() * candidates.length) - 1
        else index = candidates.findIndex(({ ordinal }) => ordinal > last) - 1
        seen = candidates
        cold = candidates.some(({ warmth }) => warmth !== 1)
      }
      const step = (candidates: readonly Candidate[]): Candidate => {
        if (seen !== candidates) take(candidates)
        index++
        if (index >= candidates.length || index < 0) index = 0
        return candidates[index] as Candidate
      }
      return {
        pick(candidates) {
          let picked = step(candidates)
          if (!cold) return picked
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
