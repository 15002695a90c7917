/**
 * Draws by weight in O(1), from one random number.
 *
 * Inverse transform with a guide table (H.-C. Chen, Y. Asau, 1974): `#sums[i]` is the sum of the first i + 1 weights, and
 * `#guide[b]` the first i whose sum exceeds b / n of the total; the draw begins there and walks on, one step on average.
 * Unlike Walker's alias method it needs one number, and gives the candidate whose share of [0, 1) the number falls in.
 */
import type { Random } from '../../core/random.ts'
import type { Candidate } from './selection.ts'

export class WeightedDraw {
  readonly #random: Random
  #list: readonly Candidate[] | undefined = undefined
  /** Undefined where all weights are equal. */
  #sums: Float64Array | undefined = undefined
  #guide = new Uint32Array(0)
  #weights: ((candidate: Candidate) => number) | undefined

  /** `weights` gives another weight than the configured one; call `rebuild` when that has changed. */
  constructor(random: Random, weights?: (candidate: Candidate) => number) {
    this.#random = random
    this.#weights = weights
  }

  /** All candidates have the same weight. */
  even(list: readonly Candidate[]): boolean {
    this.#see(list)
    return this.#sums === undefined
  }

  /** The index of the candidate that is drawn. */
  draw(list: readonly Candidate[]): number {
    this.#see(list)
    const share = this.#random()
    const sums = this.#sums
    const last = list.length - 1
    if (sums === undefined) return Math.min(last, Math.floor(share * list.length))
    const at = share * (sums[last] as number)
    let index = this.#guide[Math.min(last, Math.floor(share * list.length))] as number
    while (index < last && (sums[index] as number) <= at) index++
    return index
  }

  /** As `draw`, but a candidate in its slow start is taken only as often as it is warm. */
  drawWarm(list: readonly Candidate[]): number {
    let index = this.draw(list)
    for (let draws = 0; draws < redraws; draws++) {
      const { warmth } = list[index] as Candidate
      if (warmth >= 1 || this.#random() < warmth) break
      index = this.draw(list)
    }
    return index
  }

  rebuild(): void {
    this.#list = undefined
  }

  #see(list: readonly Candidate[]): void {
    if (list === this.#list) return
    this.#list = list
    const weightOf = this.#weights ?? ((candidate: Candidate) => candidate.weight)
    const first = weightOf(list[0] as Candidate)
    if (list.every((candidate) => weightOf(candidate) === first)) {
      this.#sums = undefined
      return
    }
    let total = 0
    this.#sums = Float64Array.from(list, (candidate) => (total += weightOf(candidate)))
    this.#guide = guideOf(this.#sums, total)
  }
}

/** A list of cold candidates only must not be drawn from for ever. */
const redraws = 16

function guideOf(sums: Float64Array, total: number): Uint32Array<ArrayBuffer> {
  const guide = new Uint32Array(sums.length)
  let index = 0
  for (let bucket = 0; bucket < guide.length; bucket++) {
    while (index < sums.length - 1 && (sums[index] as number) <= (bucket / guide.length) * total) index++
    guide[bucket] = index
  }
  return guide
}
