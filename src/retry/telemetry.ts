/** What exporters show of a retry. */
import type { MetricTelemetry, PolicyTelemetry } from '../core/telemetry.ts'
import type { RetryEvents } from './events.ts'
import type { Retry } from './retry.ts'
import type { GiveUpReason } from './run.ts'

/** Why a retry gave up, as a label value. */
const results: Readonly<Record<GiveUpReason, string>> = {
  retries: 'exhausted',
  deadline: 'deadline',
  idempotent: 'not_retryable',
  rejected: 'rejected',
  backoff: 'stopped',
  retryAfter: 'stopped',
  budget: 'budget_exhausted',
  before: 'stopped',
}

const calls: MetricTelemetry = {
  name: 'retry.calls',
  unit: '{call}',
  description: 'Calls that failed at first, by what became of them',
  attributes: { result: 'retry.result' },
}

export const retryTelemetry: PolicyTelemetry<Retry, RetryEvents> = {
  kind: 'retry',
  label: ['policy', 'policy.name'],
  events: {
    retry: {
      counter: {
        metric: {
          name: 'retry.attempts',
          unit: '{attempt}',
          description: 'Attempts after a failure',
          attributes: { attempt_type: 'attempt.type' },
        },
        labels: { attempt_type: 'retry' },
      },
      histogram: {
        metric: { name: 'retry.delay', unit: 's', description: 'Waits before a retry' },
        field: 'delay',
      },
    },
    giveUp: {
      counter: {
        metric: calls,
        by: { label: 'result', field: 'reason', initial: [...new Set(Object.values(results))], rename: results },
      },
    },
  },
  saves: { metric: calls, labels: { result: 'success_after_retry' } },
  repeats: true,
  dashboard: { id: 'retry', counts: { retries: 'retry' } },
  spanFields: { delay: { attribute: 'retry.delay', duration: true } },
}
