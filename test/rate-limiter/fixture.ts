import { rateLimiter } from 'holdfast'
import { expect } from 'vitest'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import { common, counts, durations, functions, infinite, nonsense } from '../support/refused-values.ts'

export const fixture: PolicyFixture = {
  bare: rateLimiter(1),
  options: {
    rateLimiter: {
      make: rateLimiter,
      alone: 'limit',
      needs: { limit: 1 },
      refused: {
        ...common,
        limit: [...nonsense, 0, -1, '1', undefined],
        per: durations(infinite, 0),
        burst: [...nonsense, 0, 0.9, -1, '1', infinite],
        algorithm: [...nonsense, 'bucket', ''],
        maxWait: durations(infinite),
        queue: counts(0),
        cost: functions,
      },
    },
    'rateLimiter: warmUp': {
      make: (warmUp: never) => rateLimiter({ limit: 1, warmUp }),
      needs: { period: 1 },
      refused: { period: durations(infinite, 0, undefined), coldFactor: [...nonsense, 0, 0.9, '3', infinite] },
    },
  },
  models: {
    rateLimiter: ({ limit, queue }) => {
      const policy = rateLimiter({ limit, per: 40, burst: limit, maxWait: 30, queue })
      return {
        policy,
        during: () => {
          expect(policy.available).toBeLessThanOrEqual(limit)
          expect(policy.available).toBeGreaterThanOrEqual(0)
        },
        after: async (clock) => {
          expect(policy.waiting).toBe(0)
          await clock.advance(policy.reset)
          expect(policy.available).toBe(limit)
        },
      }
    },
  },
}
