/** Time in each state of one component of a tracker, by its name: the component may not exist yet. */
import { type Sums, sumsOf } from '../availability/accounting/sums.ts'
import type { TrackerState } from '../availability/state/tracker-state.ts'

export class ComponentSums {
  readonly #tracker: TrackerState
  readonly #name: string

  constructor(tracker: TrackerState, component: string) {
    this.#tracker = tracker
    this.#name = component
  }

  sums(from: number, to: number, now: number): Sums {
    const { timeline } = this.#tracker.known(this.#name).history
    return sumsOf(timeline, this.#tracker.accounting, from, to, now)
  }
}
