/**
 * What smooth weighted round robin keeps of each candidate, through lists and weights that change.
 *
 * Current values are in the scale of the weights. Were they kept as they are when weights are lowered, who was far ahead by
 * the old scale would be picked for as long as it takes to make that up at the new one: a thousand times in a row. So they
 * are brought to the new scale, by the sum of the weights; who is next stays next.
 */

import { weightOf } from './load-score.ts'
import { PerCandidate } from './per-candidate.ts'
import type { Candidate } from './selection.ts'

/** What is kept of a candidate. */
export interface Turn {
  /** Its current value. */
  current: number
  /** How much of its weight was lost by failures. */
  lost: number
  /** Its weight when its current value was last brought to scale; 0 before that. */
  weight: number
}

export class Turns {
  readonly #turns = new PerCandidate<Turn>(() => ({ current: 0, lost: 0, weight: 0 }))
  #list: readonly Candidate[] | undefined = undefined

  /** Those of the candidates, in their order. Weights change in a new list alone. */
  at(candidates: readonly Candidate[]): readonly Turn[] {
    const turns = this.#turns.at(candidates)
    if (candidates !== this.#list) {
      this.#list = candidates
      rescale(candidates, turns)
    }
    return turns
  }

  of(candidate: Candidate): Turn {
    return this.#turns.of(candidate)
  }
}

function rescale(candidates: readonly Candidate[], turns: readonly Turn[]): void {
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
