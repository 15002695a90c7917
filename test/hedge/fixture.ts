import { hedge } from 'holdfast'
import { expect } from 'vitest'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import {
  budgets,
  common,
  counts,
  durations,
  functions,
  infinite,
  nonsense,
  rejections,
  without,
} from '../support/refused-values.ts'

const failed = (outcome: { readonly ok: boolean; readonly value?: unknown }): boolean =>
  !outcome.ok || outcome.value === 'bad'

const modelled = (policy: ReturnType<typeof hedge>, attempts: number) => ({
  policy,
  attempts,
  during: () => expect(policy.pending).toBeGreaterThanOrEqual(0),
  after: () => expect(policy.pending).toBe(0),
})

export const fixture: PolicyFixture = {
  bare: hedge(),
  options: {
    hedge: {
      make: hedge,
      alone: 'after',
      refused: {
        ...common,
        hedges: [...counts(1), 11, infinite],
        budget: [...budgets, true, false, 0],
        when: functions,
        rejections,
        wins: [...nonsense, 'first', ''],
        startOnFailure: [...without(nonsense, (value) => value === true), 'yes', 0],
        idempotent: [...without(nonsense, (value) => value === true), false, 'yes'],
        dispose: functions,
      },
    },
    'hedge: after': {
      make: (after: object) => hedge({ after }),
      orElse: true,
      refused: {
        quantile: [...nonsense, 0, 1, -0.1, 1.1, '0.5', infinite],
        min: durations(infinite),
        samples: [...counts(1), infinite],
        initial: durations(infinite),
      },
    },
  },
  models: {
    hedge: () => modelled(hedge({ after: 20, hedges: 2, budget: Number.POSITIVE_INFINITY }), 3),
    budgetedHedge: () => modelled(hedge({ after: { initial: 15, samples: 3 }, name: 'learned', when: failed }), 2),
    eagerHedge: () =>
      modelled(hedge({ after: 30, name: 'eager', startOnFailure: true, budget: Number.POSITIVE_INFINITY }), 2),
    anyHedge: () => modelled(hedge({ after: 25, name: 'any', wins: 'any', budget: Number.POSITIVE_INFINITY }), 2),
    hedgeAtOnce: () => modelled(hedge({ after: 0, name: 'atOnce', budget: Number.POSITIVE_INFINITY }), 2),
  },
}
