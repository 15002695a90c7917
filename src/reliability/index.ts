export {
  type AvailabilityIntervalOptions,
  availabilityInterval,
} from './intervals/availability-interval.ts'
export type { Sided } from './intervals/confidence.ts'
export {
  type FailureRatePosterior,
  type FailureRatePosteriorOptions,
  failureRatePosterior,
} from './intervals/failure-rate-posterior.ts'
export { type FailureTrend, type FailureTrendOptions, failureTrend } from './intervals/failure-trend.ts'
export {
  type MeanInterval,
  type MtbfIntervalOptions,
  type MttrIntervalOptions,
  mtbfInterval,
  mttrInterval,
} from './intervals/mean-interval.ts'
export type { BoundedRatio, RatioBounds } from './intervals/ratio-bounds.ts'
export { type RequestIntervalOptions, requestInterval } from './intervals/request-interval.ts'
export { type Markov, type MarkovOptions, markov } from './markov/markov.ts'
export { type Repairable, repairable } from './markov/repairable.ts'
export type { RepairableOptions } from './markov/repairable-options.ts'
export { formatPercent, type PercentOptions } from './nines/format-percent.ts'
export { countedNines, downtimeBudget, nines } from './nines/nines.ts'
export type { Block } from './structures/block.ts'
export {
  component,
  type KOfNOptions,
  kOfN,
  parallel,
  replicas,
  series,
  soft,
} from './structures/blocks.ts'
export {
  type ComponentSet,
  type CutSetBounds,
  cutSetBounds,
  cutSets,
  pathSets,
  type SetsOptions,
} from './structures/cut-sets.ts'
export { type Dependence, dependenceIndex } from './structures/dependence.ts'
export { type Importance, importance } from './structures/importance.ts'
export type { PlanMethod } from './structures/model.ts'
export { type NetworkEdge, type NetworkOptions, network } from './structures/network.ts'
export {
  type OutageOverlap,
  type OutageSpan,
  type OverlapWindow,
  outageOverlap,
} from './structures/outage-overlap.ts'
export type { AvailabilityOf, Measured, Part, StructurePart } from './structures/part.ts'
export type { AvailabilityShares } from './structures/shares.ts'
export { whatIf } from './structures/what-if.ts'
export type { TimeFactors, WhatIf, WhatIfChange } from './structures/what-if-types.ts'
