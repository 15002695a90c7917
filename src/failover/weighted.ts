/**
 * Smooth weighted round robin, as in Nginx: each pick adds every weight to its member's current value, takes the highest,
 * and subtracts the sum from it.
 *
 * Invariant: the current values of the candidates sum to 0 after each pick over the same set, so counts are exact over a
 * cycle. O(n) a pick. Values are kept over weight changes: a reset would send every client to the heaviest member.
 */
import type { Candidate, Selection } from './selection.ts'

/** Shares picks by weight, spread as evenly as they go: 5/1/1 gives a a b a c a a. */
export function weighted(): Selection {
  return {
    kind: 'weighted',
    start() {
      const current = new WeakMap<Candidate, number>()
      return {
        pick(candidates) {
          let total = 0
          let best = candidates[0] as Candidate
          let most = Number.NEGATIVE_INFINITY
          for (const candidate of candidates) {
            const weight = candidate.weight === 0 ? 1 : candidate.weight
            const value = (current.get(candidate) ?? 0) + weight
            current.set(candidate, value)
            total += weight
            if (value > most) {
              most = value
              best = candidate
            }
          }
          current.set(best, most - total)
          return best
        },
      }
    },
  }
}
