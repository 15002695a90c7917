/**
 * Draws by weight in O(1), from one random number.
 *
 * Inverse transform with a guide table (H.-C. Chen, Y. Asau, 1974): `#sums[i]` is the sum of the first i + 1 weights, and
 * `#guide[b]` the first i whose sum exceeds b / n of the total; the draw begins there and walks on, one step on average.
 * Unlike Walker's alias method it needs one number, and picks the candidate whose share of [0, 1) contains the number. The
 * number's position within that share is a random number again: `rest`.
 *
 * A draw reads no candidate: among ten thousand each read would be a cache miss.
 */
import type { Random } from '../../core/random.ts'
import type { Candidate } from './selection.ts'

/** The most draws in a row while all drawn candidates are cold. */
const redraws = 16

export class WeightedDraw {
  readonly #random: Random
  readonly #weightOf: (candidate: Candidate) => number
  #list: readonly Candidate[] | undefined = undefined
  #length = 0
  #total = 0
  #sums = new Float64Array(0)
  /** The weights of the list of the last draw, in its order. */
  weights = new Float64Array(0)
  #guide = new Uint32Array(0)
  /** All weights are equal. */
  #even = true
  /** Some candidate is in its slow start; when one begins it, the pool makes a new list. */
  cold = false
  /** Draws in a row that met a cold candidate. */
  #redraws = 0
  /** In [0, 1): a random number that the last draw left over. */
  rest = 0

  /** `weightOf` may return another weight than the configured one; call `rebuild` after it has changed. */
  constructor(random: Random, weightOf: (candidate: Candidate) => number = ({ weight }) => weight) {
    this.#random = random
    this.#weightOf = weightOf
  }

  /** The index of the drawn candidate; one in its slow start is drawn in proportion to its warmth. */
  draw(list: readonly Candidate[]): number {
    if (list !== this.#list) this.#switchTo(list)
    const share = this.#random()
    const last = this.#length - 1
    const position = share * this.#length
    let index = position | 0
    // A random source that returns 1.
    if (index > last) index = last
    if (this.#even) this.rest = position - index
    else {
      const sums = this.#sums
      const at = share * this.#total
      index = this.#guide[index] as number
      while (index < last && (sums[index] as number) <= at) index++
      this.rest = 1 - ((sums[index] as number) - at) / (this.weights[index] as number)
    }
    return this.cold ? this.#orRedraw(list, index) : index
  }

  rebuild(): void {
    this.#list = undefined
  }

  #orRedraw(list: readonly Candidate[], first: number): number {
    const { warmth } = list[first] as Candidate
    if (warmth === 1 || this.#redraws === redraws || this.#random() < warmth) {
      this.#redraws = 0
      return first
    }
    this.#redraws++
    return this.draw(list)
  }

  #switchTo(list: readonly Candidate[]): void {
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
