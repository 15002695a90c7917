/** What exporters show of an adaptive limiter. */
import type { LimitReachedReason } from '../core/errors.ts'
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { AdaptiveLimiter } from './adaptive-limiter.ts'
import type { AdaptiveLimiterEvents } from './events.ts'

/** Why a call was refused, as a label value. */
const reasons: Readonly<Record<LimitReachedReason, string>> = {
  limit: 'limit',
  queue: 'queue',
  maxWait: 'max_wait',
  codel: 'codel',
  deadline: 'deadline',
  priority: 'priority',
  overload: 'overload',
}

export const adaptiveLimiterTelemetry: PolicyTelemetry<AdaptiveLimiter, AdaptiveLimiterEvents> = {
  kind: 'adaptiveLimiter',
  label: ['policy', 'policy.name'],
  events: {
    limit: {},
    probe: {},
    enqueue: {},
    dequeue: {
      histogram: {
        metric: { name: 'adaptive_limiter.wait_time', unit: 's', description: 'Waits of calls that got a permit' },
        field: 'waited',
      },
    },
    reject: {
      counter: {
        metric: {
          name: 'adaptive_limiter.rejections',
          unit: '{rejection}',
          description: 'Calls refused',
          attributes: { reason: 'reason' },
        },
        by: { label: 'reason', field: 'reason', initial: Object.values(reasons), rename: reasons },
      },
    },
  },
  gauges: {
    limit: {
      metric: { name: 'adaptive_limiter.limit', unit: '{execution}', description: 'Calls that may run at once' },
      additive: true,
      read: ({ limit }) => limit,
    },
    inflight: {
      metric: { name: 'adaptive_limiter.inflight', unit: '{execution}', description: 'Calls that run' },
      additive: true,
      read: ({ inflight }) => inflight,
    },
    queued: {
      metric: { name: 'adaptive_limiter.queue.length', unit: '{request}', description: 'Calls that wait for a permit' },
      additive: true,
      read: ({ queued }) => queued,
    },
    baseline: {
      metric: {
        name: 'adaptive_limiter.baseline',
        unit: 's',
        description: 'Latency without a queue at the dependency',
      },
      additive: false,
      read: ({ baseline }) => (baseline === undefined ? undefined : baseline / 1000),
    },
  },
  dashboard: { id: 'adaptive_limiter', counts: { rejections: 'reject' } },
  spanFields: {
    waited: { attribute: 'adaptive_limiter.wait_time', duration: true },
    queued: { attribute: 'adaptive_limiter.queue.length' },
  },
}
