/** Options of every tracker. */
import type { Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import { duration, integer, optional, resolveOptions } from '../../core/options.ts'
import { policyChecks } from '../../core/policy-checks.ts'
import type { Random } from '../../core/random.ts'
import { type AccountingOptions, type AccountingPreset, accountingCheck } from '../accounting/accounting.ts'
import type { TrackerSettings } from '../state/tracker-state.ts'

export interface CoreTrackerOptions {
  /** The name of the tracker in its events. Default `'availabilityTracker'`. */
  readonly name?: string
  /** Default: that of the first policy watched, if it has one, else the real clock. */
  readonly clock?: Clock
  /** For jitter. Default `Math.random`. */
  readonly random?: Random
  /** What counts as what; echoed in every report. */
  readonly accounting?: AccountingPreset | AccountingOptions
  /** An event that happened longer ago is refused, and counted in the report. Above 0. Default 1 h. */
  readonly lateTolerance?: Duration
  /** A wall clock further off the monotonic clock than this shows a suspend, or was set. Above 0. Default 1 s. */
  readonly clockTolerance?: Duration
  /** A restart that took no longer is bridged; a longer one is unknown time. 0 or more. Default 1 min. */
  readonly restartTolerance?: Duration
  /** Failed calls in a row that mean down, for policies without a circuit breaker. An integer >= 1. Default 5. */
  readonly consecutiveFailures?: number
  /** Transitions kept of each component; older ones become hours, and later days. An integer >= 100. Default 20,000. */
  readonly keep?: number
}

export const trackerChecks = {
  name: policyChecks.name,
  clock: policyChecks.clock,
  random: policyChecks.random,
  accounting: accountingCheck,
  lateTolerance: optional(duration('> 0'), 3_600_000 as number),
  clockTolerance: optional(duration('> 0'), 1000 as number),
  restartTolerance: optional(duration('>= 0'), 60_000 as number),
  consecutiveFailures: optional(integer(1), 5 as number),
  keep: optional(integer(100), 20_000 as number),
}

export function resolveCoreOptions(given: unknown): TrackerSettings {
  return resolveOptions('availabilityTracker', given, trackerChecks)
}
