import { retry } from 'holdfast'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import { backoffs, budgets, common, counts, durations, functions, rejections } from '../support/refused-values.ts'

const failed = (outcome: { readonly ok: boolean; readonly value?: unknown }): boolean =>
  !outcome.ok || outcome.value === 'bad'

export const fixture: PolicyFixture = {
  bare: retry(),
  options: {
    retry: {
      make: retry,
      alone: 'retries',
      refused: {
        ...common,
        retries: counts(0),
        backoff: [...backoffs, { delay: 1, kind: 'mine', options: {} }],
        when: functions,
        rejections,
        retryAfter: functions,
        before: functions,
        maxRetryAfter: durations(),
        budget: budgets,
      },
    },
  },
  models: {
    retry: () => ({ policy: retry({ retries: 2, backoff: 10 }), attempts: 3 }),
    budgetedRetry: () => ({ policy: retry({ retries: 2, backoff: 10, budget: true }), attempts: 3 }),
    innerRetry: () => ({ policy: retry({ retries: 1, backoff: 0, name: 'inner', when: failed }), attempts: 2 }),
  },
}
