/**
 * Smooth weighted round robin, as in Nginx: each pick adds every weight to its member's current value, takes the highest,
 * and subtracts the sum from it.
 *
 * Invariant: the current values of the candidates sum to 0 after each pick over the same set, so counts are exact over a
 * cycle. O(n) a pick. Values are kept over weight changes, brought to the new scale (`turns.ts`): a reset would send every
 * client to the heaviest member.
 */
import { integer, optional, resolveOptions } from '../../core/options.ts'
import { weightOf } from './load-score.ts'
import type { Candidate, Selection } from './selection.ts'
import { type Turn, Turns } from './smooth-weights.ts'

export interface WeightedOptions {
  /**
   * Nginx's way back after failures, for `max_fails` of this number: a failure takes `weight / fails` (rounded down) off
   * what counts, each pick gives 1 back. An integer >= 1; use whole weights with it. Default: off.
   */
  readonly ramp?: number
}

/** The member whose turn it is, of those that `among` lets through; the values move on. */
export function smooth(
  candidates: readonly Candidate[],
  turns: readonly Turn[],
  among: (candidate: Candidate, index: number) => boolean = everybody,
): number {
  let total = 0
  let best = -1
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i] as Candidate
    if (!among(candidate, i)) continue
    const turn = turns[i] as Turn
    const weight = weightOf(candidate) * candidate.warmth - turn.lost
    turn.current += weight
    total += weight
    if (turn.lost > 0) turn.lost = Math.max(0, turn.lost - 1)
    if (turn.current > most) {
      most = turn.current
      best = i
    }
  }
  ;(turns[best] as Turn).current -= total
  return best
}

function everybody(): boolean {
  return true
}

/** Shares picks by weight, spread as evenly as they go: 5/1/1 gives a a b a c a a. */
export function weighted(options?: WeightedOptions): Selection {
  const { ramp } = resolveOptions('weighted', options, { ramp: optional(integer(1), undefined) })
  return {
    kind: 'weighted',
    start() {
      const turns = new Turns()
      return {
        pick: (candidates) => candidates[smooth(candidates, turns.at(candidates))] as Candidate,
        settled(candidate, ok) {
          if (ok || ramp === undefined) return
          const turn = turns.of(candidate)
          turn.lost = Math.min(candidate.weight, turn.lost + Math.floor(candidate.weight / ramp))
        },
      }
    },
  }
}
