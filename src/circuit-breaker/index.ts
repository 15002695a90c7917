export type { CircuitOpenReason } from '../core/errors.ts'
export type { CircuitBreaker, CircuitState, Isolation, TripOptions } from './circuit.ts'
export { circuitBreaker } from './circuit-breaker.ts'
export type {
  CircuitBreakerEvents,
  CircuitOutcomeEvent,
  CircuitRejectEvent,
  CloseEvent,
  OpenCause,
  OpenEvent,
} from './events.ts'
export type { CircuitBreakerOptions } from './options.ts'
export type { CircuitCounts, CircuitSnapshot } from './snapshot.ts'
