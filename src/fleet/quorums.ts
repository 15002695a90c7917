/**
 * Time in each state for every quorum at once, from one to all.
 *
 * At an instant the merged state depends on the quorum in steps: for small quorums it is up, then degraded, then unknown
 * or maintenance, then down. So an instant adds its time to a few ranges of quorums. Only the ends of the ranges are
 * stored, and the sums are made at the end. O(1) an instant, however large the fleet.
 */
import { type Code, DEGRADED, DOWN, MAINTENANCE, states, UNKNOWN, UP } from '../availability/timeline/states.ts'
import type { ObserverTally } from './merged-state.ts'

export class Quorums {
  readonly #size: number
  /** By code: what is added for every quorum above an index. */
  readonly #changes: readonly Float64Array[]

  constructor(size: number) {
    this.#size = size
    this.#changes = states.map(() => new Float64Array(size + 1))
  }

  add({ present, up, serving, unknown, maintenance }: ObserverTally, duration: number): void {
    const size = this.#size
    const range = (code: Code, above: number, upTo: number): void => {
      const changes = this.#changes[code] as Float64Array
      changes[above] = (changes[above] as number) + duration
      changes[upTo] = (changes[upTo] as number) - duration
    }
    const possible = serving + unknown + maintenance
    const planned = Math.max(0, maintenance - unknown)
    range(UP, 0, up)
    range(DEGRADED, up, serving)
    range(UNKNOWN, serving, serving + unknown)
    range(MAINTENANCE, serving + unknown, serving + unknown + planned)
    range(UNKNOWN, serving + unknown + planned, possible)
    range(present === 0 ? UNKNOWN : DOWN, possible, size)
  }

  /** Time by code, for a quorum of one, of two, and so on. */
  totals(): readonly (readonly number[])[] {
    const sums = new Array<number>(states.length).fill(0)
    return Array.from({ length: this.#size }, (_, above) =>
      sums.map((sum, code) => {
        sums[code] = sum + ((this.#changes[code] as Float64Array)[above] as number)
        return sums[code]
      }),
    )
  }
}
