/**
 * The state of smooth weighted round robin for each candidate, kept while lists and weights change.
 *
 * Current values are in the scale of the weights. If weights were lowered and current values kept, a candidate that was far
 * ahead in the old scale would be picked until it had made up for that in the new one: perhaps a thousand times in a row. So
 * current values are scaled by the sum of the weights; the candidate that is next stays next.
 */

import { weightOf } from './load-score.ts'
import { PerCandidate } from './per-candidate.ts'
import type { Candidate } from './selection.ts'

export interface SmoothWeight {
  /** Its current value. */
  current: number
  /** How much of its weight it has lost by failures. */
  lost: number
  /** Its weight when its current value was last scaled; 0 before that. */
  weight: number
}

export class SmoothWeights {
  readonly #weights = new PerCandidate<SmoothWeight>(() => ({ current: 0, lost: 0, weight: 0 }))
  #list: readonly Candidate[] | undefined = undefined

  /** The states of the candidates, in their order. Weights change only with a new list. */
  at(candidates: readonly Candidate[]): readonly SmoothWeight[] {
    const turns = this.#weights.at(candidates)
    if (candidates !== this.#list) {
      this.#list = candidates
      rescale(candidates, turns)
    }
    return turns
  }

  of(candidate: Candidate): SmoothWeight {
    return this.#weights.of(candidate)
  }
}

function rescale(candidates: readonly Candidate[], turns: readonly SmoothWeight[]): void {
  let before = 0
  let after = 0
  for (const [i, turn] of turns.entries()) {
    const weight = weightOf(candidates[i] as Candidate)
    const known = turn.weight === 0 ? weight : turn.weight
    before += known
    after += weight
    turn.weight = weight
    turn.lost = Math.floor((turn.lost * weight) / known)
  }
  if (before === after) return
  for (const turn of turns) turn.current *= after / before
}
