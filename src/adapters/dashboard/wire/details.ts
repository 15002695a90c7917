/** What the page requests when its user looks at something: the bars of components, one component, one objective. */
import type { Milliseconds } from '../../../core/duration.ts'

/** One piece of a bar, for example a day. */
export interface BarSlice {
  readonly from: Milliseconds
  readonly to: Milliseconds
  /** Null if nothing is known. */
  readonly availability: number | null
  /** Time in each state but `unknown`. */
  readonly up: Milliseconds
  readonly degraded: Milliseconds
  readonly down: Milliseconds
  readonly maintenance: Milliseconds
  /** Outages that began in it. */
  readonly failures: number
}

/** `?bars&name=…&name=…`: the last 90 days of some components, oldest first; today is the last. */
export interface Bars {
  readonly at: Milliseconds
  readonly bars: Readonly<Record<string, readonly BarSlice[]>>
}

/** `?component=<name>`. */
export interface ComponentDetails {
  readonly at: Milliseconds
  readonly name: string
  /** The last 90 days. */
  readonly days: readonly BarSlice[]
  /** The IANA zone of the days. */
  readonly zone: string
  /** The last 24 hours. */
  readonly hours: readonly BarSlice[]
  /** The last 60 minutes. */
  readonly minutes: readonly BarSlice[]
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
  /** At most 50, newest first. */
  readonly outages: readonly OutageDetails[]
}

export interface OutageDetails {
  readonly start: Milliseconds
  /** Null while it is open. */
  readonly end: Milliseconds | null
  /** Time known to be down. */
  readonly net: Milliseconds
  /** The outage may have begun earlier: nothing was observed before `start`. */
  readonly startCensored: boolean
  readonly reason: string | null
  /** The known timestamps of its phases, in order. */
  readonly phases: readonly (readonly [phase: string, at: Milliseconds])[]
}

/** `?objective=<name>`. */
export interface ObjectiveDetails {
  readonly at: Milliseconds
  readonly name: string
  /** The start of the observed time, taking that time as one piece that ends now. */
  readonly since: Milliseconds
  /** The rest of the error budget from the start of the period until now. */
  readonly burnDown: readonly (readonly [at: Milliseconds, remaining: number])[]
}
