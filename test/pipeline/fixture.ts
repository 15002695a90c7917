import { pipeline, policy } from 'holdfast'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import { common, nonsense, without } from '../support/refused-values.ts'

export const fixture: PolicyFixture = {
  bare: pipeline(),
  options: {
    pipeline: {
      make: pipeline,
      refused: { ...common, strict: [...without(nonsense, (value) => value === true), 'yes', 1] },
      takesPolicies: true,
    },
  },
  models: {
    custom: () => ({ policy: policy('custom', (call, next) => next(call)) }),
    twice: () => ({
      policy: policy('twice', (_call, next) => {
        const first = next()
        void next()
        return first
      }),
      attempts: 2,
      repeatsAlways: true,
    }),
  },
}
