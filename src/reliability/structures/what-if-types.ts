/** The argument and the result of `whatIf`. */
import type { PlanMethod } from './model.ts'
import type { AvailabilityShares } from './shares.ts'

/** Factors for the times of a component. Above 0. */
export interface TimeFactors {
  /** Mean time between failures: 2 is half as many failures. */
  readonly mtbf?: number
  /** Mean time to recovery as a whole: 0.5 is half as long. */
  readonly mttr?: number
  /** Mean time to detect, which is a part of the MTTR. Needs a component measured with both. */
  readonly mttd?: number
}

export interface WhatIfChange {
  /** The component that changes: its name, or `#1`, `#2`, … by its place in the structure. */
  readonly component: string
  /** The number of units like it to add. An integer >= 1. */
  readonly replicas?: number
  /** Factors for its times. */
  readonly times?: TimeFactors
  /** Also computes the result with a common cause of this share of the unavailability of its units, 0 to 1. */
  readonly beta?: number
}

export interface WhatIf {
  readonly before: AvailabilityShares<number | null>
  readonly after: AvailabilityShares<number | null>
  /** Both with a common cause; null without `beta`. */
  readonly withBeta: {
    readonly beta: number
    readonly before: AvailabilityShares<number | null>
    readonly after: AvailabilityShares<number | null>
  } | null
  /** `'bound'` if one of the structures is too entangled: its availability is then a lower bound. */
  readonly method: PlanMethod
  /** The assumptions that the numbers depend on. */
  readonly assumptions: readonly string[]
  /** A summary in words. */
  readonly sentence: string
}
