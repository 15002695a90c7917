/** Health endpoints as their users see them. */
import type { State } from '../../availability/timeline/states.ts'
import type { Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import type { FaultEvent } from '../../core/events.ts'
import type { DrainOptions } from './drain.ts'
import type { HealthHandler, HealthRequest } from './handler.ts'
import type { HealthPhase } from './lifecycle.ts'
import type { DrainOnSignalOptions, SignalSource } from './signals.ts'
import type { HealthStatus, UnknownReadiness } from './verdict.ts'

export interface WithState {
  state(component: string): State
}

export interface WithTimeline {
  timeline(component: string): readonly { readonly state: State }[]
}

/** Where the states of components come from: an `availabilityTracker()`, or anything that gives the state of a name. */
export type StateSource = WithState | WithTimeline

/** What a check found, where up or down is not all there is to say. */
export interface HealthResult {
  readonly state: State
  /** What was measured, with its unit; text is cut after 200 characters. */
  readonly value?: number | string | boolean
  readonly unit?: string
  /** Why it is not up, for people; cut after 200 characters. */
  readonly output?: string
}

/**
 * One look at a dependency. What throws, rejects, gives `false` or a `Response` that is not `ok` is down, as is what takes too
 * long. What gives the name of a state, or a record with a `state`, is in that state. Anything else is up.
 */
export type HealthCheck = (check: { readonly signal: AbortSignal }) => unknown

/** A check with settings of its own. */
export interface HealthCheckOptions {
  readonly check: HealthCheck
  /** `componentType` in the answer: `'datastore'`, `'system'`, `'component'`, a URI. Default `'component'`. */
  readonly type?: string
  /** What `value` measures, such as `'connections'`. Default `'responseTime'`, which is measured where no value is given. */
  readonly measurement?: string
  /** Default: that of all. */
  readonly timeout?: Duration
  /** Default: that of all. */
  readonly maxAge?: Duration
}

/**
 * How much an answer tells: `'none'`, the status alone; `'states'`, also the names and states of the parts, and what the
 * service is; `'full'`, also what was measured and why something failed.
 */
export type HealthDetails = 'none' | 'states' | 'full'

export interface HealthEndpointsOptions {
  /** Who knows the states of `components`. */
  readonly tracker?: StateSource
  /** Components of the tracker that readiness depends on. */
  readonly components?: readonly string[]
  /** Looks at dependencies, by name, made when readiness is asked for and the last one is older than `maxAge`. */
  readonly checks?: Readonly<Record<string, HealthCheck | HealthCheckOptions>>
  /** Names of components and checks without which it can serve: they make a warning at most. Default: none. */
  readonly optional?: readonly string[]
  /** Whether a required part that is unknown lets traffic in, with a warning. Default `'ready'`. */
  readonly unknown?: UnknownReadiness
  /** When it has started: as its required parts are first not down, or by `started()` alone. Default `'checks'`. */
  readonly startup?: 'checks' | 'manual'
  /** How long a check may take, > 0; below the time the prober waits. Default 800 ms. */
  readonly timeout?: Duration
  /** How long the result of a check serves, >= 0. Default 1 s. */
  readonly maxAge?: Duration
  /** How much strangers are told, or a function that tells it for each request. Default `'states'`. */
  readonly details?: HealthDetails | ((request: HealthRequest) => HealthDetails)
  /** The public version of the service. */
  readonly version?: string
  readonly releaseId?: string
  readonly serviceId?: string
  readonly description?: string
  /** Told of a function that failed, by its name as `source`. Default: one warning each. */
  readonly onFault?: (fault: FaultEvent) => void
  /** Stands in faults. Default `'healthEndpoints'`. */
  readonly name?: string
  /** Default: the real clock. */
  readonly clock?: Clock
}

export interface HealthEndpoints {
  /** 200 as long as the process answers at all, whatever its dependencies do. For what restarts it. */
  readonly live: HealthHandler
  /** 200 where it can serve: started, not draining, and no required part down. For what sends it traffic. */
  readonly ready: HealthHandler
  /** 503 until it has started, 200 from then on. */
  readonly startup: HealthHandler
  readonly phase: HealthPhase
  /** It drains, or has closed. */
  readonly draining: boolean
  /** What readiness is now; `'fail'` while it starts by hand, drains or has closed. */
  status(): Promise<HealthStatus>
  /** It has started, whatever its parts say. */
  started(): void
  /**
   * Fails readiness from now on, waits, and closes. Where several drain, each waits from the beginning of the first, the
   * first whose time comes closes, once, and all end with it. Rejects with what `close` failed with, or with the reason of
   * the signal.
   */
  drain(options?: DrainOptions): Promise<void>
  /** Drains at the first signal; the second ends the process at once. */
  drainOnSignal(source: SignalSource, options?: DrainOnSignalOptions): { stop(): void }
}
