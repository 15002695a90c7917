/** A circuit breaker as its users see it. */
import type { Duration } from '../core/duration.ts'
import type { Policy } from '../core/policy.ts'
import type { CircuitBreakerEvents } from './events.ts'
import type { CircuitSnapshot } from './snapshot.ts'

export type CircuitState = 'closed' | 'open' | 'half-open' | 'isolated' | 'disabled'

/** Keeps a breaker isolated until it is released; releasing twice is releasing once. */
export interface Isolation {
  release(): void
}

/** How to trip a breaker by hand. */
export interface TripOptions {
  /** How long it stays open, >= 0. Default: by the option `openFor` of the breaker. */
  readonly openFor?: Duration
}

export interface CircuitBreaker<Accepts = unknown> extends Policy<Accepts, never, unknown, CircuitBreakerEvents> {
  /** `open` until the first call at or after its time: no timer turns it half-open. */
  readonly state: CircuitState
  /** Refuses every call until all isolations are released; then it is closed, with empty windows. */
  isolate(): Isolation
  /** Lets every call through and counts nothing, until `reset()`. Ends isolations. */
  disable(): void
  /** Closed, with empty windows. Ends isolations. */
  reset(): void
  /**
   * Opens it by hand, for `openFor` or, without that, as long as the next opening would be; then it probes as usual. An open
   * breaker starts a new opening now. Does nothing while it is isolated or disabled.
   * @throws TypeError where an option is wrong.
   */
  trip(options?: TripOptions): void
  /** Plain JSON, for the option `restore` of the next process, whose breaker then trips when this one would have. */
  snapshot(): CircuitSnapshot
}
