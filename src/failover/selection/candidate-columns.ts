/**
 * Numbers a picker keeps of each candidate, in rows of plain memory in the order of the list: a pick among ten thousand then
 * misses the cache once a number, not once an object.
 *
 * Invariant: row i is of `#list[i]`. Rows of candidates that leave the list are put aside, and come back with them.
 */
import type { Candidate } from './selection.ts'

export class CandidateColumns<Name extends string> {
  readonly #names: readonly Name[]
  readonly #aside = new WeakMap<Candidate, readonly number[]>()
  #list: readonly Candidate[] = []
  #places = new Map<Candidate, number>()
  #columns: Record<Name, Float64Array>

  /** Numbers begin as 0. */
  constructor(...names: readonly Name[]) {
    this.#names = names
    this.#columns = this.#made(0)
  }

  /** The columns, in the order of `list`. */
  at(list: readonly Candidate[]): Readonly<Record<Name, Float64Array>> {
    if (list !== this.#list) this.#take(list)
    return this.#columns
  }

  /** The row of a candidate in the present list; undefined where it is not in it. */
  placeOf(candidate: Candidate): number | undefined {
    return this.#places.get(candidate)
  }

  #take(list: readonly Candidate[]): void {
    for (const [candidate, place] of this.#places) {
      this.#aside.set(
        candidate,
        this.#names.map((name) => this.#columns[name][place] as number),
      )
    }
    this.#list = list
    this.#places = new Map(list.map((candidate, place) => [candidate, place]))
    this.#columns = this.#made(list.length)
    for (const [candidate, place] of this.#places) {
      const row = this.#aside.get(candidate)
      if (row === undefined) continue
      for (const [i, name] of this.#names.entries()) this.#columns[name][place] = row[i] as number
    }
  }

  #made(length: number): Record<Name, Float64Array> {
    return Object.fromEntries(this.#names.map((name) => [name, new Float64Array(length)])) as Record<Name, Float64Array>
  }
}
