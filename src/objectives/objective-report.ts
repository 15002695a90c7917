/** The report of an objective. Lengths are in ms, instants in `time`; unknown values are null. */

import type { CalendarUnit } from '../availability/time/calendar.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { BurnDownPoint } from './burn-down.ts'
import type { BurnSeverity } from './burn-tiers.ts'
import type { ErrorBudget } from './error-budget.ts'
import type { ObjectiveIndicator, ResolvedIndicator } from './indicator.ts'

/** The present state of a tier. */
export interface TierReport {
  readonly name: string
  readonly severity: BurnSeverity
  readonly long: Milliseconds
  readonly short: Milliseconds
  readonly factor: number
  /** The burn rate in the long window, where time not observed spends nothing; null without events. */
  readonly burnLong: number | null
  readonly burnShort: number | null
  readonly firing: boolean
  /** When it began to fire, in `time`; null if it does not. */
  readonly since: Milliseconds | null
}

/** The period of a report. */
export interface ReportedPeriod {
  readonly calendar: CalendarUnit | null
  readonly zone: string | null
  readonly from: Milliseconds
  /** For a calendar period its end, which lies ahead. */
  readonly to: Milliseconds
  /** By the wall clock, as it is set now. */
  readonly fromAt: Milliseconds
  readonly toAt: Milliseconds
  readonly duration: Milliseconds
}

export interface ReportedIndicator {
  readonly kind: ObjectiveIndicator['kind']
  readonly unit: 'requests' | 'slices' | 'ms'
  /** The component whose timeline is used; null without one. */
  readonly component: string | null
  /** The policy whose calls are counted. */
  readonly policy: string | null
  readonly slice: Milliseconds | null
  readonly sliceTarget: number | null
}

export function reportedIndicator(resolved: ResolvedIndicator): ReportedIndicator {
  const { kind, of, component = null, policy, slice = null, sliceTarget = null } = resolved
  const unit = slice !== null ? 'slices' : of === 'time' ? 'ms' : 'requests'
  return { kind, unit, component, policy: policy?.name ?? null, slice, sliceTarget }
}

export interface ObjectiveReport {
  readonly name: string
  readonly target: number
  readonly period: ReportedPeriod
  readonly indicator: ReportedIndicator
  /** The service level: good / (good + bad + absent) in the period; null without events. */
  readonly sli: number | null
  /** In the unit of the indicator. */
  readonly good: number
  readonly bad: number
  /** Requests that did not come while the component was known to be down, at the usual rate. */
  readonly absent: number
  /** The share of the period so far that was observed. */
  readonly coverage: number
  readonly errorBudget: ErrorBudget
  /** Good and bad since it was created, whatever the period, for systems with their own history. */
  readonly lifetime: { readonly good: number; readonly bad: number }
  /** How many times faster than allowed the budget is spent, over the period so far; null without events. */
  readonly burnRate: number | null
  /**
   * How long the rest of the budget lasts at the burn rate of the first tier's long window (without tiers, of the period): 0
   * if nothing is left; null if it lasts forever, or until the calendar period ends, or is unknown.
   */
  readonly exhaustionIn: Milliseconds | null
  readonly tiers: readonly TierReport[]
  /** The default tiers that can never fire at this target. */
  readonly leftOut: readonly string[]
}

/** A running objective. */
export interface Objective {
  readonly name: string
  /** Adds good requests by hand. `count` is an integer >= 0, by default 1. Only for indicators of requests. */
  good(count?: number): void
  /** Adds bad ones. */
  bad(count?: number): void
  /** The report as of now. */
  report(): ObjectiveReport
  /**
   * The share of the budget left at `points` instants from the beginning of its period until now: 1 at the first, the value
   * of the report at the last, and never rising. Empty if nothing was measured. `points` is an integer from 2 to 10,000.
   * Default 100.
   */
  burnDown(points?: number): readonly BurnDownPoint[]
  /** Unsubscribes from the policy and stops emitting; its name can be used again. Stopping twice is allowed. */
  stop(): void
}
