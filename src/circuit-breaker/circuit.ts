/** A circuit breaker as its users see it. */
import type { Policy } from '../core/policy.ts'
import type { CircuitBreakerEvents } from './events.ts'
import type { CircuitSnapshot } from './snapshot.ts'

export type CircuitState = 'closed' | 'open' | 'half-open' | 'isolated' | 'disabled'

/** Keeps a breaker isolated until it is released; releasing twice is releasing once. */
export interface Isolation {
  release(): void
}

export interface CircuitBreaker<Accepts = unknown> extends Policy<Accepts, never, unknown, CircuitBreakerEvents> {
  /** `open` until the first call at or after its time: no timer turns it half-open. */
  readonly state: CircuitState
  /** Refuses every call until all who isolated it have released it; then it is closed, with empty windows. */
  isolate(): Isolation
  /** Lets every call through and counts nothing, until `reset()`. Ends isolations. */
  disable(): void
  /** Closed, with empty windows. Ends isolations. */
  reset(): void
  snapshot(): CircuitSnapshot
}
