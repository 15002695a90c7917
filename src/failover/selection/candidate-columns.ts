/**
 * Numbers that a picker keeps for each candidate, as columns in the order of the list: a pick among ten thousand candidates
 * then costs one cache miss a number rather than several an object.
 *
 * Invariant: row i belongs to `#list[i]`. The row of a candidate that leaves the list is kept until the candidate returns.
 */
import type { Candidate } from './selection.ts'

export class CandidateColumns<Name extends string> {
  readonly #names: readonly Name[]
  readonly #absent = new WeakMap<Candidate, readonly number[]>()
  #list: readonly Candidate[] = []
  #rows = new Map<Candidate, number>()
  #columns: Record<Name, Float64Array>

  /** All numbers start as 0. */
  constructor(...names: readonly Name[]) {
    this.#names = names
    this.#columns = this.#columnsOf(0)
  }

  /** The columns, in the order of `list`. */
  at(list: readonly Candidate[]): Readonly<Record<Name, Float64Array>> {
    if (list !== this.#list) this.#switchTo(list)
    return this.#columns
  }

  /** The row of a candidate; undefined where it is not in the present list. */
  rowOf(candidate: Candidate): number | undefined {
    return this.#rows.get(candidate)
  }

  #switchTo(list: readonly Candidate[]): void {
    for (const [candidate, row] of this.#rows) {
      this.#absent.set(
        candidate,
        this.#names.map((name) => this.#columns[name][row] as number),
      )
    }
    this.#list = list
    this.#rows = new Map(list.map((candidate, row) => [candidate, row]))
    this.#columns = this.#columnsOf(list.length)
    for (const [candidate, row] of this.#rows) {
      const numbers = this.#absent.get(candidate)
      if (numbers === undefined) continue
      for (const [i, name] of this.#names.entries()) this.#columns[name][row] = numbers[i] as number
    }
  }

  #columnsOf(length: number): Record<Name, Float64Array> {
    return Object.fromEntries(this.#names.map((name) => [name, new Float64Array(length)])) as Record<Name, Float64Array>
  }
}
