/** What an objective says. Lengths are in ms, instants in `time`; whatever cannot be known is null. */

import type { CalendarUnit } from '../availability/time/calendar.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { BurnDownPoint } from './burn-down.ts'
import type { BurnSeverity } from './burn-tiers.ts'
import type { ErrorBudget } from './error-budget.ts'
import type { ObjectiveIndicator, ResolvedIndicator } from './indicator.ts'

/** A tier, as it is now. */
export interface TierReport {
  readonly name: string
  readonly severity: BurnSeverity
  readonly long: Milliseconds
  readonly short: Milliseconds
  readonly factor: number
  /** The burn rate in the long window, in which what was not observed spends nothing; null where there was nothing. */
  readonly burnLong: number | null
  readonly burnShort: number | null
  readonly firing: boolean
  /** When it began to fire, in `time`; null where it does not. */
  readonly since: Milliseconds | null
}

/** The period a report is about. */
export interface ReportedPeriod {
  readonly calendar: CalendarUnit | null
  readonly zone: string | null
  readonly from: Milliseconds
  /** Of a calendar's period its end, which is to come. */
  readonly to: Milliseconds
  /** By the wall clock, as it is set now. */
  readonly fromAt: Milliseconds
  readonly toAt: Milliseconds
  readonly duration: Milliseconds
}

export interface ReportedIndicator {
  readonly kind: ObjectiveIndicator['kind']
  readonly unit: 'requests' | 'slices' | 'ms'
  /** Whose timeline is looked at; null where none is. */
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
  /** The service level: good / (good + bad + absent) in the period; null where there was nothing. */
  readonly sli: number | null
  /** In the unit of the indicator. */
  readonly good: number
  readonly bad: number
  /** Bad ones that nobody made while the component was known to be down, at the usual rate. */
  readonly absent: number
  /** The part of the period so far that was observed. */
  readonly coverage: number
  readonly errorBudget: ErrorBudget
  /** Good and bad since it was declared, whatever the period, for those who keep a history of their own. */
  readonly lifetime: { readonly good: number; readonly bad: number }
  /** How many times faster than allowed, over the period so far; null where there was nothing. */
  readonly burnRate: number | null
  /**
   * How long what is left lasts at the pace of the first tier's long window (without one, of the period): 0 where nothing is
   * left; null where it lasts for ever, or until a calendar's period ends, or nothing is known.
   */
  readonly exhaustionIn: Milliseconds | null
  readonly tiers: readonly TierReport[]
  /** The default tiers that can never fire at this target. */
  readonly leftOut: readonly string[]
}

/** An objective that is watched over, until it is stopped. */
export interface Objective {
  readonly name: string
  /** Adds good requests by hand. `count` is an integer >= 0, by default 1. Only for indicators of requests. */
  good(count?: number): void
  /** Adds bad ones. */
  bad(count?: number): void
  /** As of now. */
  report(): ObjectiveReport
  /**
   * What was left of the budget from the beginning of its period until now, at so many instants: 1 at the first, at the last
   * what the report says, and never more than before. Empty where nothing was measured. An integer from 2 to 10,000, by
   * default 100.
   */
  burnDown(points?: number): readonly BurnDownPoint[]
  /** Lets go of the policy and tells nothing any more; its name may be used again. Stopping twice is stopping once. */
  stop(): void
}
