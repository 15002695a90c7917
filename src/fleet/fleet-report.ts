/**
 * The availabilities of a fleet, next to each other: each answers one question, and none replaces another.
 *
 * The mean of the instances is about a typical instance, the pooled one about an instance-minute, the merged timeline about
 * a service that needs some of the instances, and the requests about its callers.
 */

import type { Accounting } from '../availability/accounting/accounting.ts'
import { states } from '../availability/timeline/states.ts'
import type { Timeline } from '../availability/timeline/timeline.ts'
import { resolveOptions } from '../core/options.ts'
import { spanOf } from './fleet-timeline.ts'
import { absentChecks, type MergeOptions, merged, nonEmptyFleet, tracksOf } from './merge.ts'
import { type AbsentObserver, type MergeMode, modeCheck, type ObserverTally, tallyOf } from './merged-state.ts'
import type { ObservedRequests } from './observed-timeline.ts'
import { nameOf, requestsIn, requestsOf } from './pieces.ts'
import { Quorums } from './quorums.ts'
import { countStates } from './state-counts.ts'
import {
  availabilityOf,
  known,
  reportChecks,
  reportOf,
  type TimelineReport,
  type TimelineReportOptions,
} from './timeline-report.ts'
import type { TimelineSource } from './timeline-source.ts'
import type { Track } from './track.ts'
import type { WallWindow } from './wall-window.ts'

export interface FleetReportOptions extends TimelineReportOptions, Pick<MergeOptions, 'absent' | 'expected'> {
  /** The mode of `service`. Default `'majority'`. */
  readonly mode?: MergeMode
}

/** The report on one observer. */
export interface InstanceReport extends TimelineReport {
  readonly component: string
  readonly observer: string
  /** Of all its timelines, whatever the window; null if its calls were not counted. */
  readonly requests: ObservedRequests | null
}

/** Ratios are from 0 to 1; null if unknown. */
export interface FleetReport {
  readonly window: WallWindow
  readonly accounting: Accounting
  readonly mode: MergeMode
  readonly absent: AbsentObserver
  /** The mean of the instances' availabilities, with equal weights; instances without one are left out. */
  readonly mean: number | null
  /** Uptime of all / (uptime + downtime) of all: an instance is weighted by the time it was observed. */
  readonly pooled: number | null
  /** Availability if k must serve at once: the first number is for one instance, the last for all. */
  readonly atLeast: readonly (number | null)[]
  /** Calls good in the end / calls, over all instances that counted, and all of their timelines, whatever the window. */
  readonly requestWeighted: number | null
  /** The number of instances that counted their calls. */
  readonly counting: number
  /** The report on the merged timeline. */
  readonly service: TimelineReport
  /** By component and observer. */
  readonly instances: readonly InstanceReport[]
}

/**
 * The availability of a fleet by instance, by instance time, by quorum and by request.
 *
 * @throws TypeError for anything but timelines, without a timeline, and for a wrong option.
 */
export function fleetReport(timelines: readonly TimelineSource[], options?: FleetReportOptions): FleetReport {
  const asked = resolveOptions('fleetReport', options, {
    ...reportChecks,
    ...absentChecks,
    mode: (value, fail) => (value === undefined ? 'majority' : modeCheck(value, fail)),
  })
  const { accounting, absent, mode } = asked
  const fleet = nonEmptyFleet('fleetReport', timelines)
  const window = asked.window(...spanOf(fleet))
  const tracks = tracksOf(fleet)
  const expected = Math.max(asked.expected, tracks.length)
  const lines = tracks.map(known)
  const instances = fleet.map((pieces, index) => ({
    ...nameOf(pieces),
    ...reportOf(lines[index] as Timeline, accounting, window),
    requests: requestsIn(pieces),
  }))
  const requests = requestsOf(instances.map((instance) => instance.requests))
  return {
    window,
    accounting,
    mode,
    absent,
    mean: meanOf(instances),
    pooled: pooledOf(lines, accounting, window),
    atLeast: quorumsOf(tracks, expected, absent, window).map((lengths) => availabilityOf(lengths, accounting)),
    requestWeighted: requests === null || requests.calls === 0 ? null : requests.delivered / requests.calls,
    counting: instances.filter((instance) => instance.requests !== null).length,
    service: reportOf(merged(tracks, { mode, absent, expected }), accounting, window),
    instances,
  }
}

function meanOf(instances: readonly TimelineReport[]): number | null {
  const known = instances.map(({ availability }) => availability).filter((availability) => availability !== null)
  return known.length === 0 ? null : known.reduce((sum, availability) => sum + availability, 0) / known.length
}

function pooledOf(timelines: readonly Timeline[], accounting: Accounting, { fromAt, toAt }: WallWindow): number | null {
  const all = timelines.map((timeline) => timeline.totals(fromAt, toAt))
  const lengths = states.map((_, code) => all.reduce((sum, totals) => sum + (totals[code] as number), 0))
  return availabilityOf(lengths, accounting)
}

/** For each quorum, time in the window by state. */
function quorumsOf(tracks: readonly Track[], expected: number, absent: AbsentObserver, window: WallWindow) {
  const { fromAt, toAt } = window
  const quorums = new Quorums(expected)
  let since = fromAt
  let tally: ObserverTally | undefined
  const pass = (time: number): void => {
    const until = Math.min(Math.max(time, fromAt), toAt)
    if (tally !== undefined && until > since) quorums.add(tally, until - since)
    since = until
  }
  countStates(tracks, expected - tracks.length, (time, counts) => {
    pass(time)
    tally = tallyOf(counts, absent)
  })
  pass(toAt)
  return quorums.totals()
}
