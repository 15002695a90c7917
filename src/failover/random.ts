/** By chance, in proportion to weight. */
import type { Candidate, Selection } from './selection.ts'

/** Draws a member; one of weight 2 twice as often as one of weight 1. O(n) a pick. */
export function random(): Selection {
  return {
    kind: 'random',
    start(context) {
      return {
        pick(candidates) {
          let total = 0
          for (const { weight } of candidates) total += weight
          // Only weights of 0 are left: all are equal.
          if (total === 0) return candidates[Math.floor(context.random() * candidates.length)] as Candidate
          let left = context.random() * total
          for (const candidate of candidates) {
            left -= candidate.weight
            if (left < 0) return candidate
          }
          return candidates[candidates.length - 1] as Candidate
        },
      }
    },
  }
}
