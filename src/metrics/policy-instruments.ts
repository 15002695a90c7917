/** What is measured of policies, by what they are of. */
import { callBuckets } from './buckets.ts'
import { counter, durations, gauge, type HistogramInstrument, upDownCounter } from './instrument.ts'
import { type Histogram, type Opened, open, type Sink } from './sink.ts'

/** Of those handed over. */
const whole = { policy: 'policy.name' }
const ended = { ...whole, outcome: 'outcome' }
/** Of a policy inside others: the pipeline it was handed over in, and the pool and member it guards. */
const within = { pipeline: 'pipeline.name', pool: 'pool.name', member: 'pool.member.name' }
const breaker = { ...within, breaker: 'circuit_breaker.name' }
const policy = { ...within, policy: 'policy.name' }
const pool = { pipeline: 'pipeline.name', pool: 'pool.name' }
const member = { ...pool, member: 'pool.member.name' }

const calls = {
  calls: counter('calls', '{call}', 'Calls that ended, as their caller saw them', ended),
  firstTries: counter('calls_first_try', '{call}', 'Calls whose first try succeeded', whole),
  attempts: counter('call.attempts', '{attempt}', 'Invocations of the operation', whole),
  saved: counter('calls_saved', '{call}', 'Calls good in the end but not at first', { ...whole, saved_by: 'saved_by' }),
}

/** There where it is asked for. */
const duration = durations('call.duration', 'Duration of calls', ended, callBuckets)

const parts = {
  breakerStatus: upDownCounter(
    'circuit_breaker.status',
    '{circuit_breaker}',
    '1 for the state a circuit breaker is in',
    { ...breaker, state: 'circuit_breaker.state' },
  ),
  breakerStateTime: counter(
    'circuit_breaker.state.time',
    's',
    'Time in each state, so that no opening is missed between two scrapes',
    { ...breaker, state: 'circuit_breaker.state' },
  ),
  transitions: counter('circuit_breaker.transitions', '{transition}', 'Changes of state', {
    ...breaker,
    from: 'circuit_breaker.from',
    to: 'circuit_breaker.to',
  }),
  breakerRejections: counter('circuit_breaker.rejections', '{rejection}', 'Calls refused without running', {
    ...breaker,
    state: 'circuit_breaker.state',
  }),
  retries: counter('retry.attempts', '{attempt}', 'Tries after a failure', { ...policy, attempt_type: 'attempt.type' }),
  retryCalls: counter('retry.calls', '{call}', 'Calls that failed at first, by what became of them', {
    ...policy,
    result: 'retry.result',
  }),
  retryDelay: durations('retry.delay', 'Waits before a retry', policy, callBuckets),
  timeouts: counter('timeout.timeouts', '{timeout}', 'Calls or tries that took too long', policy),
  fallbacks: counter('fallback.invocations', '{invocation}', 'Failures that were replaced', policy),
  active: upDownCounter('bulkhead.execution.active', '{execution}', 'Slots held', policy),
  queued: upDownCounter('bulkhead.queue.length', '{request}', 'Calls that wait for a slot', policy),
  limit: upDownCounter('bulkhead.execution.limit', '{execution}', 'Slots there are', policy),
  waits: durations('bulkhead.wait_time', 'Waits of calls that got a slot', policy, callBuckets),
  bulkheadRejections: counter('bulkhead.rejections', '{rejection}', 'Calls refused', { ...policy, reason: 'reason' }),
  members: upDownCounter('pool.members', '{member}', 'Members in each state', { ...pool, state: 'pool.member.state' }),
  failovers: counter('pool.failovers', '{failover}', 'Tries that went on with another member', pool),
  exhausted: counter('pool.exhausted', '{call}', 'Calls for which no member was left', pool),
  memberStatus: upDownCounter('pool.member.status', '{member}', '1 for the state a member is in', {
    ...member,
    state: 'pool.member.state',
  }),
  weight: gauge('pool.member.weight', '{weight}', 'Weight, as far as a slow start lets it count', member),
  pending: upDownCounter('pool.member.pending', '{attempt}', 'Tries under way', member),
  latency: gauge('pool.member.latency', 's', 'Mean time of recent good tries', member),
  ejections: counter('pool.ejections', '{ejection}', 'Times a member left the rotation', {
    ...member,
    reason: 'reason',
  }),
}

export type Families = Opened<typeof calls & typeof parts> & { readonly durations: Histogram | undefined }

/** All there are, as they are when durations of calls are asked for. */
export const policyInstruments = { ...calls, duration, ...parts }

/** `buckets` are those of the duration of calls, where they are asked for. */
export function familiesOf(sink: Sink, buckets: readonly number[] | undefined): Families {
  const own: HistogramInstrument | undefined = buckets && { ...duration, buckets }
  return { ...open(sink, calls), durations: own && sink.histogram(own), ...open(sink, parts) }
}
