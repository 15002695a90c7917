/**
 * The means that need stamps. "MTTR" alone says nothing: one outage has four defensible lengths, so each has its name.
 *
 * Only outages that have the stamps in question enter a mean, and those whose beginning was not seen enter none that
 * begins there.
 */
import type { Milliseconds } from '../../core/duration.ts'
import { mean, type OutagePhases, span } from '../outages/timestamps.ts'

/** Means over the outages that ended in the window; null where no outage has the stamps. */
export interface RepairTimes {
  /** From the start until it served again, without time of neither kind. */
  readonly recovery: Milliseconds | null
  /** From the start of the repair until it served again. */
  readonly repair: Milliseconds | null
  /** From the detection until it served again. */
  readonly respond: Milliseconds | null
  /** From the start until the follow-up was done too. */
  readonly resolve: Milliseconds | null
}

/** The parts of a recovery; where all are known they add up to it. Null where no outage has the stamps. */
export interface PhaseMeans {
  /** Start to detection. */
  readonly detection: Milliseconds | null
  /** Detection to acknowledgement; a part of the diagnosis. */
  readonly acknowledgement: Milliseconds | null
  /** Detection to diagnosis. */
  readonly diagnosis: Milliseconds | null
  /** Diagnosis to the start of the repair. */
  readonly waiting: Milliseconds | null
  /** Start to end of the repair. */
  readonly repair: Milliseconds | null
  /** End of the repair until it served again. */
  readonly recovery: Milliseconds | null
}

/** A closed outage with its stamps, in the tracker's own time. */
export interface ClosedOutage {
  readonly start: number | undefined
  readonly end: number
  readonly net: number
  readonly stamps: OutagePhases<number>
}

export function repairTimes(outages: readonly ClosedOutage[]): RepairTimes {
  const means = (length: (outage: ClosedOutage) => number | undefined): number | null => mean(outages.map(length))
  return {
    recovery: means(({ net }) => net),
    repair: means(({ end, stamps }) => span(stamps.repairStarted, stamps.restored ?? end)),
    respond: means(({ end, stamps }) => span(stamps.detected, stamps.restored ?? end)),
    resolve: means(({ start, stamps }) => span(start, stamps.resolved)),
  }
}

export function phaseMeans(outages: readonly ClosedOutage[]): PhaseMeans {
  const means = (length: (outage: ClosedOutage) => number | undefined): number | null => mean(outages.map(length))
  return {
    detection: means(({ start, stamps }) => span(start, stamps.detected)),
    acknowledgement: means(({ stamps }) => span(stamps.detected, stamps.acknowledged)),
    diagnosis: means(({ stamps }) => span(stamps.detected, stamps.diagnosed)),
    waiting: means(({ stamps }) => span(stamps.diagnosed, stamps.repairStarted)),
    repair: means(({ stamps }) => span(stamps.repairStarted, stamps.repaired)),
    recovery: means(({ end, stamps }) => span(stamps.repaired, stamps.restored ?? end)),
  }
}
