/** Single outages: one of them, the state of a walk over them, and a snapshot of some of them. */

import type { StateClass } from '../accounting/accounting.ts'
import type { Code } from '../timeline/states.ts'

/** In the tracker's own time. */
export interface TrackedOutage {
  start: number
  /** Where failing ended; now, where it has not. */
  end: number
  /** Nothing has served since. */
  open: boolean
  /** Its beginning was not seen. */
  startCensored: boolean
  /** It began where a maintenance ended. */
  plannedOverrun: boolean
  /** The latest instant before it at which something is known to have served; null where nothing was. */
  lastServed: number | null
  /** The first instant after it at which something served; null where nothing has. */
  nextServed: number | null
  /** Time failing. */
  net: number
  /** Time of neither kind lies inside. */
  bridged: boolean
  /** Time served lies inside, too short to end it. */
  merged: boolean
  /** Unknown time follows its end. */
  unseen?: boolean
}

/** The state of a walk: what was seen last, and the outage that may go on. */
export interface WalkState {
  readonly time: number
  readonly kind: StateClass
  readonly code: Code
  readonly served: number | null
  readonly last: Readonly<TrackedOutage> | undefined
}

export const nowhere: WalkState = {
  time: Number.NEGATIVE_INFINITY,
  kind: 'out',
  code: -1,
  served: null,
  last: undefined,
}

/** What was counted in a window. */
export interface OutageCounts {
  readonly failures: number
  readonly restorations: number
  /** Time failing in those that ended. */
  readonly restoring: number
}

/** Whether it is a failure. */
export function countOf({ startCensored }: TrackedOutage): number {
  return startCensored ? 0 : 1
}

/** Some outages at one moment. Invariant: in the list all but the last stay as they are. */
export class OutageSnapshot {
  readonly length: number
  readonly #list: readonly TrackedOutage[]
  readonly #first: number
  readonly #last: TrackedOutage | undefined

  constructor(list: readonly TrackedOutage[], first: number, end: number, last: TrackedOutage | undefined) {
    this.#list = list
    this.#first = first
    this.length = end - first
    this.#last = last
  }

  get(index: number): TrackedOutage {
    return (index === this.length - 1 ? this.#last : this.#list[this.#first + index]) as TrackedOutage
  }

  toArray(): TrackedOutage[] {
    return Array.from({ length: this.length }, (_, index) => this.get(index))
  }
}
