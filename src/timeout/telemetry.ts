/** What exporters show of a timeout. */
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { Timeout, TimeoutEvents } from './timeout.ts'

export const timeoutTelemetry: PolicyTelemetry<Timeout, TimeoutEvents> = {
  kind: 'timeout',
  label: ['policy', 'policy.name'],
  events: {
    timeout: {
      counter: {
        metric: { name: 'timeout.timeouts', unit: '{timeout}', description: 'Calls or attempts that took too long' },
      },
    },
  },
  dashboard: { id: 'timeout', counts: { timeouts: 'timeout' } },
  spanFields: { after: { attribute: 'timeout.after', duration: true } },
}
