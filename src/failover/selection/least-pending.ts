/**
 * Takes the member with the fewest tries under way by weight; among equals by smooth weighted round robin, as Nginx's
 * `least_conn` does.
 *
 * O(n) a pick. Each client sees only its own calls: with many clients, `twoChoices` sends fewer of them to the same member.
 */
import { LoadScore, weightOf } from './load-score.ts'
import type { Candidate, Selection } from './selection.ts'
import { SmoothWeights } from './smooth-weights.ts'
import { smooth } from './weighted.ts'

/** Takes the member with the fewest tries under way by weight; failures count as tries under way. */
export function leastPending(): Selection {
  return {
    kind: 'leastPending',
    start(context) {
      const weights = new SmoothWeights()
      const score = new LoadScore(context)
      let loads = new Float64Array(0)
      let least = 0
      const tied = (_candidate: Candidate, index: number): boolean => (loads[index] as number) <= least
      return {
        pick(candidates, _call, now) {
          if (loads.length < candidates.length) loads = new Float64Array(candidates.length)
          least = Number.POSITIVE_INFINITY
          score.prepare(candidates, now)
          for (let i = 0; i < candidates.length; i++) {
            const candidate = candidates[i] as Candidate
            const load = score.at(i) / (weightOf(candidate) * candidate.warmth)
            loads[i] = load
            if (load < least) least = load
          }
          const index = smooth(candidates, weights.at(candidates), tied)
          score.picked(index)
          return candidates[index] as Candidate
        },
      }
    },
  }
}
