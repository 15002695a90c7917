export type { AvailabilityTracker, ComponentHandle, ReportOptions } from './availability-tracker.ts'
export { type AvailabilityIntervalOptions, availabilityInterval } from './estimate/availability-interval.ts'
export type { Sided } from './estimate/confidence.ts'
export {
  type FailureRatePosterior,
  type FailureRatePosteriorOptions,
  failureRatePosterior,
} from './estimate/failure-rate-posterior.ts'
export { type FailureTrend, type FailureTrendOptions, failureTrend } from './estimate/failure-trend.ts'
export { formatPercent, type PercentOptions } from './estimate/format-percent.ts'
export {
  type MeanInterval,
  type MtbfIntervalOptions,
  type MttrIntervalOptions,
  mtbfInterval,
  mttrInterval,
} from './estimate/mean-interval.ts'
export { countedNines, downtimeBudget, nines } from './estimate/nines.ts'
export type { Bounded as BoundedRatio, RatioBounds } from './estimate/ratio-bounds.ts'
export { type RequestIntervalOptions, requestInterval } from './estimate/request-interval.ts'
export type {
  AvailabilityEvents,
  OutageEvent,
  RecoveryEndEvent,
  RecoveryGiveUpEvent,
  RecoveryStartEvent,
} from './events.ts'
export type { Watching } from './feeds/watch.ts'
export type { ExportOptions } from './fleet/exporting.ts'
export { type FleetReport, type FleetReportOptions, fleetReport, type InstanceReport } from './fleet/fleet-report.ts'
export { fleetTimeline } from './fleet/fleet-timeline.ts'
export { type MergeOptions, mergeTimelines } from './fleet/merge.ts'
export type { ObservedRequests, ObservedTimeline } from './fleet/observed-timeline.ts'
export {
  type ObservedOutage,
  type TimelineReport,
  type TimelineReportOptions,
  timelineReport,
} from './fleet/timeline-report.ts'
export type { FleetTimeline, TimelineSource } from './fleet/timeline-source.ts'
export type { Absent as AbsentObserver, MergeMode } from './fleet/verdict.ts'
export { TimelineVersionError } from './fleet/version-error.ts'
export type { WallWindow, WallWindowOption } from './fleet/wall-window.ts'
export { explainReport } from './format/explain-report.ts'
export { formatReport, type ReportForm } from './format/format-report.ts'
export type { Check as ProbeCheck, Probing } from './monitor/probe.ts'
export type { RecoverOptions, RecoveryAction, RecoveryContext } from './monitor/recover-options.ts'
export type { BurnDownPoint } from './objective/burn-down.ts'
export {
  type BurnThreshold,
  burnFactor,
  burnRate,
  detectionTime,
  maximumBurnRate,
  resetTime,
  timeToExhaustion,
} from './objective/burn-rate.ts'
export {
  type BurnSeverity,
  type BurnTier,
  type BurnTierOptions,
  type BurnTiers,
  burnTiers,
} from './objective/burn-tiers.ts'
export type { ErrorBudget } from './objective/error-budget.ts'
export type {
  ObjectiveIndicator,
  RatioSlicesIndicator,
  RequestSource,
  RequestsIndicator,
  SliceSource,
  SlicesIndicator,
  TimeIndicator,
} from './objective/indicator.ts'
export type {
  BurnEvent,
  Objective,
  ObjectiveReport,
  ReportedIndicator,
  ReportedPeriod,
  TierReport,
} from './objective/objective-report.ts'
export type { ErrorBudgetOption, ObjectiveOptions } from './objective/options.ts'
export type { CalendarPeriod, ObjectivePeriod } from './objective/period.ts'
export type { AvailabilityTrackerOptions, ComponentOptions, ProbeOptions, WatchOptions } from './options.ts'
export type { Note as StoreNote, StoreRecord } from './persistence/records.ts'
export type { AvailabilityStore, Persistence as StoreState, StoredHistory, StoreSnapshot } from './persistence/store.ts'
export { type LostRecords, StoreError } from './persistence/store-error.ts'
export type { Block } from './planner/block.ts'
export { component, type KOfNOptions, kOfN, parallel, replicas, series, soft } from './planner/blocks.ts'
export {
  type ComponentSet,
  type CutSetBounds,
  cutSetBounds,
  cutSets,
  pathSets,
  type SetsOptions,
} from './planner/cut-sets.ts'
export { type Dependence, dependenceIndex } from './planner/dependence.ts'
export { type Importance, importance } from './planner/importance.ts'
export { type Markov, type MarkovOptions, markov } from './planner/markov.ts'
export type { Method as PlanMethod } from './planner/model.ts'
export { type NetworkEdge, type NetworkOptions, network } from './planner/network.ts'
export { type OutageOverlap, type OutageSpan, type OverlapWindow, outageOverlap } from './planner/outage-overlap.ts'
export type { Times as TimeFactors, WhatIf, WhatIfChange } from './planner/outlook.ts'
export type { Measured, Part, Value as AvailabilityOf } from './planner/part.ts'
export { type Repairable, repairable } from './planner/repairable.ts'
export type { RepairableOptions } from './planner/repairable-options.ts'
export type { Shares as AvailabilityShares } from './planner/shares.ts'
export { whatIf } from './planner/what-if.ts'
export type { AvailabilityEvent, Incident, StateDetails, StateEvent } from './record/record.ts'
export type { MaintenanceHours } from './record/recurring.ts'
export type { Instant, Phase as OutagePhase, Phases as OutagePhases } from './record/stamps.ts'
export type { Accounting, AccountingOptions, AccountingPreset } from './report/accounting.ts'
export type { ReportConfidence } from './report/confidence.ts'
export type { Outage } from './report/outage.ts'
export type { PhaseMeans, RepairTimes } from './report/phase-means.ts'
export type {
  Censored,
  ComponentReport,
  OpenOutage,
  OutageLengths,
  Report as AvailabilityReport,
} from './report/report-fields.ts'
export type { RequestsReport } from './report/requests.ts'
export type { TimeSlice } from './report/slices.ts'
export type { Standing } from './report/standing.ts'
export type { Transition as StateTransition } from './report/transitions.ts'
export type { AvailabilitySnapshot } from './snapshot/snapshot.ts'
export type { SystemOptions } from './system/systems.ts'
export type { ClockStep } from './timeline/chronology.ts'
export type { State as ComponentState } from './timeline/states.ts'
export { availabilityTracker } from './tracker.ts'
export { type GoodBad, mcr } from './user-uptime/mcr.ts'
export {
  type UserUptime,
  type UserUptimeOptions,
  type UserUptimeReport,
  userUptime,
} from './user-uptime/user-uptime.ts'
export type { CalendarUnit } from './window/calendar.ts'
export type { ServiceHours } from './window/service-hours.ts'
export type { CalendarOption, ReportWindow, WindowOption } from './window/window.ts'
