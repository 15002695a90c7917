/**
 * One timeline out of many.
 *
 * The verdict on the counts comes last, after the union; it is not taken of verdicts. Availability is never averaged here.
 */

import { Timeline } from '../availability/timeline/timeline.ts'
import { type Check, integer, oneOf, optional, resolveOptions, text } from '../core/options.ts'
import { census } from './census.ts'
import { fleetOf, spanOf } from './fleet-timeline.ts'
import { type ObservedTimeline, written } from './observed-timeline.ts'
import { nameOf, type Pieces, requestsIn, requestsOf } from './pieces.ts'
import type { TimelineSource } from './timeline-source.ts'
import { Track } from './track.ts'
import { type AbsentObserver, type MergeMode, modeCheck, modeName, tallyOf, verdictOf } from './verdict.ts'

export interface MergeOptions {
  /** How many must serve. */
  readonly mode: MergeMode
  /** What an observer is at a time of which it says nothing. Default `'unknown'`. */
  readonly absent?: AbsentObserver
  /**
   * How many observers there should be; those nobody has heard of are absent all the time. An integer >= 0. Default: as
   * many as there are.
   */
  readonly expected?: number
  /** Of the merged timeline. Default: that of all, or all there are. */
  readonly component?: string
  /** Of the merged timeline. Default: the mode and all observers, as in `any(web-1, web-2)`. */
  readonly observer?: string
}

export const absentChecks = {
  absent: optional(oneOf('unknown', 'ignore'), 'unknown'),
  expected: optional(integer(0), 0),
}

const atLeastOne: Check<readonly Pieces[]> = (value, fail) =>
  (value as readonly Pieces[]).length === 0 ? fail('at least one timeline') : (value as readonly Pieces[])

/** The fleet, which has somebody in it. */
export function someFleet(kind: string, timelines: readonly TimelineSource[]): readonly Pieces[] {
  return resolveOptions(kind, { timelines: fleetOf(kind, timelines) }, { timelines: atLeastOne }).timelines
}

/**
 * What many observers say together, as one timeline, which can be merged and reported on like any other.
 *
 * `'any'` serves where one of them does, `'all'` where every one does; `'majority'` and `{ quorum }` lie between. Each is
 * up, down or unknown by three-valued logic. `requests` are added.
 *
 * ```ts
 * import { availabilityTracker, mergeTimelines } from 'holdfast/availability'
 * const seen = ['web-1', 'web-2'].map((observer) => {
 *   const tracker = availabilityTracker()
 *   tracker.component('stock').up()
 *   return tracker.exportTimeline('stock', { observer })
 * })
 * mergeTimelines(seen, { mode: 'all' }).observer // => 'all(web-1, web-2)'
 * ```
 *
 * @throws TypeError for what is no timeline, for none at all, and where an option is wrong.
 */
export function mergeTimelines(timelines: readonly TimelineSource[], options: MergeOptions): ObservedTimeline {
  const kind = 'mergeTimelines'
  const { mode, absent, expected, component, observer } = resolveOptions(kind, options, {
    mode: modeCheck,
    ...absentChecks,
    component: optional(text, undefined),
    observer: optional(text, undefined),
  })
  const fleet = someFleet(kind, timelines)
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

/** The verdict over all time: a transition only where it changes. */
export function merged(tracks: readonly Track[], { mode, absent, expected }: Merging): Timeline {
  const timeline = new Timeline()
  const silent = Math.max(0, expected - tracks.length)
  census(tracks, silent, (time, counts) => timeline.append(time, verdictOf(tallyOf(counts, absent), mode)))
  return timeline
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].join(', ')
}
