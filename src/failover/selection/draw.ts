/**
 * Draws by weight in O(1), from one random number.
 *
 * Inverse transform with a guide table (H.-C. Chen, Y. Asau, 1974): `#sums[i]` is the sum of the first i + 1 weights, and
 * `#guide[b]` the first i whose sum exceeds b / n of the total; the draw begins there and walks on, one step on average.
 * Unlike Walker's alias method it needs one number, and gives the candidate whose share of [0, 1) the number falls in. What
 * is left of the number, its place within that share, is a random number again: `rest`.
 *
 * A draw reads no candidate: among ten thousand each would be a miss of the cache.
 */
import type { Random } from '../../core/random.ts'
import type { Candidate } from './selection.ts'

/** A list of cold candidates only must not be drawn from for ever. */
const redraws = 16

export class WeightedDraw {
  readonly #random: Random
  readonly #weightOf: (candidate: Candidate) => number
  #list: readonly Candidate[] | undefined = undefined
  #length = 0
  #total = 0
  #sums = new Float64Array(0)
  /** The weights of the list that was drawn from last, in its order. */
  weights = new Float64Array(0)
  #guide = new Uint32Array(0)
  /** All weights are equal. */
  #even = true
  /** Some candidate was in its slow start when the list was new; one that begins it makes a new list. */
  cold = false
  /** Draws in a row that met somebody cold. */
  #redraws = 0
  /** In [0, 1): what the last draw left of its random number. */
  rest = 0

  /** `weightOf` may give another weight than the configured one; call `rebuild` when that has changed. */
  constructor(random: Random, weightOf: (candidate: Candidate) => number = ({ weight }) => weight) {
    this.#random = random
    this.#weightOf = weightOf
  }

  /** The index of the candidate that is drawn; one in its slow start only as often as it is warm. */
  draw(list: readonly Candidate[]): number {
    if (list !== this.#list) this.#take(list)
    const share = this.#random()
    const last = this.#length - 1
    const place = share * this.#length
    let index = place | 0
    // A source at its edge.
    if (index > last) index = last
    if (this.#even) this.rest = place - index
    else {
      const sums = this.#sums
      const at = share * this.#total
      index = this.#guide[index] as number
      while (index < last && (sums[index] as number) <= at) index++
      this.rest = 1 - ((sums[index] as number) - at) / (this.weights[index] as number)
    }
    return this.cold ? this.#warm(list, index) : index
  }

  rebuild(): void {
    this.#list = undefined
  }

  #warm(list: readonly Candidate[], first: number): number {
    const { warmth } = list[first] as Candidate
    if (warmth === 1 || this.#redraws === redraws || this.#random() < warmth) {
      this.#redraws = 0
      return first
    }
    this.#redraws++
    return this.draw(list)
  }

  #take(list: readonly Candidate[]): void {
    this.#list = list
    this.#length = list.length
    this.cold = list.some(({ warmth }) => warmth !== 1)
    this.weights = Float64Array.from(list, this.#weightOf)
    const [first] = this.weights
    this.#even = this.weights.every((weight) => weight === first)
    if (this.#even) return
    let total = 0
    this.#sums = this.weights.map((weight) => (total += weight))
    this.#total = total
    this.#guide = guideOf(this.#sums, total)
  }
}

function guideOf(sums: Float64Array, total: number): Uint32Array<ArrayBuffer> {
  const guide = new Uint32Array(sums.length)
  let index = 0
  for (let bucket = 0; bucket < guide.length; bucket++) {
    while (index < sums.length - 1 && (sums[index] as number) <= (bucket / guide.length) * total) index++
    guide[bucket] = index
  }
  return guide
}
