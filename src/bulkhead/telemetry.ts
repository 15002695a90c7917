/** What exporters show of a bulkhead. */
import type { BulkheadReason } from '../core/errors.ts'
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { Bulkhead } from './bulkhead.ts'
import type { BulkheadEvents } from './events.ts'

/** Why a call was refused, as a label value. */
const reasons: Readonly<Record<BulkheadReason, string>> = { full: 'full', maxWait: 'max_wait', deadline: 'deadline' }

export const bulkheadTelemetry: PolicyTelemetry<Bulkhead, BulkheadEvents> = {
  kind: 'bulkhead',
  label: ['policy', 'policy.name'],
  events: {
    enqueue: {},
    dequeue: {
      histogram: {
        metric: { name: 'bulkhead.wait_time', unit: 's', description: 'Waits of calls that got a slot' },
        field: 'waited',
      },
    },
    reject: {
      counter: {
        metric: {
          name: 'bulkhead.rejections',
          unit: '{rejection}',
          description: 'Calls refused',
          attributes: { reason: 'reason' },
        },
        by: { label: 'reason', field: 'reason', initial: Object.values(reasons), rename: reasons },
      },
    },
  },
  gauges: {
    active: {
      metric: { name: 'bulkhead.execution.active', unit: '{execution}', description: 'Slots held' },
      additive: true,
      read: ({ active }) => active,
    },
    queued: {
      metric: { name: 'bulkhead.queue.length', unit: '{request}', description: 'Calls that wait for a slot' },
      additive: true,
      read: ({ queued }) => queued,
    },
    limit: {
      metric: { name: 'bulkhead.execution.limit', unit: '{execution}', description: 'Size of the bulkhead in slots' },
      additive: true,
      read: ({ limit }) => limit,
    },
  },
  dashboard: { id: 'bulkhead', counts: { rejections: 'reject' } },
  spanFields: {
    waited: { attribute: 'bulkhead.wait_time', duration: true },
    queued: { attribute: 'bulkhead.queue.length' },
  },
}
