/** What exporters show of a hedge. */
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { HedgeEvents } from './events.ts'
import type { Hedge } from './hedge.ts'

/** Which attempt won, as a label value: a call has at most ten hedges. */
const winners: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 11 }, (_, i) => [i + 1, i === 0 ? 'first' : 'hedge']),
)

export const hedgeTelemetry: PolicyTelemetry<Hedge, HedgeEvents> = {
  kind: 'hedge',
  label: ['policy', 'policy.name'],
  events: {
    hedge: {
      counter: { metric: { name: 'hedge.attempts', unit: '{attempt}', description: 'Hedges started' } },
    },
    win: {
      counter: {
        metric: {
          name: 'hedge.wins',
          unit: '{call}',
          description: 'Hedged calls, by the attempt that gave the outcome',
          attributes: { winner: 'hedge.winner' },
        },
        by: { label: 'winner', field: 'attempt', initial: ['first', 'hedge'], rename: winners },
      },
    },
    deny: {
      counter: {
        metric: {
          name: 'hedge.denials',
          unit: '{hedge}',
          description: 'Hedges that were not sent, or not let in',
          attributes: { reason: 'reason' },
        },
        by: {
          label: 'reason',
          field: 'reason',
          initial: ['budget', 'deadline', 'idempotent', 'samples', 'rejected'],
        },
      },
    },
    lateResult: {},
  },
  gauges: {
    delay: {
      metric: { name: 'hedge.delay', unit: 's', description: 'How long an attempt runs before a hedge starts' },
      additive: false,
      read: ({ delay }) => (delay === undefined ? undefined : delay / 1000),
    },
    pending: {
      metric: { name: 'hedge.pending', unit: '{attempt}', description: 'Hedges whose work has not settled' },
      additive: true,
      read: ({ pending }) => pending,
    },
  },
  repeats: true,
  dashboard: { id: 'hedge', counts: { hedges: 'hedge', denied: 'deny' } },
  spanFields: { delay: { attribute: 'hedge.delay', duration: true } },
}
