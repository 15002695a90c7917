/** What exporters show of chaos. */
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { Chaos, ChaosEvents } from './chaos.ts'

export const chaosTelemetry: PolicyTelemetry<Chaos, ChaosEvents> = {
  kind: 'chaos',
  label: ['policy', 'policy.name'],
  events: {
    inject: {
      counter: {
        metric: {
          name: 'chaos.injections',
          unit: '{injection}',
          description: 'Calls into which something was injected',
          attributes: { injected: 'chaos.injected' },
        },
        by: { label: 'injected', field: 'injected', initial: [] },
      },
    },
  },
  dashboard: { id: 'chaos', counts: { injections: 'inject' } },
  spanFields: { injected: { attribute: 'chaos.injected' }, delay: { attribute: 'chaos.delay', duration: true } },
}
