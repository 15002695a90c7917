/** The metrics of policies, by what they are of. */
import { callBuckets } from './buckets.ts'
import type { Exposition } from './exposition.ts'

/** Of a policy inside others: the pipeline it was handed over in, and the pool and member it guards. */
const within = ['pipeline', 'pool', 'member']

export type Families = ReturnType<typeof familiesOf>

/** `durations` are the buckets of the duration of calls, where they are asked for. */
export function familiesOf(exposition: Exposition, durations: readonly number[] | undefined) {
  const breaker = [...within, 'breaker']
  const policy = [...within, 'policy']
  const pool = ['pipeline', 'pool']
  const member = [...pool, 'member']
  return {
    calls: exposition.counter('calls_total', 'Calls that ended, as their caller saw them', ['policy', 'outcome']),
    firstTries: exposition.counter('calls_first_try_total', 'Calls whose first try succeeded', ['policy']),
    attempts: exposition.counter('call_attempts_total', 'Invocations of the operation', ['policy']),
    saved: exposition.counter('calls_saved_total', 'Calls good in the end but not at first', ['policy', 'saved_by']),
    durations:
      durations && exposition.histogram('call_duration_seconds', 'Duration of calls', ['policy', 'outcome'], durations),
    breakerStatus: exposition.gauge(
      'circuit_breaker_status',
      '1 for the state a circuit breaker is in',
      [...breaker, 'state'],
      'sum',
    ),
    breakerStateTime: exposition.counter(
      'circuit_breaker_state_time_seconds_total',
      'Time in each state, so that no opening is missed between two scrapes',
      [...breaker, 'state'],
    ),
    transitions: exposition.counter('circuit_breaker_transitions_total', 'Changes of state', [
      ...breaker,
      'from',
      'to',
    ]),
    breakerRejections: exposition.counter('circuit_breaker_rejections_total', 'Calls refused without running', [
      ...breaker,
      'state',
    ]),
    retries: exposition.counter('retry_attempts_total', 'Tries after a failure', [...policy, 'attempt_type']),
    retryCalls: exposition.counter('retry_calls_total', 'Calls that failed at first, by what became of them', [
      ...policy,
      'result',
    ]),
    retryDelay: exposition.histogram('retry_delay_seconds', 'Waits before a retry', policy, callBuckets),
    timeouts: exposition.counter('timeout_timeouts_total', 'Calls or tries that took too long', policy),
    fallbacks: exposition.counter('fallback_invocations_total', 'Failures that were replaced', policy),
    active: exposition.gauge('bulkhead_execution_active', 'Slots held', policy, 'sum'),
    queued: exposition.gauge('bulkhead_queue_length', 'Calls that wait for a slot', policy, 'sum'),
    limit: exposition.gauge('bulkhead_execution_limit', 'Slots there are', policy, 'sum'),
    bulkheadRejections: exposition.counter('bulkhead_rejections_total', 'Calls refused', [...policy, 'reason']),
    members: exposition.gauge('pool_members', 'Members in each state', [...pool, 'state'], 'sum'),
    failovers: exposition.counter('pool_failovers_total', 'Tries that went on with another member', pool),
    exhausted: exposition.counter('pool_exhausted_total', 'Calls for which no member was left', pool),
    memberStatus: exposition.gauge('pool_member_status', '1 for the state a member is in', [...member, 'state'], 'sum'),
    weight: exposition.gauge('pool_member_weight', 'Weight, as far as a slow start lets it count', member, 'omit'),
    pending: exposition.gauge('pool_member_pending', 'Tries under way', member, 'sum'),
    latency: exposition.gauge('pool_member_latency_seconds', 'Mean time of recent good tries', member, 'omit'),
    ejections: exposition.counter('pool_ejections_total', 'Times a member left the rotation', [...member, 'reason']),
  }
}
