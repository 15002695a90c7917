/** What a tracker can be told, and what it makes of it. */
import type { Clock } from '../core/clock.ts'
import type { Duration } from '../core/duration.ts'
import { duration, integer, optional, resolveOptions, text } from '../core/options.ts'
import { policyChecks } from '../core/policy.ts'
import { type AccountingOptions, type AccountingPreset, accountingCheck } from './report/accounting.ts'
import { type AvailabilitySnapshot, snapshotCheck } from './snapshot/snapshot.ts'

export interface AvailabilityTrackerOptions {
  /** Stands in its events. Default `'availabilityTracker'`. */
  readonly name?: string
  /** Default: that of the first policy watched, if it has one, else the real clock. */
  readonly clock?: Clock
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
  /** A snapshot to go on from. */
  readonly restore?: AvailabilitySnapshot
}

export interface WatchOptions {
  /** The component to feed. Default: the policy's name. */
  readonly component?: string
  /** Default: the tracker's. */
  readonly consecutiveFailures?: number
}

export interface ProbeOptions {
  /** From the start of one check to the start of the next. Above 0. Default 10 s. */
  readonly every?: Duration
  /** A check that takes longer has failed. Above 0. Default: `every`, and at most 5 s. */
  readonly timeout?: Duration
  /** Checks in a row that must succeed before it is up. An integer >= 1. Default 2. */
  readonly rise?: number
  /** Checks in a row that must fail before it is down. An integer >= 1. Default 3. */
  readonly fall?: number
}

export type Resolved = ReturnType<typeof resolveTrackerOptions>

export function resolveTrackerOptions(given: unknown) {
  return resolveOptions('availabilityTracker', given, {
    name: policyChecks.name,
    clock: policyChecks.clock,
    accounting: accountingCheck,
    lateTolerance: optional(duration('> 0'), 3_600_000 as number),
    clockTolerance: optional(duration('> 0'), 1000 as number),
    restartTolerance: optional(duration('>= 0'), 60_000 as number),
    consecutiveFailures: optional(integer(1), 5 as number),
    keep: optional(integer(100), 20_000 as number),
    restore: optional(snapshotCheck, undefined),
  })
}

export function resolveWatchOptions(given: unknown) {
  return resolveOptions('availabilityTracker', given, {
    component: optional(text, undefined),
    consecutiveFailures: optional(integer(1), undefined),
  })
}

export type ResolvedProbe = ReturnType<typeof resolveProbeOptions>

export function resolveProbeOptions(given: unknown) {
  const options = resolveOptions('availabilityTracker', given, {
    every: optional(duration('> 0'), 10_000 as number),
    timeout: optional(duration('> 0'), undefined),
    rise: optional(integer(1), 2 as number),
    fall: optional(integer(1), 3 as number),
  })
  return { ...options, timeout: options.timeout ?? Math.min(options.every, 5000) }
}
