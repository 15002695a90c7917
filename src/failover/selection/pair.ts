/**
 * Two candidates by chance, and of them the less loaded: the power of two choices (M. Mitzenmacher, 2001).
 *
 * Both are drawn by weight, and a tie goes to the first: so weights hold while nothing is under way, where two draws
 * without that rule would turn them round. Equal weights: two distinct ones by the hole trick, at two random numbers.
 */
import type { Random } from '../../core/random.ts'
import { WeightedDraw } from './draw.ts'
import type { Candidate } from './selection.ts'

/** How often the second is drawn by weight before it is drawn evenly; the heaviest may come again and again. */
const redraws = 4

export class Pair {
  readonly #random: Random
  readonly #draw: WeightedDraw
  readonly #load: (candidate: Candidate, index: number) => number

  /** `load` is told the candidate and its index in the list. */
  constructor(
    random: Random,
    load: (candidate: Candidate, index: number) => number,
    weight?: (candidate: Candidate) => number,
  ) {
    this.#random = random
    this.#load = load
    this.#draw = new WeightedDraw(random, weight)
  }

  /** Weights have changed. */
  reweigh(): void {
    this.#draw.rebuild()
  }

  pick(list: readonly Candidate[]): Candidate {
    const first = this.#draw.drawWarm(list)
    const one = list[first] as Candidate
    if (list.length === 1) return one
    const second = this.#second(list, first)
    const other = list[second] as Candidate
    // One in its slow start is not let in by the back door.
    if (other.warmth < 1 && this.#random() >= other.warmth) return one
    return this.#load(other, second) < this.#load(one, first) ? other : one
  }

  #second(list: readonly Candidate[], first: number): number {
    if (!this.#draw.even(list)) {
      for (let draws = 0; draws < redraws; draws++) {
        const index = this.#draw.draw(list)
        if (index !== first) return index
      }
    }
    const index = Math.min(list.length - 2, Math.floor(this.#random() * (list.length - 1)))
    return index >= first ? index + 1 : index
  }
}
