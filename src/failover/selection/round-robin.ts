/**
 * Takes members in turn.
 *
 * Invariant: the next pick is the first candidate listed after the last one picked. So the neighbour of an ejected member gets
 * no double share, and a failover goes to the neighbour. O(1) while the candidates stay the same.
 */
import type { Candidate, Selection } from './selection.ts'

/** Takes members in turn, from a random start, so that many clients do not all start with the same one. */
export function roundRobin(): Selection {
  return {
    kind: 'roundRobin',
    start({ random }) {
      let seen: readonly Candidate[] | undefined
      let index = 0
      /** Some candidate is in its slow start; when one begins it, the pool makes a new list. */
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
          // A member in its slow start is passed over in proportion to its missing warmth, but none is passed twice.
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
