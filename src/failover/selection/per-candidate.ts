/**
 * A picker's own state for each candidate.
 *
 * Invariant: `#states[i]` is the state of `#list[i]`. A pick reads an array; only another list costs a walk. A candidate keeps
 * its state while it is missing from lists; the state is collected with the candidate.
 */
import type { Candidate } from './selection.ts'

export class PerCandidate<State> {
  readonly #make: (candidate: Candidate) => State
  readonly #known = new WeakMap<Candidate, State>()
  #list: readonly Candidate[] | undefined = undefined
  #states: readonly State[] = []

  constructor(make: (candidate: Candidate) => State) {
    this.#make = make
  }

  /** The states of the candidates of `list`, in its order. */
  at(list: readonly Candidate[]): readonly State[] {
    if (list !== this.#list) {
      this.#states = list.map((candidate) => this.of(candidate))
      this.#list = list
    }
    return this.#states
  }

  of(candidate: Candidate): State {
    let state = this.#known.get(candidate)
    if (state === undefined) {
      state = this.#make(candidate)
      this.#known.set(candidate, state)
    }
    return state
  }
}
