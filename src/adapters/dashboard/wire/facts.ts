/**
 * What goes over the wire between the handler and its page. Both sides are built from these types, so they cannot part.
 *
 * The page holds facts by id. It gets all of them once, then those that changed; a fact is always whole. Instants are by the
 * wall clock of the server, in ms since 1970; lengths are in ms; what is not known is null.
 */
import type { State } from '../../../availability/timeline/states.ts'
import type { CircuitState } from '../../../circuit-breaker/circuit.ts'
import type { Milliseconds } from '../../../core/duration.ts'

/** Of a page and a handler that are not of one version, the page says that it has to be loaded anew. */
export const wireVersion = 1

/** The first event of a stream, `hello`. */
export interface Hello {
  readonly version: number
  readonly title: string
  /** By `?seen=<stream>` the page says from time to time that it reads. */
  readonly stream: string
  /** Whether a store keeps the history of the tracker; null without a tracker. */
  readonly kept: boolean | null
  readonly at: Milliseconds
  /** Which controls are there for those who may; none where nobody may. */
  readonly controls: readonly ControlAction[]
  readonly facts: Readonly<Record<string, Fact>>
  /** What calls came to before, oldest first. */
  readonly past: readonly Sample[]
}

/** Every further event, `frame`: what changed since the last one. Without changes it is a sign of life. */
export interface Frame {
  readonly at: Milliseconds
  readonly set?: Readonly<Record<string, Fact>>
  readonly gone?: readonly string[]
}

/** The counts of each policy at an instant, by its name. */
export interface Sample {
  readonly at: Milliseconds
  readonly calls: Readonly<Record<string, CallCounts>>
}

export type Fact =
  | ComponentFact
  | ObjectiveFact
  | PolicyFact
  | CallsFact
  | BreakerFact
  | BulkheadFact
  | CounterFact
  | PoolFact
  | MemberFact

/** A component of the tracker. Its id is `component:<name>`. */
export interface ComponentFact {
  readonly kind: 'component'
  readonly name: string
  readonly state: State
  readonly since: Milliseconds | null
  /** Availability of the last day, 30 and 90 days; at most some seconds old. */
  readonly availability: { readonly day: number | null; readonly month: number | null; readonly quarter: number | null }
  /** Which part of each of these was observed. */
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
  /** Of the error budget: 1 all, 0 none, below 0 overspent. */
  readonly remaining: number | null
  /** Over the period so far. */
  readonly burnRate: number | null
  /** Lately: over the long window of the first tier, in which what was not observed spends nothing. */
  readonly pace: number | null
  /** How long the rest lasts at the present pace; null: for ever, or not known. */
  readonly exhaustionIn: Milliseconds | null
  readonly tiers: readonly {
    readonly name: string
    readonly severity: string
    readonly factor: number
    readonly firing: boolean
  }[]
}

/** What the calls of a policy came to, since it is watched. */
export interface CallCounts {
  readonly success: number
  readonly failure: number
  readonly ignored: number
  readonly attempts: number
  /** Good at the first try. */
  readonly first: number
  /** Good in the end but not at first, by the policy that made them good. */
  readonly saved: Readonly<Record<string, number>>
}

/** A policy that was handed over. Its id is `policy:<name>`. */
export interface PolicyFact {
  readonly kind: 'policy'
  readonly name: string
  readonly policyKind: string
  /** The way of a call, outermost first, as `explain()` tells it. */
  readonly stages: readonly Stage[]
}

/** What its calls came to. Its id is `calls:<name>`: it changes with every call, the way of a call does not. */
export interface CallsFact extends CallCounts {
  readonly kind: 'calls'
  /** The policy that was handed over. */
  readonly policy: string
}

/** One policy on the way of a call. */
export interface Stage {
  readonly name: string
  readonly policyKind: string
  /** Its options as text, in order. */
  readonly options: readonly (readonly [name: string, value: string])[]
  /** The fact that tells how it does now; null where there is none. */
  readonly fact: string | null
}

/** Where a part stands: the policy that was handed over and, for the guard of a member, the pool and the member. */
export interface Within {
  readonly policy: string
  readonly pool: string | null
  readonly member: string | null
}

