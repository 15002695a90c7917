/** What exporters show of a fallback. */
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { Fallback, FallbackEvents } from './fallback.ts'

export const fallbackTelemetry: PolicyTelemetry<Fallback<unknown>, FallbackEvents> = {
  kind: 'fallback',
  label: ['policy', 'policy.name'],
  events: {
    fallback: {
      counter: {
        metric: { name: 'fallback.invocations', unit: '{invocation}', description: 'Failures that were replaced' },
      },
    },
  },
  dashboard: { id: 'fallback', counts: { uses: 'fallback' } },
}
