/**
 * Draws two candidates and takes the less loaded: the power of two choices (M. Mitzenmacher, 2001).
 *
 * The first is drawn by weight, the second evenly among the others, and a tie goes to the first. So weights hold while
 * nothing is under way, where two draws by weight without that rule would distort them; and under load all candidates, light
 * or heavy, are considered. A pick takes one random number: what the first draw leaves of it makes the second.
 */
import type { Random } from '../../core/random.ts'
import { WeightedDraw } from './draw.ts'
import { weightOf } from './load-score.ts'
import type { Candidate } from './selection.ts'

/** Whether the candidate at index `j` is preferred to that at `i`. */
export type Lighter = (j: number, i: number) => boolean

export class Pair {
  readonly #random: Random
  readonly #draw: WeightedDraw
  readonly #lighter: Lighter

  constructor(random: Random, lighter: Lighter, weight: (candidate: Candidate) => number = weightOf) {
    this.#random = random
    this.#lighter = lighter
    this.#draw = new WeightedDraw(random, weight)
  }

  /** Weights have changed. */
  reweigh(): void {
    this.#draw.rebuild()
  }

  /** The weight at an index of the list of the last pick. */
  weightAt(index: number): number {
    return this.#draw.weights[index] as number
  }

  /** The index of the candidate that is picked. */
  pick(list: readonly Candidate[]): number {
    const first = this.#draw.draw(list)
    const others = list.length - 1
    if (others === 0) return first
    // Any index but the first one's.
    let second = (this.#draw.rest * others) | 0
    if (second >= others) second = others - 1
    if (second >= first) second++
    // A candidate in its slow start is no more likely to be the second than the first.
    if (this.#draw.cold && this.#random() >= (list[second] as Candidate).warmth) return first
    return this.#lighter(second, first) ? second : first
  }
}