interface PartFact extends Within {
  readonly name: string
}

/** A circuit breaker. */
export interface BreakerFact extends PartFact {
  readonly kind: 'breaker'
  readonly state: CircuitState
  /** Since it is watched, where it has not changed meanwhile. */
  readonly since: Milliseconds | null
  readonly openings: number
  readonly rejections: number
  /** The page holds a handle of its isolation: `release` is possible. */
  readonly held: boolean
}

export interface BulkheadFact extends PartFact {
  readonly kind: 'bulkhead'
  readonly active: number
  readonly queued: number
  /** null where there is none. */
  readonly limit: number | null
  readonly rejections: number
}

/** A retry (its retries), a timeout (its timeouts), a fallback (its uses). */
export interface CounterFact extends PartFact {
  readonly kind: 'counter'
  readonly policyKind: string
  readonly count: number
}

export interface PoolFact extends Within {
  readonly kind: 'pool'
  readonly name: string
  readonly failovers: number
  readonly exhausted: number
}

export interface MemberFact {
  readonly kind: 'member'
  /** The id of its pool. */
  readonly pool: string
  readonly name: string
  /** `MemberStatus.state`, or `drain` and `maintenance` where it was taken out by hand. */
  readonly state: string
  readonly weight: number
  readonly pending: number
  readonly latency: Milliseconds | null
  readonly ejectedUntil: Milliseconds | null
  readonly ejections: number
  readonly zone: string | null
  readonly priority: number
  /** The breaker that guards it. */
  readonly breaker: string | null
}

/** One stretch of a bar. */
export interface Slice {
  readonly from: Milliseconds
  readonly to: Milliseconds
  /** Null where nothing is known. */
  readonly availability: number | null
  /** Time in each state that is not `unknown`. */
  readonly up: Milliseconds
  readonly degraded: Milliseconds
  readonly down: Milliseconds
  readonly maintenance: Milliseconds
  readonly failures: number
}

/** `?bars&name=…&name=…`: the last 90 days of some components, oldest first, today last. */
export interface Bars {
  readonly at: Milliseconds
  readonly bars: Readonly<Record<string, readonly Slice[]>>
}

/** `?component=<name>`: all there is to say about one. */
export interface ComponentDetails {
  readonly at: Milliseconds
  readonly name: string
  readonly days: readonly Slice[]
  /** Whose days they are. */
  readonly zone: string
  /** The last 24 hours. */
  readonly hours: readonly Slice[]
  /** The last 60 minutes. */
  readonly minutes: readonly Slice[]
  /** Of the last 90 days. */
  readonly figures: {
    readonly availability: number | null
    readonly coverage: number | null
    readonly downtime: Milliseconds
    readonly failures: number
    readonly mtbf: Milliseconds | null
    readonly mttr: Milliseconds | null
    readonly mttd: Milliseconds | null
  }
  /** The newest first, 50 at most. */
  readonly outages: readonly OutageDetails[]
}

export interface OutageDetails {
  readonly start: Milliseconds
  /** Null while it is open. */
  readonly end: Milliseconds | null
  /** Time known to be down. */
  readonly net: Milliseconds
  readonly startCensored: boolean
  readonly reason: string | null
  /** Instants of its phases, in their order, those that are known. */
  readonly phases: readonly (readonly [phase: string, at: Milliseconds])[]
}

/** `?objective=<name>`. */
export interface ObjectiveDetails {
  readonly at: Milliseconds
  readonly name: string
  /** Observed time reaches back so far, if it is in one piece. */
  readonly since: Milliseconds
  /** What was left of the period's budget, from its beginning until now. */
  readonly burnDown: readonly (readonly [at: Milliseconds, remaining: number])[]
}

export type ControlAction = 'isolate' | 'release' | 'reset' | 'drain' | 'maintenance' | 'ready'

/** The body of `POST ?control`, as JSON. The answer is `{}`, or `{ error }`. */
export interface ControlRequest {
  readonly action: ControlAction
  /** The id of a breaker (`isolate`, `release`, `reset`) or of a member (`drain`, `maintenance`, `ready`). */
  readonly id: string
}
