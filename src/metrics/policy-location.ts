/** Where a policy is among those that are watched, and what watches it there. */
import type { BasePolicy } from '../core/policy.ts'
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { CardinalityLimit } from './cardinality-limit.ts'
import type { ExporterErrors } from './exporter-errors.ts'
import type { PolicyFamilies } from './policy-families.ts'
import type { Labels } from './sink.ts'

/** Shared by all watches of one exporter. */
export interface WatchContext {
  readonly errors: ExporterErrors
  readonly families: PolicyFamilies
  /** Members of pools that may have series. */
  readonly members: CardinalityLimit
}

export interface PolicyLocation {
  readonly policy: BasePolicy
  readonly telemetry: PolicyTelemetry
  /** The labels of its series: the pipeline, pool and member around it, and its own name. */
  readonly labels: Labels
  /** Calls that succeeded, though not at first, by the policy that made them good; not known inside a guard. */
  readonly saved: (() => ReadonlyMap<string, number>) | undefined
}

export interface PolicyWatch {
  collect(): void
  /** Unsubscribes from the policy, and removes its series. */
  stop(): void
}
