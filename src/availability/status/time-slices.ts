/**
 * Time cut into slices, for bars and charts: of each its sums and counts, by binary searches, and no report is made.
 *
 * They are what reports on the same windows say. What is still to come of a slice is unknown.
 */
import type { Milliseconds } from '../../core/duration.ts'
import { show } from '../../core/options.ts'
import { ratiosOf, sumsOf } from '../accounting/sums.ts'
import type { Component } from '../components/component.ts'
import type { OutageHistory } from '../outages/history.ts'
import { countedOf, countsOf } from '../report/report.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import type { Instant } from '../time/instant.ts'
import { type ComponentState, OUTSIDE, states, UNKNOWN } from '../timeline/states.ts'
import type { Timeline } from '../timeline/timeline.ts'

/** [from, to) of a component's time. */
export interface TimeSlice {
  /** In `time`. */
  readonly from: Milliseconds
  readonly to: Milliseconds
  /** By the wall clock, as it is set now. */
  readonly fromAt: Milliseconds
  readonly toAt: Milliseconds
  /** Time in each state, as it counts: where maintenance is ignored there is none, and what lies outside service hours is in none. */
  readonly times: Readonly<Record<ComponentState, Milliseconds>>
  /** `operating / (operating + lost)`, by the tracker's accounting; null where nothing was observed. */
  readonly availability: number | null
  /** Uptime, with degraded time in so far as it counts: slices can be added up by it. */
  readonly operating: Milliseconds
  /** Time of the account that was not operating. */
  readonly lost: Milliseconds
  /** Outages whose beginning was seen and lies in [from, to). */
  readonly failures: number
  /** Outages that ended in (from, to]. */
  readonly restorations: number
}

const mostEdges = 10_000

/** Edges as users give them, in the tracker's own time. */
export function edgesOf(tracker: TrackerState, given: unknown): readonly number[] {
  const refuse = (): never => {
    const expected = `a list of 2 to ${mostEdges} instants in order, each a Date or a time`
    throw new TypeError(`availabilityTracker: edges must be ${expected}, got ${show(given)}`)
  }
  if (!Array.isArray(given) || given.length < 2 || given.length > mostEdges) return refuse()
  const edges = given.map((edge: unknown) => {
    if (!Number.isFinite(edge instanceof Date ? edge.getTime() : edge)) return refuse()
    return tracker.time.instant(edge as Instant)
  })
  return edges.every((edge, index) => index === 0 || (edges[index - 1] as number) <= edge) ? edges : refuse()
}

export function slicesOf(
  tracker: TrackerState,
  component: Component,
  edges: readonly number[],
  now: number,
): readonly TimeSlice[] {
  const window = { from: edges[0] as number, to: edges.at(-1) as number, now }
  const history = countedOf(tracker, component, window, tracker.accounting)
  return edges.slice(1).map((to, index) => sliceOf(tracker, history, edges[index] as number, to, now))
}

function sliceOf(
  { time, accounting }: TrackerState,
  history: OutageHistory,
  from: number,
  to: number,
  now: number,
): TimeSlice {
  const { timeline } = history
  const sums = sumsOf(timeline, accounting, from, to, now)
  const { failures, restorations } = countsOf(history, accounting, from, to, now)
  return {
    from: time.time(from),
    to: time.time(to),
    fromAt: time.wall(from),
    toAt: time.wall(to),
    times: timesOf(timeline, from, to, now),
    availability: ratiosOf(sums, to - from).availability,
    operating: sums.operating,
    lost: sums.lost,
    failures,
    restorations,
  }
}

function timesOf(timeline: Timeline, from: number, to: number, now: number): TimeSlice['times'] {
  const lived = timeline.totals(Math.min(from, now), Math.min(to, now))
  const start = Math.max(from, now)
  if (to > start) {
    const shut = timeline.totals(start, to)[OUTSIDE] as number
    lived[UNKNOWN] = (lived[UNKNOWN] as number) + to - start - shut
  }
  return Object.fromEntries(states.map((state, code) => [state, lived[code]])) as TimeSlice['times']
}
