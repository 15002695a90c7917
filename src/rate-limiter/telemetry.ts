/** What exporters show of a rate limiter. */
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { RateLimiterEvents } from './events.ts'
import type { RateLimiter } from './rate-limiter.ts'

export const rateLimiterTelemetry: PolicyTelemetry<RateLimiter, RateLimiterEvents> = {
  kind: 'rateLimiter',
  label: ['policy', 'policy.name'],
  events: {
    wait: {
      histogram: {
        metric: { name: 'rate_limiter.wait_time', unit: 's', description: 'Waits that were given to calls' },
        field: 'delay',
      },
    },
    reject: {
      counter: {
        metric: { name: 'rate_limiter.rejections', unit: '{rejection}', description: 'Calls refused' },
      },
    },
  },
  gauges: {
    available: {
      metric: { name: 'rate_limiter.permits.available', unit: '{permit}', description: 'Permits that could be taken' },
      additive: true,
      read: ({ available }) => available,
    },
    waiting: {
      metric: { name: 'rate_limiter.queue.length', unit: '{request}', description: 'Calls that wait for a permit' },
      additive: true,
      read: ({ waiting }) => waiting,
    },
    limit: {
      metric: { name: 'rate_limiter.permits.limit', unit: '{permit}', description: 'Permits in each period' },
      additive: true,
      read: ({ limit }) => limit,
    },
  },
  dashboard: { id: 'rate_limiter', counts: { waits: 'wait', rejections: 'reject' } },
  spanFields: {
    delay: { attribute: 'rate_limiter.wait_time', duration: true },
    position: { attribute: 'rate_limiter.queue.position' },
  },
}
