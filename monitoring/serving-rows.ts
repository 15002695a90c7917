/** What is served: components, objectives, calls. */
import { lines, type Names, number, type Rows, states } from './panels.ts'
import { by, inRange, per, time, worst } from './queries.ts'

const componentStates = ['up', 'unknown', 'maintenance', 'degraded', 'down']
const componentNames: Names = [
  ['up', 'green'],
  ['unknown', 'gray'],
  ['maintenance', 'blue'],
  ['degraded', 'yellow'],
  ['down', 'red'],
]

export const servingRows: Rows = {
  Availability: [
    number('Availability', [[`${inRange('up|degraded')} / (${inRange('up|degraded|down')} > 0)`, '{{component}}']], {
      description: 'Time serving / time known, over all instances, in the time shown.',
    }),
    number(
      'MTTR',
      [
        [
          `${inRange('down')} / (sum by (component) (increase(holdfast_component_restorations_total{${by}}[$__range])) > 0)`,
          '{{component}}',
        ],
      ],
      { unit: 's', description: 'Time down / restorations, in the time shown.' },
    ),
    number(
      'MTBF',
      [
        [
          `${inRange('up|degraded')} / (sum by (component) (increase(holdfast_component_failures_total{${by}}[$__range])) > 0)`,
          '{{component}}',
        ],
      ],
      { unit: 's', description: 'Time serving / failures, in the time shown.' },
    ),
    number('Coverage', [[`1 - ${inRange('unknown')} / (${inRange('.+')} > 0)`, '{{component}}']], {
      description: 'How much of the time anything was known.',
    }),
    states(
      'Components',
      [worst('holdfast_component_status', 'component', componentStates), '{{component}}'],
      componentNames,
    ),
    lines('Time down', [[per(time, 'component', ',state="down"'), '{{component}}']], {
      unit: 'percentunit',
      description: 'The part of the time, added over instances: outages shorter than a scrape are in it.',
    }),
    lines('Failures', [
      [`sum by (component) (increase(holdfast_component_failures_total{${by}}[$__rate_interval]))`, '{{component}}'],
    ]),
    lines(
      'Length of outages',
      [
        [
          `histogram_quantile(0.5, sum by (le) (increase(holdfast_component_outage_duration_seconds_bucket{${by}}[$__range])))`,
          'median',
        ],
        [
          `histogram_quantile(0.9, sum by (le) (increase(holdfast_component_outage_duration_seconds_bucket{${by}}[$__range])))`,
          '90 %',
        ],
        [
          `histogram_quantile(0.9, sum by (le) (increase(holdfast_component_detection_duration_seconds_bucket{${by}}[$__range])))`,
          'until noticed, 90 %',
        ],
      ],
      { unit: 's' },
    ),
  ],
  Objectives: [
    lines(
      'Error budget left',
      [[`min by (slo, window) (holdfast_slo_error_budget_remaining_ratio{${by}})`, '{{slo}} {{window}}']],
      { unit: 'percentunit', description: 'Of the instance that has the least.' },
    ),
    lines('Burn rate', [[`max by (slo, lookback) (holdfast_slo_burn_rate_ratio{${by}})`, '{{slo}} {{lookback}}']]),
    lines('Good and bad', [[per('holdfast_slo_events_total', 'slo, outcome'), '{{slo}} {{outcome}}']], {
      stacked: true,
    }),
    lines(
      'Objective, and the last hour',
      [
        [`max by (slo) (holdfast_slo_objective_ratio{${by}})`, '{{slo}} target'],
        [
          `sum by (slo) (rate(holdfast_slo_events_total{${by},outcome="good"}[1h])) / (sum by (slo) (rate(holdfast_slo_events_total{${by}}[1h])) > 0)`,
          '{{slo}}',
        ],
      ],
      { unit: 'percentunit', width: 12 },
    ),
    lines('Tiers that fire', [[`max by (slo, tier) (holdfast_slo_alert_active{${by}})`, '{{slo}} {{tier}}']], {
      width: 12,
      max: 1,
    }),
  ],
  Calls: [
    lines('Calls', [[per('holdfast_calls_total', 'policy, outcome'), '{{policy}} {{outcome}}']], { unit: 'reqps' }),
    lines(
      'Good at the first try, and in the end',
      [
        [
          `${per('holdfast_calls_first_try_total', 'policy')} / (${per('holdfast_calls_total', 'policy', ',outcome!="ignored"')} > 0)`,
          '{{policy}} first',
        ],
        [
          `${per('holdfast_calls_total', 'policy', ',outcome="success"')} / (${per('holdfast_calls_total', 'policy', ',outcome!="ignored"')} > 0)`,
          '{{policy}} end',
        ],
      ],
      { unit: 'percentunit', max: 1 },
    ),
    lines('Saved by', [[per('holdfast_calls_saved_total', 'policy, saved_by'), '{{policy}} {{saved_by}}']], {
      unit: 'reqps',
    }),
    lines(
      'Attempts a call',
      [
        [
          `${per('holdfast_call_attempts_total', 'policy')} / (${per('holdfast_calls_total', 'policy')} > 0)`,
          '{{policy}}',
        ],
      ],
      { width: 12 },
    ),
    lines(
      'Duration (with callDuration)',
      [
        [
          `histogram_quantile(0.99, sum by (le, policy) (rate(holdfast_call_duration_seconds_bucket{${by}}[$__rate_interval])))`,
          '{{policy}} 99 %',
        ],
      ],
      { unit: 's', width: 12 },
    ),
  ],
}
