/** What exporters show of a circuit breaker. */
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { CircuitBreaker, CircuitState } from './circuit.ts'
import type { CircuitBreakerEvents } from './events.ts'

const states: readonly CircuitState[] = ['closed', 'open', 'half-open', 'isolated', 'disabled']
const usual: readonly (readonly [CircuitState, CircuitState])[] = [
  ['closed', 'open'],
  ['open', 'half-open'],
  ['half-open', 'open'],
  ['half-open', 'closed'],
]
const state = { state: 'circuit_breaker.state' }

export const circuitBreakerTelemetry: PolicyTelemetry<CircuitBreaker, CircuitBreakerEvents> = {
  kind: 'circuitBreaker',
  label: ['breaker', 'circuit_breaker.name'],
  events: {
    open: {},
    halfOpen: {},
    close: {},
    isolate: {},
    disable: {},
    reject: {
      counter: {
        metric: {
          name: 'circuit_breaker.rejections',
          unit: '{rejection}',
          description: 'Calls refused without running',
          attributes: state,
        },
        by: { label: 'state', field: 'state', initial: ['open', 'half-open'] },
      },
    },
    success: { everyCall: true },
    failure: {},
    ignored: {},
  },
  states: {
    names: states,
    read: (breaker) => breaker.state,
    begunBy: { open: 'open', halfOpen: 'half-open', close: 'closed', isolate: 'isolated', disable: 'disabled' },
    status: {
      name: 'circuit_breaker.status',
      unit: '{circuit_breaker}',
      description: '1 for the state a circuit breaker is in',
      attributes: state,
    },
    time: {
      name: 'circuit_breaker.state.time',
      unit: 's',
      description: 'Time in each state, so that no opening is missed between two scrapes',
      attributes: state,
    },
    transitions: {
      name: 'circuit_breaker.transitions',
      unit: '{transition}',
      description: 'Changes of state',
      attributes: { from: 'circuit_breaker.from', to: 'circuit_breaker.to' },
    },
    usual,
  },
  dashboard: { id: 'breaker', counts: { openings: 'open', rejections: 'reject' } },
  spanFields: {
    state: { attribute: 'circuit_breaker.state' },
    from: { attribute: 'circuit_breaker.from' },
  },
}
