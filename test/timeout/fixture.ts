import { timeout } from 'holdfast'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import { common, durations } from '../support/refused-values.ts'

export const fixture: PolicyFixture = {
  bare: timeout('1s'),
  options: {
    timeout: {
      make: timeout,
      alone: 'after',
      needs: { after: 1 },
      refused: { ...common, after: durations(0, undefined) },
    },
  },
  models: {
    timeout: () => ({ policy: timeout({ after: 90 }) }),
    attemptTimeout: () => ({ policy: timeout({ after: 15, name: 'attempt' }) }),
  },
}
