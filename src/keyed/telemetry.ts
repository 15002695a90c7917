/** What exporters show of `keyed`: how many keys it keeps. The events of its policies are theirs. */
import type { BaseEvents } from '../core/events.ts'
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { Keyed } from './keyed.ts'

export const keyedTelemetry: PolicyTelemetry<Keyed, BaseEvents> = {
  kind: 'keyed',
  label: ['policy', 'policy.name'],
  events: {},
  gauges: {
    keys: {
      metric: { name: 'keyed.keys', unit: '{key}', description: 'Keys whose policies are kept' },
      additive: true,
      read: ({ size }) => size,
    },
  },
  dashboard: { id: 'keyed', counts: {} },
}
