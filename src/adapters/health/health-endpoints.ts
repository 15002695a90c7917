/** The public types of health endpoints. */
import type { ComponentState } from '../../availability/timeline/states.ts'
import type { Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import type { FaultEvent } from '../../core/events.ts'
import type { DrainOptions } from './drain.ts'
import type { HealthHandler, HealthRequest } from './handler.ts'
import type { HealthPhase } from './lifecycle.ts'
import type { DrainOnSignalOptions, SignalSource } from './signals.ts'
import type { HealthStatus, UnknownReadiness } from './verdict.ts'

export interface WithState {
  state(component: string): ComponentState
}

export interface WithTimeline {
  timeline(component: string): readonly { readonly state: ComponentState }[]
}

/** The source of component states: an `availabilityTracker()`, or anything that returns a state for a name. */
export type StateSource = WithState | WithTimeline

/** A detailed result of a check. */
export interface HealthResult {
  readonly state: ComponentState
  /** The measured value and its unit; text is cut after 200 characters. */
  readonly value?: number | string | boolean
  readonly unit?: string
  /** For people: why it is not up. Cut after 200 characters. */
  readonly output?: string
}

/**
 * Checks a dependency. It is down if the check throws, rejects, returns `false` or a `Response` that is not `ok`, or takes too
 * long. It is in the state that the check returns, by name or as a record with a `state`. Anything else is up.
 */
export type HealthCheck = (check: { readonly signal: AbortSignal }) => unknown

/** A check with its own settings. */
export interface HealthCheckOptions {
  readonly check: HealthCheck
  /** `componentType` in the answer: `'datastore'`, `'system'`, `'component'`, a URI. Default `'component'`. */
  readonly type?: string
  /** What `value` measures, such as `'connections'`. Default `'responseTime'`, measured if the check returns no value. */
  readonly measurement?: string
  /** Default: the option of the same name for all checks. */
  readonly timeout?: Duration
  /** Default: the option of the same name for all checks. */
  readonly maxAge?: Duration
}

/**
 * How much an answer reveals. `'none'`: only the status. `'states'`: also the names and states of the parts, and the identity of
 * the service. `'full'`: also measurements and the reasons of failures.
 */
export type HealthDetails = 'none' | 'states' | 'full'

export interface HealthEndpointsOptions {
  /** The source of the states of `components`. */
  readonly tracker?: StateSource
  /** Components of the tracker that readiness depends on. */
  readonly components?: readonly string[]
  /** Checks of dependencies, by name. They run when readiness is requested and the last result is older than `maxAge`. */
  readonly checks?: Readonly<Record<string, HealthCheck | HealthCheckOptions>>
  /** Names of components and checks that the service can do without: they cause a warning at most. Default: none. */
  readonly optional?: readonly string[]
  /** Whether a required part in state unknown counts as ready, with a warning. Default `'ready'`. */
  readonly unknown?: UnknownReadiness
  /** What marks the start: the first time no required part is down, or only `started()`. Default `'checks'`. */
  readonly startup?: 'checks' | 'manual'
  /** How long a check may take, > 0. Keep it below the timeout of the prober. Default 800 ms. */
  readonly timeout?: Duration
  /** How long the result of a check is reused, >= 0. Default 1 s. */
  readonly maxAge?: Duration
  /** How much an answer reveals, or a function that decides it for each request. Default `'states'`. */
  readonly details?: HealthDetails | ((request: HealthRequest) => HealthDetails)
  /** The public version of the service. */
  readonly version?: string
  readonly releaseId?: string
  readonly serviceId?: string
  readonly description?: string
  /** Called when a function fails; `source` is its name. Default: one warning per source. */
  readonly onFault?: (fault: FaultEvent) => void
  /** Name used in fault events. Default `'healthEndpoints'`. */
  readonly name?: string
  /** Default: the real clock. */
  readonly clock?: Clock
}

export interface HealthEndpoints {
  /** 200 while the process can answer, whatever its dependencies do. For what restarts it. */
  readonly live: HealthHandler
  /** 200 if the service can serve: started, not draining, and no required part down. For what sends it traffic. */
  readonly ready: HealthHandler
  /** 503 until the service has started, 200 from then on. */
  readonly startup: HealthHandler
  readonly phase: HealthPhase
  /** Whether the service drains or has closed. */
  readonly draining: boolean
  /** The current readiness; `'fail'` before a manual start, while draining, and after closing. */
  status(): Promise<HealthStatus>
  /** Marks the service as started, whatever the state of its parts. */
  started(): void
  /**
   * Fails readiness from now on, waits, and closes. If several callers drain, each waits from the start of the first, the first
   * whose wait is over closes, once, and all end with it. Rejects with the error of `close` or the reason of the signal.
   */
  drain(options?: DrainOptions): Promise<void>
  /** Drains at the first signal; the second ends the process at once. `stop` unsubscribes. */
  drainOnSignal(source: SignalSource, options?: DrainOnSignalOptions): { stop(): void }
}
