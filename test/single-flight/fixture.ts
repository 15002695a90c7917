import { singleFlight } from 'holdfast'
import { expect } from 'vitest'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import { common, counts, durations, functions } from '../support/refused-values.ts'

export const fixture: PolicyFixture = {
  bare: singleFlight(),
  options: {
    singleFlight: {
      make: singleFlight,
      refused: { ...common, key: functions, maxAge: durations(0), maxKeys: counts(1) },
    },
  },
  models: {
    singleFlight: () => {
      // A key for each call: all lead, so that values stay those of the call.
      let calls = 0
      const policy = singleFlight({ key: () => String(++calls), maxAge: 40 })
      return { policy, after: () => expect(policy.keys).toBe(0) }
    },
  },
}
