/**
 * The facts that the page shows, each under an id of its own.
 *
 * The page gets all of them once, then only those that changed; a fact is always sent whole. Instants are in ms since 1970 by
 * the server's wall clock, lengths are in ms, and unknown values are null.
 */
import type { ComponentState } from '../../../availability/timeline/states.ts'
import type { CircuitState } from '../../../circuit-breaker/circuit.ts'
import type { Milliseconds } from '../../../core/duration.ts'

export type Fact =
  | ComponentFact
  | ObjectiveFact
  | PolicyFact
  | CallsFact
  | BreakerFact
  | NumbersFact
  | PoolFact
  | MemberFact

/** A component of the tracker. Its id is `component:<name>`. */
export interface ComponentFact {
  readonly kind: 'component'
  readonly name: string
  readonly state: ComponentState
  readonly since: Milliseconds | null
  /** Availability of the last day, 30 days and 90 days; a few seconds old at most. */
  readonly availability: { readonly day: number | null; readonly month: number | null; readonly quarter: number | null }
  /** The observed part of each of these. */
  readonly coverage: { readonly day: number; readonly month: number; readonly quarter: number }
  /** Of the last 90 days. */
  readonly failures: number
}

/** An objective of the tracker. Its id is `objective:<name>`. */
export interface ObjectiveFact {
  readonly kind: 'objective'
  readonly name: string
  readonly target: number
  readonly period: { readonly from: Milliseconds; readonly to: Milliseconds; readonly calendar: string | null }
  /** What it counts: `requests`, `slices` or `ms`. */
  readonly unit: string
  readonly sli: number | null
  readonly coverage: number
  /** The rest of the error budget: 1 is all, 0 is none, below 0 is overspent. */
  readonly remaining: number | null
  /** Over the period so far. */
  readonly burnRate: number | null
  /** The burn rate over the long window of the first tier; time that was not observed spends nothing. */
  readonly pace: number | null
  /** How long the rest lasts at the present pace; null if it lasts for ever or is not known. */
  readonly exhaustionIn: Milliseconds | null
  readonly tiers: readonly {
    readonly name: string
    readonly severity: string
    readonly factor: number
    readonly firing: boolean
  }[]
}

/** How the calls of a policy ended since the dashboard watches it. */
export interface CallCounts {
  readonly success: number
  readonly failure: number
  readonly ignored: number
  readonly attempts: number
  /** Calls whose first attempt succeeded. */
  readonly first: number
  /** Calls that succeeded although their first attempt did not, by the policy that saved them. */
  readonly saved: Readonly<Record<string, number>>
}

/** A policy that was given to the dashboard. Its id is `policy:<name>`. */
export interface PolicyFact {
  readonly kind: 'policy'
  readonly name: string
  readonly policyKind: string
  /** The policies a call passes, outermost first, as in `explain()`. */
  readonly stages: readonly PathStage[]
}

/** How its calls ended. Its id is `calls:<name>`. A fact of its own, since it changes with every call. */
export interface CallsFact extends CallCounts {
  readonly kind: 'calls'
  /** The policy that was given to the dashboard. */
  readonly policy: string
}

/** One policy that a call passes. */
export interface PathStage {
  readonly name: string
  readonly policyKind: string
  /** Its options as text, in order. */
  readonly options: readonly (readonly [name: string, value: string])[]
  /** The id of the fact with its present state. */
  readonly fact: string
}

/** Where a policy is: below which given policy and, for the guard of a member, of which pool and member. */
export interface FactLocation {
  readonly policy: string
  readonly pool: string | null
  readonly member: string | null
}

interface InnerFact extends FactLocation {
  readonly name: string
}

/** A circuit breaker. */
export interface BreakerFact extends InnerFact {
  readonly kind: 'breaker'
  readonly state: CircuitState
  /** If the state has not changed since the dashboard watches it, the start of watching. */
  readonly since: Milliseconds | null
  readonly openings: number
  readonly rejections: number
  /** The dashboard holds an isolation of it, so `release` is possible. */
  readonly isolatedHere: boolean
}

/** A policy of any other kind, known to the dashboard or not. */
export interface NumbersFact extends InnerFact {
  readonly kind: 'numbers'
  readonly policyKind: string
  /** What it reads at the moment, by name; null if unknown or unlimited. */
  readonly gauges: Readonly<Record<string, number | null>>
  /** How many of its events the dashboard has counted, by name. */
  readonly counts: Readonly<Record<string, number>>
}

export interface PoolFact extends InnerFact {
  readonly kind: 'pool'
  readonly failovers: number
  readonly exhausted: number
}

export interface MemberFact {
  readonly kind: 'member'
  /** The id of its pool. */
  readonly pool: string
  readonly name: string
  /** `MemberStatus.state`, or `drain` or `maintenance` if an operator took it out. */
  readonly state: string
  readonly weight: number
  readonly pending: number
  readonly latency: Milliseconds | null
  readonly ejectedUntil: Milliseconds | null
  readonly ejections: number
  readonly zone: string | null
  readonly priority: number
  /** The id of the breaker that guards it. */
  readonly breaker: string | null
}
