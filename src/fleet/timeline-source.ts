/** The input of merges and fleet reports. */
import type { ObservedTimeline } from './observed-timeline.ts'

/** Timelines of many observers, before they are merged. Plain JSON; readers ignore unknown fields. */
export interface FleetTimeline {
  readonly format: 'holdfast.fleet'
  readonly version: 1
  /** Sorted by component, observer and time; none is covered by another. */
  readonly timelines: readonly ObservedTimeline[]
}

/** A timeline or a fleet of them, as made here or by `JSON.parse`. */
export type TimelineSource = ObservedTimeline | FleetTimeline
