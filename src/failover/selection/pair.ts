/**
 * Two candidates by chance, and of them the less loaded: the power of two choices (M. Mitzenmacher, 2001).
 *
 * The first is drawn by weight, the second evenly among the others (by the hole trick), and a tie goes to the first. So
 * weights hold while nothing is under way, where two draws by weight without that rule would turn them round; and under load
 * everybody, light or heavy, is looked at. One random number a pick: what the first draw leaves of it makes the second.
 */
import type { Random } from '../../core/random.ts'
import { WeightedDraw } from './draw.ts'
import type { Candidate } from './selection.ts'

/** Whether `other` is to be preferred; `i` and `j` are the places of the two in the list. */
export type Lighter = (other: Candidate, one: Candidate, j: number, i: number) => boolean

export class Pair {
  readonly #random: Random
  readonly #draw: WeightedDraw
  readonly #lighter: Lighter

  constructor(random: Random, lighter: Lighter, weightOf?: (candidate: Candidate) => number) {
    this.#random = random
    this.#lighter = lighter
    this.#draw = new WeightedDraw(random, weightOf)
  }

  /** Weights have changed. */
  reweigh(): void {
    this.#draw.rebuild()
  }

  pick(list: readonly Candidate[]): Candidate {
    const first = this.#draw.draw(list)
    const one = list[first] as Candidate
    const others = list.length - 1
    if (others === 0) return one
    // The hole trick: any place but the first one's.
    let second = (this.#draw.rest * others) | 0
    if (second >= others) second = others - 1
    if (second >= first) second++
    const other = list[second] as Candidate
    // One in its slow start is not let in by the back door.
    if (other.warmth !== 1 && this.#random() >= other.warmth) return one
    return this.#lighter(other, one, second, first) ? other : one
  }
}
