/**
 * The load of candidates: their tries under way, plus a penalty for failures.
 *
 * A member that fails at once is never busy, so the number of tries under way alone would send most calls to the worst
 * member. At a reliability of r a call needs 1/r tries on average, so failures count as (1/r - 1) further tries, times the
 * usual number under way plus one, so that the penalty has the same effect under any load.
 *
 * A pool keeps the pending counts in one array; with it a picker reads no candidate that it does not pick. Among ten thousand
 * candidates each read would be a cache miss.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { Candidate, PickerContext } from './selection.ts'

/** How much the latest pick counts in the usual number of pending tries. */
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

  /** Prepares for reading the scores of `list` at `now`. */
  prepare(list: readonly Candidate[], now: Milliseconds): void {
    this.#now = now
    if (list === this.#list) return
    this.#list = list
    this.#underWay = this.#context.underWay?.(list)
  }

  /** Tries under way of the candidate at an index; -1 where it has a penalty. */
  pendingAt(index: number): number {
    if (this.#underWay !== undefined) return this.#underWay[index] as number
    const candidate = this.#list[index] as Candidate
    return candidate.reliability(this.#now) === 1 ? candidate.pending : -1
  }

  /** The score at an index: tries under way, plus the penalty. */
  at(index: number): number {
    const pending = this.pendingAt(index)
    return pending >= 0 ? pending : this.penalisedAt(index)
  }

  /** The same for a candidate that is known to have a penalty. */
  penalisedAt(index: number): number {
    const candidate = this.#list[index] as Candidate
    return candidate.pending + (this.#usual + 1) * (1 / candidate.reliability(this.#now) - 1)
  }

  /** The candidate at an index was picked. */
  picked(index: number): void {
    const pending = this.pendingAt(index)
    this.#usual += alpha * ((pending >= 0 ? pending : (this.#list[index] as Candidate).pending) - this.#usual)
  }
}

/** A list has candidates of weight 0 only if all its weights are 0; then all count the same. */
export function weightOf({ weight }: Candidate): number {
  return weight === 0 ? 1 : weight
}
