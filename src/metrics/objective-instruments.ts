/** What is measured of objectives. */
import { counter, gauge, upDownCounter } from './instrument.ts'

const slo = { slo: 'slo.name' }

export const objectiveInstruments = {
  target: gauge('slo.objective', '1', 'The part that has to be good', slo, 'first'),
  remaining: gauge(
    'slo.error_budget.remaining',
    '1',
    'Part of the error budget that is left: 1 all, 0 none, below 0 overspent',
    { ...slo, window: 'window' },
  ),
  burnRate: gauge('slo.burn_rate', '1', 'How many times faster than allowed the budget goes', {
    ...slo,
    lookback: 'lookback',
  }),
  events: counter('slo.events', '{event}', 'Good and bad requests or slices; seconds for objectives of time', {
    ...slo,
    outcome: 'slo.outcome',
  }),
  alert: upDownCounter('slo.alert.active', '{alert}', '1 while a tier of the tracker fires', {
    ...slo,
    tier: 'slo.tier',
    severity: 'slo.severity',
  }),
}
