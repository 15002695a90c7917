/** What can be merged. */
import type { ObservedTimeline } from './observed-timeline.ts'

/** Timelines of many observers, none of them judged yet. Plain JSON; fields it does not know, a reader ignores. */
export interface FleetTimeline {
  readonly format: 'holdfast.fleet'
  readonly version: 1
  /** By component, observer and time, and none that another one outdoes. */
  readonly timelines: readonly ObservedTimeline[]
}

/** A timeline or a fleet of them, as it was made or as it came out of `JSON.parse`. */
export type TimelineSource = ObservedTimeline | FleetTimeline
