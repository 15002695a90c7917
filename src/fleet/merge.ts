/**
 * Merges many timelines into one.
 *
 * The merged state is computed from the counts of all observers, and not from states merged before. Availability is never
 * averaged here.
 */

import { Timeline } from '../availability/timeline/timeline.ts'
import { type Check, integer, oneOf, optional, resolveOptions, text } from '../core/options.ts'
import { fleetOf, spanOf } from './fleet-timeline.ts'
import { type AbsentObserver, type MergeMode, mergedStateOf, modeCheck, modeName, tallyOf } from './merged-state.ts'
import { type ObservedTimeline, written } from './observed-timeline.ts'
import { nameOf, type Pieces, requestsIn, requestsOf } from './pieces.ts'
import { countStates } from './state-counts.ts'
import type { TimelineSource } from './timeline-source.ts'
import { Track } from './track.ts'

export interface MergeOptions {
  /** How many must serve. */
  readonly mode: MergeMode
  /** How an observer counts at a time it has no timeline for. Default `'unknown'`. */
  readonly absent?: AbsentObserver
  /**
   * The number of observers there should be; those without any timeline are always absent. An integer >= 0. Default: the
   * number of observers given.
   */
  readonly expected?: number
  /** Component of the merged timeline. Default: the common one, or a list of all. */
  readonly component?: string
  /** Observer of the merged timeline. Default: the mode and all observers, as in `any(web-1, web-2)`. */
  readonly observer?: string
}

export const absentChecks = {
  absent: optional(oneOf('unknown', 'ignore'), 'unknown'),
  expected: optional(integer(0), 0),
}

const atLeastOne: Check<readonly Pieces[]> = (value, fail) =>
  (value as readonly Pieces[]).length === 0 ? fail('at least one timeline') : (value as readonly Pieces[])

/** A fleet with at least one timeline. */
export function nonEmptyFleet(kind: string, timelines: readonly TimelineSource[]): readonly Pieces[] {
  return resolveOptions(kind, { timelines: fleetOf(kind, timelines) }, { timelines: atLeastOne }).timelines
}

/**
 * Merges the timelines of many observers into one, which can be merged and reported on like any other.
 *
 * `'any'` serves if one of them does, `'all'` if every one does; `'majority'` and `{ quorum }` are between these. The
 * result is up, down or unknown by three-valued logic. `requests` are added.
 *
 * ```ts
 * import { availabilityTracker } from 'holdfast/availability'
 * import { exportTimeline, mergeTimelines } from 'holdfast/fleet'
 * const seen = ['web-1', 'web-2'].map((observer) => {
 *   const tracker = availabilityTracker()
 *   tracker.component('stock').up()
 *   return exportTimeline(tracker, 'stock', { observer })
 * })
 * mergeTimelines(seen, { mode: 'all' }).observer // => 'all(web-1, web-2)'
 * ```
 *
 * @throws TypeError for anything but timelines, without a timeline, and for a wrong option.
 */
export function mergeTimelines(timelines: readonly TimelineSource[], options: MergeOptions): ObservedTimeline {
  const kind = 'mergeTimelines'
  const { mode, absent, expected, component, observer } = resolveOptions(kind, options, {
    mode: modeCheck,
    ...absentChecks,
    component: optional(text, undefined),
    observer: optional(text, undefined),
  })
  const fleet = nonEmptyFleet(kind, timelines)
  const [from, to] = spanOf(fleet)
  const names = fleet.map(nameOf)
  const heading = {
    component: component ?? listed(names.map((name) => name.component)),
    observer: observer ?? `${modeName(mode)}(${listed(names.map((name) => name.observer))})`,
    from,
    to,
    requests: requestsOf(fleet.map(requestsIn)),
  }
  return written(heading, merged(tracksOf(fleet), { mode, absent, expected }))
}

export function tracksOf(fleet: readonly Pieces[]): readonly Track[] {
  return fleet.map((pieces) => new Track(pieces))
}

export type Merging = Required<Pick<MergeOptions, 'mode' | 'absent' | 'expected'>>

/** The merged state over all time, with a transition only where it changes. */
export function merged(tracks: readonly Track[], { mode, absent, expected }: Merging): Timeline {
  const timeline = new Timeline()
  const silent = Math.max(0, expected - tracks.length)
  countStates(tracks, silent, (time, counts) => timeline.append(time, mergedStateOf(tallyOf(counts, absent), mode)))
  return timeline
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].join(', ')
}
