/** What exporters show of a single-flight. */
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { SingleFlightEvents } from './events.ts'
import type { SingleFlight } from './single-flight.ts'

export const singleFlightTelemetry: PolicyTelemetry<SingleFlight, SingleFlightEvents> = {
  kind: 'singleFlight',
  label: ['policy', 'policy.name'],
  events: {
    lead: {
      counter: {
        metric: {
          name: 'single_flight.flights',
          unit: '{flight}',
          description: 'Calls that ran for all with their key',
        },
      },
    },
    join: {
      counter: {
        metric: {
          name: 'single_flight.joins',
          unit: '{call}',
          description: 'Calls that waited for the work of another',
        },
      },
    },
    abandon: {
      counter: {
        metric: {
          name: 'single_flight.abandons',
          unit: '{flight}',
          description: 'Flights given up because all calls had left',
        },
      },
    },
  },
  gauges: {
    keys: {
      metric: { name: 'single_flight.keys', unit: '{key}', description: 'Keys whose work runs' },
      additive: true,
      read: ({ keys }) => keys,
    },
  },
  dashboard: { id: 'single_flight', counts: { flights: 'lead', joins: 'join', abandoned: 'abandon' } },
}
