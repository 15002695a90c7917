import { bulkhead } from 'holdfast'
import { expect } from 'vitest'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import { common, counts, durations, infinite } from '../support/refused-values.ts'

export const fixture: PolicyFixture = {
  bare: bulkhead(1),
  options: {
    bulkhead: {
      make: bulkhead,
      alone: 'limit',
      needs: { limit: 1 },
      refused: {
        ...common,
        limit: [...counts(0), undefined],
        queue: counts(0),
        maxWait: durations(infinite),
      },
    },
  },
  models: {
    bulkhead: ({ limit, queue }) => {
      const policy = bulkhead({ limit, queue, maxWait: 30 })
      return {
        policy,
        during: () => {
          expect(policy.active).toBeLessThanOrEqual(policy.limit)
          expect(policy.active).toBeGreaterThanOrEqual(0)
        },
        after: () => expect([policy.active, policy.queued]).toEqual([0, 0]),
      }
    },
  },
}
