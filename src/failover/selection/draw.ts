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
  #guide = new Uint32Array(0)
  /** All weights are equal. */
  #even = true
  /** Some candidate was in its slow start when the list was new; one that begins it makes a new list. */
  #cold = false
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
    const index = this.#drawn()
    return this.#cold ? this.#warm(list, index) : index
  }

  rebuild(): void {
    this.#list = undefined
  }

  #drawn(): number {
    const share = this.#random()
    const last = this.#length - 1
    const place = share * this.#length
    let index = place | 0
    // A source at its edge.
    if (index > last) index = last
    if (this.#even) {
      this.rest = place - index
      return index
    }
    const sums = this.#sums
    const at = share * this.#total
    index = this.#guide[index] as number
    while (index < last && (sums[index] as number) <= at) index++
    const before = index === 0 ? 0 : (sums[index - 1] as number)
    this.rest = (at - before) / ((sums[index] as number) - before)
    return index
  }

  #warm(list: readonly Candidate[], first: number): number {
    let index = first
    for (let draws = 0; draws < redraws; draws++) {
      const { warmth } = list[index] as Candidate
      if (warmth === 1 || this.#random() < warmth) break
      index = this.#drawn()
    }
    return index
  }

  #take(list: readonly Candidate[]): void {
    this.#list = list
    this.#length = list.length
    this.#cold = list.some(({ warmth }) => warmth !== 1)
    const first = this.#weightOf(list[0] as Candidate)
    this.#even = list.every((candidate) => this.#weightOf(candidate) === first)
    if (this.#even) return
    let total = 0
    this.#sums = Float64Array.from(list, (candidate) => (total += this.#weightOf(candidate)))
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
