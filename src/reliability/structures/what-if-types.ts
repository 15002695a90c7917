/** What may be asked of `whatIf`, and what it answers. */
import type { PlanMethod } from './model.ts'
import type { AvailabilityShares } from './shares.ts'

/** Multiples of what times are now. Above 0. */
export interface TimeFactors {
  /** Mean time between failures: 2 is half as many failures. */
  readonly mtbf?: number
  /** Mean time to recovery, all of it: 0.5 is half as long. */
  readonly mttr?: number
  /** Mean time to detect, which is a part of the MTTR. Needs a component measured with both. */
  readonly mttd?: number
}

export interface WhatIfChange {
  /** The component that changes: its name, or `#1`, `#2`, … by its place in the structure. */
  readonly component: string
  /** So many more units like it. An integer >= 1. */
  readonly replicas?: number
  /** Its times, as multiples of what they are. */
  readonly times?: TimeFactors
  /** Also say what comes out if it has this part of its unavailability in common with the units beside it, 0 to 1. */
  readonly beta?: number
}

export interface WhatIf {
  readonly before: AvailabilityShares<number | null>
  readonly after: AvailabilityShares<number | null>
  /** Both with a common cause; null where no `beta` was given. */
  readonly withBeta: {
    readonly beta: number
    readonly before: AvailabilityShares<number | null>
    readonly after: AvailabilityShares<number | null>
  } | null
  /** `'bound'` where one of the structures is too entangled: its availability is at least what it says. */
  readonly method: PlanMethod
  /** What has to hold for the numbers to. */
  readonly assumptions: readonly string[]
  /** All of it, for people. */
  readonly sentence: string
}
