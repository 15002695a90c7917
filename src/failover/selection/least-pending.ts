/**
 * The member with the least under way, by weight; among equals those of Nginx's `least_conn`, smooth weighted round robin.
 *
 * O(n) a pick. Each client sees only its own calls: among many clients, two-choices herds less.
 */
import { LoadScore, weightOf } from './load-score.ts'
import type { Candidate, Selection } from './selection.ts'
import { Turns } from './smooth-weights.ts'
import { smooth } from './weighted.ts'

/** Takes the member with the fewest tries under way by weight; failures count as tries under way. */
export function leastPending(): Selection {
  return {
    kind: 'leastPending',
    start(context) {
      const turns = new Turns()
      const score = new LoadScore(context)
      let loads = new Float64Array(0)
      let least = 0
      const tied = (_candidate: Candidate, index: number): boolean => (loads[index] as number) <= least
      return {
        pick(candidates, _call, now) {
          if (loads.length < candidates.length) loads = new Float64Array(candidates.length)
          least = Number.POSITIVE_INFINITY
          score.look(candidates, now)
          for (let i = 0; i < candidates.length; i++) {
            const candidate = candidates[i] as Candidate
            const load = score.at(i) / (weightOf(candidate) * candidate.warmth)
            loads[i] = load
            if (load < least) least = load
          }
          const place = smooth(candidates, turns.at(candidates), tied)
          score.see(place)
          return candidates[place] as Candidate
        },
      }
    },
  }
}
