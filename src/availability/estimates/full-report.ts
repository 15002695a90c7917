/** Reports with estimates: how certain their figures are, and whether failures become more frequent. */
import { type FailureTrend, failureTrend } from '../../reliability/intervals/failure-trend.ts'
import type { ReportFacts } from '../report/report-facts.ts'
import type { ComponentFigures } from '../report/report-fields.ts'
import { type ReportOf, type ReportOptions, trackerReport } from '../report/tracker-report.ts'
import { type AnyTracker, stateOf } from '../state/tracked.ts'
import { confidenceOf, type ReportConfidence } from './report-confidence.ts'

export interface ReportEstimates {
  /** How sure MTBF, MTTR and availability are. */
  readonly confidence: ReportConfidence
  /** Whether failures come more often than they did, by operating time. Where they do, an MTBF means nothing. */
  readonly trend: FailureTrend
}

export interface ComponentReport extends ComponentFigures, ReportEstimates {}

/** The report on one component, and those it was chosen from. */
export interface AvailabilityReport extends ComponentReport {
  /** The requested component alone, or all, by name. */
  readonly components: Readonly<Record<string, ComponentReport>>
}

/** Computes the estimates when they are read. */
export function estimatesOf({ total, counts, open, failureTimes }: ReportFacts) {
  return {
    trend: (): FailureTrend => {
      const { failures, until } = failureTimes()
      return failureTrend({ failures, ...(until > 0 && { until }) })
    },
    confidence: (): ReportConfidence => confidenceOf(total, counts, open),
  }
}

/**
 * The report of a tracker with `confidence` and `trend`, which `tracker.report()` of `holdfast/availability/core` leaves out.
 *
 * @throws TypeError where an option is wrong.
 */
export function fullReport(tracker: AnyTracker, options?: ReportOptions): AvailabilityReport {
  const report: ReportOf<ComponentFigures & ReportEstimates> = trackerReport(
    stateOf('fullReport', tracker),
    options,
    estimatesOf,
  )
  return report
}
