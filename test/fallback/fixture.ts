import { fallback } from 'holdfast'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import { common, functions } from '../support/refused-values.ts'

export const fixture: PolicyFixture = {
  bare: fallback({ value: 0 }),
  options: {
    fallback: {
      make: fallback,
      needs: { value: 1 },
      refused: { ...common, when: functions, value: [undefined] },
    },
  },
  models: {
    fallback: () => ({
      policy: fallback({ value: ({ error }) => (error === undefined ? 'instead of a value' : 'instead') }),
      gives: ['instead', 'instead of a value'],
    }),
  },
}
