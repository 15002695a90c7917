/** How a pool chooses among the members that may be tried. Anyone can implement one. */
import type { Call } from '../core/call.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Random } from '../core/random.ts'

/** A member as a selection sees it: one object for as long as the member is in the pool. */
export interface Candidate {
  readonly name: string
  /** Its place in the order of adding; never given twice. */
  readonly ordinal: number
  readonly target: unknown
  /** >= 0. The pool leaves out members of weight 0 unless all are 0. */
  readonly weight: number
  readonly zone: string | undefined
  /** Lower is preferred, where a selection looks at it. */
  readonly priority: number
  /** Tries under way. */
  readonly pending: number
  /** Mean time of recent successful tries in ms; undefined before the first. */
  readonly latency: Milliseconds | undefined
}

/** The choosing in one pool, with what it remembers from pick to pick. */
export interface Picker {
  /**
   * One of `candidates`, which are never empty and in order of adding. The same array comes again for as long as nothing
   * has changed. An answer that is not among them is a fault, and the first is taken.
   */
  pick(candidates: readonly Candidate[], call: Call): Candidate
}

/** A way to choose. Each pool starts a picker of its own. */
export interface Selection {
  readonly kind: string
  start(context: { readonly random: Random }): Picker
}
