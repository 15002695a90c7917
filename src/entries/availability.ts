/** `holdfast/availability`: the module itself and, for one version, everything that moved from it into other modules. */
export * from '../availability/index.ts'
export {
  /** @deprecated Import it from `holdfast/fleet`. */
  type AbsentObserver,
  /** @deprecated Import it from `holdfast/fleet`. */
  type ExportOptions,
  /** @deprecated Import it from `holdfast/fleet`. */
  type FleetReport,
  /** @deprecated Import it from `holdfast/fleet`. */
  type FleetReportOptions,
  /** @deprecated Import it from `holdfast/fleet`. */
  type FleetTimeline,
  /** @deprecated Import it from `holdfast/fleet`. */
  fleetReport,
  /** @deprecated Import it from `holdfast/fleet`. */
  fleetTimeline,
  /** @deprecated Import it from `holdfast/fleet`. */
  type InstanceReport,
  /** @deprecated Import it from `holdfast/fleet`. */
  type MergeMode,
  /** @deprecated Import it from `holdfast/fleet`. */
  type MergeOptions,
  /** @deprecated Import it from `holdfast/fleet`. */
  mergeTimelines,
  /** @deprecated Import it from `holdfast/fleet`. */
  type ObservedOutage,
  /** @deprecated Import it from `holdfast/fleet`. */
  type ObservedRequests,
  /** @deprecated Import it from `holdfast/fleet`. */
  type ObservedTimeline,
  /** @deprecated Import it from `holdfast/fleet`. */
  type TimelineReport,
  /** @deprecated Import it from `holdfast/fleet`. */
  type TimelineReportOptions,
  /** @deprecated Import it from `holdfast/fleet`. */
  type TimelineSource,
  /** @deprecated Import it from `holdfast/fleet`. */
  TimelineVersionError,
  /** @deprecated Import it from `holdfast/fleet`. */
  timelineReport,
  /** @deprecated Import it from `holdfast/fleet`. */
  type WallWindow,
  /** @deprecated Import it from `holdfast/fleet`. */
  type WallWindowOption,
} from '../fleet/index.ts'
export {
  /** @deprecated Import it from `holdfast/objectives`. */
  type BurnDownPoint,
  /** @deprecated Import it from `holdfast/objectives`. */
  type BurnEvent,
  /** @deprecated Import it from `holdfast/objectives`. */
  type BurnSeverity,
  /** @deprecated Import it from `holdfast/objectives`. */
  type BurnThreshold,
  /** @deprecated Import it from `holdfast/objectives`. */
  type BurnTier,
  /** @deprecated Import it from `holdfast/objectives`. */
  type BurnTierOptions,
  /** @deprecated Import it from `holdfast/objectives`. */
  type BurnTiers,
  /** @deprecated Import it from `holdfast/objectives`. */
  burnFactor,
  /** @deprecated Import it from `holdfast/objectives`. */
  burnRate,
  /** @deprecated Import it from `holdfast/objectives`. */
  burnTiers,
  /** @deprecated Import it from `holdfast/objectives`. */
  type CalendarPeriod,
  /** @deprecated Import it from `holdfast/objectives`. */
  detectionTime,
  /** @deprecated Import it from `holdfast/objectives`. */
  type ErrorBudget,
  /** @deprecated Import it from `holdfast/objectives`. */
  type ErrorBudgetOption,
  /** @deprecated Import it from `holdfast/objectives`. */
  maximumBurnRate,
  /** @deprecated Import it from `holdfast/objectives`. */
  type Objective,
  /** @deprecated Import it from `holdfast/objectives`. */
  type ObjectiveIndicator,
  /** @deprecated Import it from `holdfast/objectives`. */
  type ObjectiveOptions,
  /** @deprecated Import it from `holdfast/objectives`. */
  type ObjectivePeriod,
  /** @deprecated Import it from `holdfast/objectives`. */
  type ObjectiveReport,
  /** @deprecated Import it from `holdfast/objectives`. */
  type RatioSlicesIndicator,
  /** @deprecated Import it from `holdfast/objectives`. */
  type ReportedIndicator,
  /** @deprecated Import it from `holdfast/objectives`. */
  type ReportedPeriod,
  /** @deprecated Import it from `holdfast/objectives`. */
  type RequestSource,
  /** @deprecated Import it from `holdfast/objectives`. */
  type RequestsIndicator,
  /** @deprecated Import it from `holdfast/objectives`. */
  resetTime,
  /** @deprecated Import it from `holdfast/objectives`. */
  type SliceSource,
  /** @deprecated Import it from `holdfast/objectives`. */
  type SlicesIndicator,
  /** @deprecated Import it from `holdfast/objectives`. */
  type TierReport,
  /** @deprecated Import it from `holdfast/objectives`. */
  type TimeIndicator,
  /** @deprecated Import it from `holdfast/objectives`. */
  timeToExhaustion,
} from '../objectives/index.ts'
export {
  /** @deprecated Import it from `holdfast/reliability`. */
  type AvailabilityIntervalOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  type AvailabilityOf,
  /** @deprecated Import it from `holdfast/reliability`. */
  type AvailabilityShares,
  /** @deprecated Import it from `holdfast/reliability`. */
  availabilityInterval,
  /** @deprecated Import it from `holdfast/reliability`. */
  type Block,
  /** @deprecated Import it from `holdfast/reliability`. */
  type BoundedRatio,
  /** @deprecated Import it from `holdfast/reliability`. */
  type ComponentSet,
  /** @deprecated Import it from `holdfast/reliability`. */
  type CutSetBounds,
  /** @deprecated Import it from `holdfast/reliability`. */
  component,
  /** @deprecated Import it from `holdfast/reliability`. */
  countedNines,
  /** @deprecated Import it from `holdfast/reliability`. */
  cutSetBounds,
  /** @deprecated Import it from `holdfast/reliability`. */
  cutSets,
  /** @deprecated Import it from `holdfast/reliability`. */
  type Dependence,
  /** @deprecated Import it from `holdfast/reliability`. */
  dependenceIndex,
  /** @deprecated Import it from `holdfast/reliability`. */
  downtimeBudget,
  /** @deprecated Import it from `holdfast/reliability`. */
  type FailureRatePosterior,
  /** @deprecated Import it from `holdfast/reliability`. */
  type FailureRatePosteriorOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  type FailureTrend,
  /** @deprecated Import it from `holdfast/reliability`. */
  type FailureTrendOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  failureRatePosterior,
  /** @deprecated Import it from `holdfast/reliability`. */
  failureTrend,
  /** @deprecated Import it from `holdfast/reliability`. */
  formatPercent,
  /** @deprecated Import it from `holdfast/reliability`. */
  type Importance,
  /** @deprecated Import it from `holdfast/reliability`. */
  importance,
  /** @deprecated Import it from `holdfast/reliability`. */
  type KOfNOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  kOfN,
  /** @deprecated Import it from `holdfast/reliability`. */
  type Markov,
  /** @deprecated Import it from `holdfast/reliability`. */
  type MarkovOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  type MeanInterval,
  /** @deprecated Import it from `holdfast/reliability`. */
  type Measured,
  /** @deprecated Import it from `holdfast/reliability`. */
  type MtbfIntervalOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  type MttrIntervalOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  markov,
  /** @deprecated Import it from `holdfast/reliability`. */
  mtbfInterval,
  /** @deprecated Import it from `holdfast/reliability`. */
  mttrInterval,
  /** @deprecated Import it from `holdfast/reliability`. */
  type NetworkEdge,
  /** @deprecated Import it from `holdfast/reliability`. */
  type NetworkOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  network,
  /** @deprecated Import it from `holdfast/reliability`. */
  nines,
  /** @deprecated Import it from `holdfast/reliability`. */
  type OutageOverlap,
  /** @deprecated Import it from `holdfast/reliability`. */
  type OutageSpan,
  /** @deprecated Import it from `holdfast/reliability`. */
  type OverlapWindow,
  /** @deprecated Import it from `holdfast/reliability`. */
  outageOverlap,
  /** @deprecated Import it from `holdfast/reliability`. */
  type Part,
  /** @deprecated Import it from `holdfast/reliability`. */
  type PercentOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  type PlanMethod,
  /** @deprecated Import it from `holdfast/reliability`. */
  parallel,
  /** @deprecated Import it from `holdfast/reliability`. */
  pathSets,
  /** @deprecated Import it from `holdfast/reliability`. */
  type RatioBounds,
  /** @deprecated Import it from `holdfast/reliability`. */
  type Repairable,
  /** @deprecated Import it from `holdfast/reliability`. */
  type RepairableOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  type RequestIntervalOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  repairable,
  /** @deprecated Import it from `holdfast/reliability`. */
  replicas,
  /** @deprecated Import it from `holdfast/reliability`. */
  requestInterval,
  /** @deprecated Import it from `holdfast/reliability`. */
  type SetsOptions,
  /** @deprecated Import it from `holdfast/reliability`. */
  type Sided,
  /** @deprecated Import it from `holdfast/reliability`. */
  type StructurePart,
  /** @deprecated Import it from `holdfast/reliability`. */
  series,
  /** @deprecated Import it from `holdfast/reliability`. */
  soft,
  /** @deprecated Import it from `holdfast/reliability`. */
  type TimeFactors,
  /** @deprecated Import it from `holdfast/reliability`. */
  type WhatIf,
  /** @deprecated Import it from `holdfast/reliability`. */
  type WhatIfChange,
  /** @deprecated Import it from `holdfast/reliability`. */
  whatIf,
} from '../reliability/index.ts'
export {
  /** @deprecated Import it from `holdfast/user-uptime`. */
  type GoodBad,
  /** @deprecated Import it from `holdfast/user-uptime`. */
  mcr,
  /** @deprecated Import it from `holdfast/user-uptime`. */
  type UserUptime,
  /** @deprecated Import it from `holdfast/user-uptime`. */
  type UserUptimeOptions,
  /** @deprecated Import it from `holdfast/user-uptime`. */
  type UserUptimeReport,
  /** @deprecated Import it from `holdfast/user-uptime`. */
  userUptime,
} from '../user-uptime/index.ts'
