/** What exporters show of a deadline budget. */
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { DeadlineBudget } from './deadline-budget.ts'
import type { DeadlineBudgetEvents } from './events.ts'

export const deadlineBudgetTelemetry: PolicyTelemetry<DeadlineBudget, DeadlineBudgetEvents> = {
  kind: 'deadlineBudget',
  label: ['policy', 'policy.name'],
  events: {
    reject: {
      counter: {
        metric: {
          name: 'deadline_budget.rejections',
          unit: '{rejection}',
          description: 'Calls refused, because too little time was left before their deadline',
        },
      },
    },
  },
  dashboard: { id: 'deadline_budget', counts: { rejections: 'reject' } },
  spanFields: {
    remaining: { attribute: 'deadline_budget.remaining', duration: true },
    needed: { attribute: 'deadline_budget.needed', duration: true },
  },
}
