/** What exporters show of a throttle. */
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { ThrottleEvents } from './events.ts'
import type { Throttle } from './throttle.ts'

export const throttleTelemetry: PolicyTelemetry<Throttle, ThrottleEvents> = {
  kind: 'throttle',
  label: ['policy', 'policy.name'],
  events: {
    reject: {
      counter: {
        metric: { name: 'throttle.rejections', unit: '{rejection}', description: 'Calls refused by a throttle' },
      },
    },
    change: {},
  },
  gauges: {
    probability: {
      metric: { name: 'throttle.probability', unit: '1', description: 'How likely a throttle refuses a call' },
      additive: false,
      read: ({ probability }) => probability,
    },
  },
  dashboard: { id: 'throttle', counts: { rejections: 'reject' } },
  spanFields: { probability: { attribute: 'throttle.probability' } },
}
