/**
 * Two candidates by chance, and of them the less loaded: the power of two choices (M. Mitzenmacher, 2001).
 *
 * The first is drawn by weight, the second evenly among the others (by the hole trick), and a tie goes to the first. So
 * weights hold while nothing is under way, where two draws by weight without that rule would turn them round; and under load
 * everybody, light or heavy, is looked at. One random number a pick: what the first draw leaves of it makes the second.
 */
import type { Random } from '../../core/random.ts'
import { WeightedDraw } from './draw.ts'
import { weightOf } from './load-score.ts'
import type { Candidate } from './selection.ts'

/** Whether the candidate at place `j` is to be preferred to that at `i`. */
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

  /** The weight at a place of the list that was picked from last. */
  weightAt(place: number): number {
    return this.#draw.weights[place] as number
  }

  /** The place of the one that is picked. */
  pick(list: readonly Candidate[]): number {
    const first = this.#draw.draw(list)
    const others = list.length - 1
    if (others === 0) return first
    // The hole trick: any place but the first one's.
    let second = (this.#draw.rest * others) | 0
    if (second >= others) second = others - 1
    if (second >= first) second++
    // One in its slow start is not let in by the back door.
    if (this.#draw.cold && this.#random() >= (list[second] as Candidate).warmth) return first
    return this.#lighter(second, first) ? second : first
  }
}
