/** An outage as users see it. */
import type { Milliseconds } from '../../core/duration.ts'
import type { TrackerClock } from '../time/tracker-clock.ts'
import { type OutagePhase, type OutageTimestamps, phases } from './timestamps.ts'
import type { TrackedOutage } from './tracked-outage.ts'

/** Instants are in `time`; where the machine slept in between, lengths are longer than their difference. */
export interface Outage {
  readonly component: string
  /** The first instant it is known to have been down. */
  readonly start: Milliseconds
  /** When it was noticed; null if not recorded. */
  readonly detected: Milliseconds | null
  /** The first instant it was not known to be down any more; null while it is open. */
  readonly end: Milliseconds | null
  /** Nothing is known to have served since. */
  readonly open: boolean
  /** Its beginning was not seen, so it is no failure. */
  readonly startCensored: boolean
  /** It is what was left of a maintenance. */
  readonly plannedOverrun: boolean
  /** Time known to be down. */
  readonly net: Milliseconds
  /** From start to end, or to now, whatever lies between. */
  readonly wall: Milliseconds
  /** Time of neither kind (unknown, maintenance) lies inside it. */
  readonly spansUnknown: boolean
  /** It began after this instant: equal to `start` where the beginning was seen; null where it is censored. */
  readonly startedAfter: Milliseconds | null
  /** It ended before this instant: equal to `end` where the end was seen; null while it is open. */
  readonly endedBefore: Milliseconds | null
  /** Stretches of service too short to end it (`mergeGap`) lie inside it. */
  readonly merged: boolean
  /** The timestamps recorded for it; null where there is none. */
  readonly phases: Readonly<Record<OutagePhase, Milliseconds | null>>
  /** Why, where it was said. */
  readonly reason: string | null
}

/** What is said of a component's outages. */
export interface OutageContext {
  readonly name: string
  readonly reasons: ReadonlyMap<number, string>
}

export function outageOf(
  { name, reasons }: OutageContext,
  stamps: Pick<OutageTimestamps, 'of'>,
  outage: TrackedOutage,
  time: TrackerClock,
): Outage {
  const { start, end, open, startCensored, plannedOverrun, lastServed, nextServed, net, bridged, merged } = outage
  const found = stamps.of(start, end)
  const shown = (tick: number | null | undefined): number | null => (tick == null ? null : time.time(tick))
  const named = Object.fromEntries(phases.map((phase) => [phase, shown(found[phase])]))
  return {
    component: name,
    start: time.time(start),
    detected: shown(found.detected),
    end: open ? null : time.time(end),
    open,
    startCensored,
    plannedOverrun,
    net,
    wall: end - start,
    spansUnknown: bridged,
    merged,
    startedAfter: shown(lastServed),
    endedBefore: shown(nextServed),
    phases: named as Record<OutagePhase, Milliseconds | null>,
    reason: reasons.get(start) ?? null,
  }
}
