/** The status of a component: read off the sums of its timeline, so it costs two binary searches. */
import type { Milliseconds } from '../../core/duration.ts'
import type { Component } from '../components/component.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { type ComponentState, states } from '../timeline/states.ts'
import { countUpTo } from '../timeline/steps.ts'

export interface ComponentStatus {
  /** As it counts: where maintenance is ignored there is none. */
  readonly state: ComponentState
  /** Since when, in `time`; null where it has never been another. */
  readonly since: Milliseconds | null
  /** The same by the wall clock, as it is set now. */
  readonly sinceAt: Milliseconds | null
  /** Time in each state since the tracking began. An event that is late, or taken back, moves time from one to another. */
  readonly times: Readonly<Record<ComponentState, Milliseconds>>
}

/** @deprecated Use `ComponentStatus`. */
export type Standing = ComponentStatus

export function statusOf(tracker: TrackerState, component: Component, now: number): ComponentStatus {
  const { timeline } = component.history
  const last = countUpTo(timeline, now) - 1
  const tick = last < 0 ? null : timeline.timeAt(last)
  const totals = timeline.totals(tracker.since, now)
  return {
    state: states[timeline.at(now)] as ComponentState,
    since: tick === null ? null : tracker.time.time(tick),
    sinceAt: tick === null ? null : tracker.time.wall(tick),
    times: Object.fromEntries(states.map((state, code) => [state, totals[code]])) as Record<
      ComponentState,
      Milliseconds
    >,
  }
}
