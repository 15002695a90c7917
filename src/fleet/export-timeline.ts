/** Exports the timeline of a component, to be merged with those of other processes. */

import type { Component } from '../availability/components/component.ts'
import { type AnyTracker, stateOf } from '../availability/state/tracked.ts'
import type { TrackerState } from '../availability/state/tracker-state.ts'
import { countUpTo } from '../availability/timeline/steps.ts'
import { resolveOptions, show, text } from '../core/options.ts'
import { type ObservedTimeline, written } from './observed-timeline.ts'

export interface ExportOptions {
  /** The name of this process: unique among the merged timelines, and the same after a restart. */
  readonly observer: string
}

/**
 * The timeline of a component as JSON, in wall time, to be merged with those of other processes.
 *
 * ```ts
 * import { availabilityTracker } from 'holdfast/availability'
 * import { exportTimeline } from 'holdfast/fleet'
 * const tracker = availabilityTracker()
 * tracker.component('stock').up()
 * exportTimeline(tracker, 'stock', { observer: 'web-1' }).format // => 'holdfast.timeline'
 * ```
 *
 * @throws TypeError for a wrong option, and for anything but a tracker.
 */
export function exportTimeline(tracker: AnyTracker, component: string, options: ExportOptions): ObservedTimeline {
  const state = stateOf('exportTimeline', tracker)
  text(component, (expected) => {
    throw new TypeError(`availabilityTracker: component must be ${expected}, got ${show(component)}`)
  })
  state.settle()
  return exported(state, state.known(component), options)
}

/**
 * States as this tracker counts them: without maintenance, if its accounting ignores that. Planned states that lie ahead
 * are left out.
 */
function exported(tracker: TrackerState, component: Component, given: unknown): ObservedTimeline {
  const { observer } = resolveOptions('availabilityTracker', given, { observer: text })
  const { name, requests } = component
  const counted = component.history.timeline
  const { time } = tracker
  const now = tracker.now()
  const length = countUpTo(counted, now)
  const from = length === 0 ? tracker.since : Math.min(tracker.since, counted.timeAt(0))
  const [calls, , first, delivered] = requests.save()
  const heading = {
    component: name,
    observer,
    from: Math.round(time.wall(from)),
    to: Math.round(time.wall(now)),
    requests: calls === 0 ? null : { calls, first, delivered },
  }
  const timeAt = (index: number): number => time.wall(counted.timeAt(index))
  return written(heading, { length, timeAt, codeAt: (index) => counted.codeAt(index) })
}
