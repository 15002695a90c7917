import { deadlineBudget } from 'holdfast'
import { expect } from 'vitest'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import { common, durations, infinite, nonsense } from '../support/refused-values.ts'

export const fixture: PolicyFixture = {
  bare: deadlineBudget(),
  options: {
    deadlineBudget: {
      make: deadlineBudget,
      refused: {
        ...common,
        reserve: durations(infinite),
        expected: [...nonsense.filter((value) => value !== false), true, 0, 1, -1, infinite, '0.5'],
      },
    },
  },
  models: {
    deadlineBudget: () => {
      const policy = deadlineBudget({ reserve: 5 })
      return {
        policy,
        during: () => {
          const { calls, refused, needed } = policy.snapshot()
          expect(refused).toBeLessThanOrEqual(calls)
          expect(needed).toBeGreaterThanOrEqual(5)
        },
        after: async (clock) => {
          await clock.advance('10s')
          expect(policy.snapshot()).toMatchObject({ calls: 0, refused: 0 })
        },
      }
    },
  },
}
