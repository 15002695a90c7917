/** Where it hurts: breakers, retries, bulkheads, pools, and the exporter itself. */
import { lines, type Names, type Rows, states } from './panels.ts'
import { by, per, worst } from './queries.ts'

const breakerStates = ['closed', 'disabled', 'isolated', 'half-open', 'open']
const breakerNames: Names = [
  ['closed', 'green'],
  ['disabled', 'gray'],
  ['isolated', 'blue'],
  ['half-open', 'yellow'],
  ['open', 'red'],
]
const breaker = 'pipeline, pool, member, breaker'
const breakerLegend = '{{pipeline}} {{pool}} {{member}} {{breaker}}'
const policyLegend = '{{pipeline}} {{pool}} {{member}} {{policy}}'

export const policyRows: Rows = {
  'Circuit breakers': [
    states('Breakers', [worst('holdfast_circuit_breaker_status', breaker, breakerStates), breakerLegend], breakerNames),
    lines(
      'Time open',
      [[per('holdfast_circuit_breaker_state_time_seconds_total', breaker, ',state="open"'), breakerLegend]],
      { unit: 'percentunit' },
    ),
    lines('Changes', [
      [
        `sum by (${breaker}, from, to) (increase(holdfast_circuit_breaker_transitions_total{${by}}[$__rate_interval]))`,
        `${breakerLegend} {{from}} → {{to}}`,
      ],
    ]),
    lines('Refused', [[per('holdfast_circuit_breaker_rejections_total', breaker), breakerLegend]], { unit: 'reqps' }),
  ],
  'Retries, timeouts, bulkheads': [
    lines('Retries', [[per('holdfast_retry_attempts_total', 'pipeline, pool, member, policy'), policyLegend]], {
      unit: 'reqps',
    }),
    lines(
      'What became of retried calls',
      [[per('holdfast_retry_calls_total', 'pipeline, policy, result'), '{{pipeline}} {{policy}} {{result}}']],
      { unit: 'reqps' },
    ),
    lines(
      'Wait before a retry',
      [
        [
          `histogram_quantile(0.9, sum by (le, pipeline, policy) (rate(holdfast_retry_delay_seconds_bucket{${by}}[$__rate_interval])))`,
          '{{pipeline}} {{policy}} 90 %',
        ],
      ],
      { unit: 's' },
    ),
    lines(
      'Timeouts and fallbacks',
      [
        [per('holdfast_timeout_timeouts_total', 'pipeline, pool, member, policy'), policyLegend],
        [per('holdfast_fallback_invocations_total', 'pipeline, pool, member, policy'), policyLegend],
      ],
      { unit: 'reqps' },
    ),
    lines('Slots', [
      [`sum by (pipeline, policy) (holdfast_bulkhead_execution_active{${by}})`, '{{pipeline}} {{policy}} active'],
      [`sum by (pipeline, policy) (holdfast_bulkhead_queue_length{${by}})`, '{{pipeline}} {{policy}} waiting'],
      [`sum by (pipeline, policy) (holdfast_bulkhead_execution_limit{${by}})`, '{{pipeline}} {{policy}} limit'],
    ]),
    lines(
      'Refused for want of a slot',
      [[per('holdfast_bulkhead_rejections_total', 'pipeline, policy, reason'), '{{pipeline}} {{policy}} {{reason}}']],
      { unit: 'reqps' },
    ),
  ],
  'Limits and throttles': [
    lines(
      'Refused by limiters and throttles',
      [
        [per('holdfast_rate_limiter_rejections_total', 'pipeline, policy'), policyLegend],
        [per('holdfast_throttle_rejections_total', 'pipeline, policy'), policyLegend],
        [per('holdfast_deadline_budget_rejections_total', 'pipeline, policy'), policyLegend],
        [per('holdfast_adaptive_limiter_rejections_total', 'pipeline, policy, reason'), `${policyLegend} {{reason}}`],
      ],
      { unit: 'reqps' },
    ),
    lines('What the adaptive limiter finds', [
      [`sum by (pipeline, policy) (holdfast_adaptive_limiter_limit{${by}})`, '{{pipeline}} {{policy}} limit'],
      [`sum by (pipeline, policy) (holdfast_adaptive_limiter_inflight{${by}})`, '{{pipeline}} {{policy}} running'],
    ]),
    lines('Permits left, and calls that wait for one', [
      [`sum by (pipeline, policy) (holdfast_rate_limiter_permits_available{${by}})`, '{{pipeline}} {{policy}} left'],
      [`sum by (pipeline, policy) (holdfast_rate_limiter_queue_length{${by}})`, '{{pipeline}} {{policy}} waiting'],
    ]),
  ],
  'Caches, flights, hedges': [
    lines(
      'What the cache had',
      [
        [per('holdfast_cache_lookups_total', 'pipeline, policy, result'), '{{pipeline}} {{policy}} {{result}}'],
        [per('holdfast_cache_stale_total', 'pipeline, policy, reason'), '{{pipeline}} {{policy}} stale: {{reason}}'],
      ],
      { unit: 'reqps', stacked: true },
    ),
    lines(
      'Calls that ran for others, and that waited for them',
      [
        [per('holdfast_single_flight_flights_total', 'pipeline, policy'), '{{pipeline}} {{policy}} ran'],
        [per('holdfast_single_flight_joins_total', 'pipeline, policy'), '{{pipeline}} {{policy}} waited'],
      ],
      { unit: 'reqps' },
    ),
    lines(
      'Hedges',
      [
        [per('holdfast_hedge_attempts_total', 'pipeline, policy'), '{{pipeline}} {{policy}} sent'],
        [per('holdfast_hedge_wins_total', 'pipeline, policy, winner'), '{{pipeline}} {{policy}} won by {{winner}}'],
        [
          per('holdfast_hedge_denials_total', 'pipeline, policy, reason'),
          '{{pipeline}} {{policy}} not sent: {{reason}}',
        ],
      ],
      { unit: 'reqps' },
    ),
  ],
  Pools: [
    lines('Members', [[`sum by (pool, state) (holdfast_pool_members{${by}})`, '{{pool}} {{state}}']], {
      stacked: true,
    }),
    lines('Tries under way', [[`sum by (pool, member) (holdfast_pool_member_pending{${by}})`, '{{pool}} {{member}}']]),
    lines('Latency', [[`max by (pool, member) (holdfast_pool_member_latency_seconds{${by}})`, '{{pool}} {{member}}']], {
      unit: 's',
    }),
    lines('Weight', [[`max by (pool, member) (holdfast_pool_member_weight{${by}})`, '{{pool}} {{member}}']]),
    lines('Ejections', [
      [
        `sum by (pool, member, reason) (increase(holdfast_pool_ejections_total{${by}}[$__rate_interval]))`,
        '{{pool}} {{member}} {{reason}}',
      ],
    ]),
    lines(
      'Failovers, and no member left',
      [
        [per('holdfast_pool_failovers_total', 'pool'), '{{pool}} failovers'],
        [per('holdfast_pool_exhausted_total', 'pool'), '{{pool}} exhausted'],
      ],
      { unit: 'reqps' },
    ),
  ],
  'The exporter': [
    lines(
      'Contained errors',
      [[`sum by (source) (increase(holdfast_exporter_errors_total{${by}}[$__rate_interval]))`, '{{source}}']],
      { width: 12 },
    ),
    lines(
      'Left out',
      [[`sum by (limit) (increase(holdfast_exporter_dropped_total{${by}}[$__rate_interval]))`, '{{limit}}']],
      { width: 12 },
    ),
  ],
}
