/**
 * Smooth weighted round robin, as in Nginx: each pick adds every member's weight to its current value, takes the highest, and
 * subtracts the sum of the weights from it.
 *
 * Invariant: the current values of the candidates sum to 0 after each pick over the same set, so counts are exact over a
 * cycle. O(n) a pick. When weights change, current values are scaled (`smooth-weights.ts`): a reset would send every client
 * to the heaviest member.
 */
import { integer, optional, resolveOptions } from '../../core/options.ts'
import { weightOf } from './load-score.ts'
import type { Candidate, Selection } from './selection.ts'
import { type SmoothWeight, SmoothWeights } from './smooth-weights.ts'

export interface WeightedOptions {
  /**
   * How failures lower a weight, as in Nginx with `max_fails` of this number: a failure subtracts `weight / fails` (rounded
   * down), each pick adds 1 again. An integer >= 1; use whole weights with it. Default: off.
   */
  readonly ramp?: number
}

/** The index of the candidate whose turn it is among those that `among` accepts; advances the current values. */
export function smooth(
  candidates: readonly Candidate[],
  weights: readonly SmoothWeight[],
  among: (candidate: Candidate, index: number) => boolean = everyCandidate,
): number {
  let total = 0
  let best = -1
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i] as Candidate
    if (!among(candidate, i)) continue
    const state = weights[i] as SmoothWeight
    const weight = weightOf(candidate) * candidate.warmth - state.lost
    state.current += weight
    total += weight
    if (state.lost > 0) state.lost = Math.max(0, state.lost - 1)
    if (state.current > most) {
      most = state.current
      best = i
    }
  }
  ;(weights[best] as SmoothWeight).current -= total
  return best
}

function everyCandidate(): boolean {
  return true
}

/** Shares picks by weight, spread as evenly as possible: 5/1/1 gives a a b a c a a. */
export function weighted(options?: WeightedOptions): Selection {
  const { ramp } = resolveOptions('weighted', options, { ramp: optional(integer(1), undefined) })
  return {
    kind: 'weighted',
    start() {
      const weights = new SmoothWeights()
      return {
        pick: (candidates) => candidates[smooth(candidates, weights.at(candidates))] as Candidate,
        settled(candidate, ok) {
          if (ok || ramp === undefined) return
          const state = weights.of(candidate)
          state.lost = Math.min(candidate.weight, state.lost + Math.floor(candidate.weight / ramp))
        },
      }
    },
  }
}
