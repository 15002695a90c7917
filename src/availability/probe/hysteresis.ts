/**
 * From the results of single checks to a state, by HAProxy's `rise` and `fall`.
 *
 * The states of a check are ordered: up, degraded, down. `fall` results in a row that are worse than the state make it the
 * mildest of them, `rise` better ones the worst of them, in both cases since the first of the row; with two states that is
 * what HAProxy does. The first result of all decides at once, and so does maintenance, which is declared.
 * Invariant: `#row` is the latest results, oldest first, as far as all are on one side of the state, and too few to move it.
 */
import { type Code, MAINTENANCE } from '../timeline/states.ts'

interface CheckOutcome {
  readonly at: number
  readonly code: Code
}

/** Since an instant it is in a state. */
export interface StateChange {
  readonly since: number
  readonly code: Code
}

export class Hysteresis {
  readonly #rise: number
  readonly #fall: number
  #state: Code | undefined = undefined
  #row: CheckOutcome[] = []

  constructor(rise: number, fall: number) {
    this.#rise = rise
    this.#fall = fall
  }

  /** The latest results do not agree with the state. */
  get doubtful(): boolean {
    return this.#row.length > 0
  }

  /** Takes the result of a check that began at `at`: up, degraded, down or maintenance. Gives the new state, if it is one. */
  take(at: number, code: Code): StateChange | undefined {
    const state = this.#state
    if (state === code) {
      this.#row = []
      return undefined
    }
    if (state === undefined || state === MAINTENANCE || code === MAINTENANCE) {
      this.#row = []
      this.#state = code
      return { since: at, code }
    }
    const worse = code > state
    const [first] = this.#row
    const goesOn = first !== undefined && first.code > state === worse
    const row = goesOn ? [...this.#row, { at, code }] : [{ at, code }]
    this.#row = row
    if (row.length < (worse ? this.#fall : this.#rise)) return undefined
    const codes = row.map((result) => result.code)
    const next = worse ? Math.min(...codes) : Math.max(...codes)
    this.#state = next
    // What goes beyond the new state goes on counting.
    this.#row = row.slice(codes.lastIndexOf(next) + 1)
    return { since: (row[0] as CheckOutcome).at, code: next }
  }

  /** Nothing is known any more. */
  forget(): void {
    this.#state = undefined
    this.#row = []
  }
}
