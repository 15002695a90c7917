/**
 * How busy candidates count: what is under way, and a price for failing.
 *
 * Who fails at once is never busy, so the number of tries under way alone would send most calls to the worst member. A
 * share of failures of (1 - r) costs as many further tries as bring r to one, each as long as a usual one: (1/r - 1) times
 * the usual number under way and one, so that the price holds under any load.
 *
 * A pool keeps these numbers side by side; with them no candidate is read that is not picked, and among ten thousand each
 * would be a miss of the cache.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { Candidate, PickerContext } from './selection.ts'

/** How much the latest pick counts in what is usual. */
const alpha = 0.1

export class LoadScore {
  readonly #context: Pick<PickerContext, 'underWay'>
  #list: readonly Candidate[] = []
  #underWay: Int32Array | undefined = undefined
  #now = 0
  #usual = 0

  constructor(context: Pick<PickerContext, 'underWay'>) {
    this.#context = context
  }

  /** The next questions are about `list` at `now`. */
  look(list: readonly Candidate[], now: Milliseconds): void {
    this.#now = now
    if (list === this.#list) return
    this.#list = list
    this.#underWay = this.#context.underWay?.(list)
  }

  /** Tries under way of the candidate at a place; -1 where its failures have a price. */
  plainAt(place: number): number {
    if (this.#underWay !== undefined) return this.#underWay[place] as number
    const candidate = this.#list[place] as Candidate
    return candidate.reliability(this.#now) === 1 ? candidate.pending : -1
  }

  /** Tries under way of the candidate at a place, and those that its failures stand for. */
  at(place: number): number {
    const plain = this.plainAt(place)
    return plain >= 0 ? plain : this.pricedAt(place)
  }

  /** The same for one of which it is known that they have a price. */
  pricedAt(place: number): number {
    const candidate = this.#list[place] as Candidate
    return candidate.pending + (this.#usual + 1) * (1 / candidate.reliability(this.#now) - 1)
  }

  /** The candidate at a place was picked. */
  see(place: number): void {
    const plain = this.plainAt(place)
    this.#usual += alpha * ((plain >= 0 ? plain : (this.#list[place] as Candidate).pending) - this.#usual)
  }
}

/** Weight 0 stands only where all are 0, and all are equal then. */
export function weightOf({ weight }: Candidate): number {
  return weight === 0 ? 1 : weight
}
