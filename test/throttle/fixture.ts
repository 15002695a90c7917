import { throttle } from 'holdfast'
import { seededRandom } from 'holdfast/testing'
import { expect } from 'vitest'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import { common, counts, durations, functions, infinite, nonsense, ratios } from '../support/refused-values.ts'

export const fixture: PolicyFixture = {
  bare: throttle(),
  options: {
    throttle: {
      make: throttle,
      refused: {
        ...common,
        multiplier: [...nonsense, 0.99, 0, -1, '2', infinite],
        window: durations(0, infinite),
        floor: ratios,
        minimumCalls: [...counts(1), infinite],
        when: functions,
      },
    },
  },
  models: {
    throttle: () => {
      const policy = throttle({ window: 200, minimumCalls: 2, random: seededRandom(3) })
      return {
        policy,
        during: () => {
          const { probability, requests, accepts } = policy.snapshot()
          expect(probability).toBeGreaterThanOrEqual(0)
          expect(probability).toBeLessThanOrEqual(0.9)
          expect(accepts).toBeLessThanOrEqual(requests)
          expect(accepts).toBeGreaterThanOrEqual(0)
        },
        after: async (clock) => {
          // Nothing is kept for longer than the window.
          await clock.advance(200)
          expect(policy.probability).toBe(0)
        },
      }
    },
  },
}
