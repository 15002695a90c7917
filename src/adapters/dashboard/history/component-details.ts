/** The details of one component: its time in days, hours and minutes, its figures and its outages. */
import type { Outage } from '../../../availability/outages/outage.ts'
import { type OutagePhase, phases } from '../../../availability/outages/timestamps.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import type { AvailabilityTracker } from '../../../full-tracker/availability-tracker.ts'
import { roundShare } from '../facts/rounding.ts'
import type { BarSlice, ComponentDetails, OutageDetails } from '../wire/details.ts'
import { barSlice, type DayHistory } from './day-history.ts'

const minute = 60_000
const maxOutages = 50

export function componentDetails(
  tracker: AvailabilityTracker,
  name: string,
  now: Milliseconds,
  days: DayHistory,
): ComponentDetails {
  const lastSlices = (step: Milliseconds, count: number): readonly BarSlice[] => {
    const edges = Array.from({ length: count + 1 }, (_, index) => new Date(now - (count - index) * step))
    return tracker.slices(name, edges).map(barSlice)
  }
  const report = tracker.report({ component: name, window: '90d' })
  const { availability, coverage, downtime, failures, mtbf, mttr, mttd } = report
  return {
    at: Math.round(now),
    name,
    days: days.of(name),
    zone: days.zone,
    hours: lastSlices(60 * minute, 24),
    minutes: lastSlices(minute, 60),
    figures: {
      availability: roundShare(availability),
      coverage: roundShare(coverage),
      downtime,
      failures,
      mtbf,
      mttr: mttr.recovery,
      mttd,
    },
    outages: outagesOf(tracker, name, report.outages.slice(-maxOutages).reverse()),
  }
}

function outagesOf(tracker: AvailabilityTracker, name: string, outages: readonly Outage[]): readonly OutageDetails[] {
  const at = wallTimes(tracker, name, outages.flatMap(instantsOf))
  return outages.map(({ start, end, net, startCensored, reason, phases: stamps }) => ({
    start: at(start),
    end: end === null ? null : at(end),
    net,
    startCensored,
    reason,
    phases: stampsOf(stamps).map(([phase, time]) => [phase, at(time)] as const),
  }))
}

function stampsOf(stamps: Outage['phases']): readonly (readonly [OutagePhase, Milliseconds])[] {
  return phases.flatMap((phase) => (stamps[phase] === null ? [] : [[phase, stamps[phase]] as const]))
}

function instantsOf({ start, end, phases }: Outage): readonly Milliseconds[] {
  return [start, ...(end === null ? [] : [end]), ...stampsOf(phases).map(([, time]) => time)]
}

/**
 * Converts instants of outages to wall time. Only the edges of slices have wall times, so the instants are passed as edges and
 * matched by position: their values may come back with another last digit.
 */
function wallTimes(
  tracker: AvailabilityTracker,
  name: string,
  given: readonly Milliseconds[],
): (time: Milliseconds) => Milliseconds {
  const instants = [...new Set(given)].sort((a, b) => a - b)
  const [first = 0] = instants
  const slices = tracker.slices(name, [first, ...(instants.length > 0 ? instants : [first])])
  const known = new Map(instants.map((instant, index) => [instant, slices[index]?.toAt]))
  return (time) => Math.round(known.get(time) as Milliseconds)
}
