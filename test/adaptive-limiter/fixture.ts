import { adaptiveLimiter } from 'holdfast'
import { expect } from 'vitest'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import { common, counts, durations, functions, infinite, nonsense, without } from '../support/refused-values.ts'

export const fixture: PolicyFixture = {
  bare: adaptiveLimiter(),
  options: {
    adaptiveLimiter: {
      make: adaptiveLimiter,
      refused: {
        ...common,
        algorithm: [...nonsense, 'gradient2', '', { update: 1 }],
        initial: [...counts(1), infinite, 201],
        min: [...counts(1), infinite],
        max: [...counts(1), infinite],
        tolerance: [...nonsense, 0.99, 0, -1, '2', infinite],
        when: functions,
        queue: counts(0),
        maxWait: durations(infinite),
        order: [...nonsense, 'newest', ''],
        target: durations(infinite, 0, 4.9),
        interval: durations(infinite, 0, 9),
        partitions: [...nonsense, { a: 0 }, { a: -1 }, { a: 1.1 }, { a: 0.6, b: 0.5 }, { a: '1' }],
        partition: [...functions, () => 'a'],
        priority: [...nonsense, 'levels', '', 1],
        overload: [...functions, 0.5],
      },
    },
    'adaptiveLimiter: window': {
      make: (window: never) => adaptiveLimiter({ window }),
      refused: {
        every: durations(infinite, 0),
        samples: [...counts(1), infinite],
        quantile: [...without(nonsense), 0, -0.01, 1.01, '0.5', infinite],
      },
    },
  },
  models: {
    adaptiveLimiter: ({ limit, queue }) => {
      const policy = adaptiveLimiter({
        initial: limit,
        max: 2 * limit,
        queue,
        window: { every: 20, samples: 2 },
        target: 5,
        interval: 30,
      })
      return {
        policy,
        during: () => {
          expect(policy.inflight).toBeGreaterThanOrEqual(0)
          expect(policy.inflight).toBeLessThanOrEqual(2 * limit)
          expect(policy.queued).toBeLessThanOrEqual(queue)
        },
        after: () => expect([policy.inflight, policy.queued]).toEqual([0, 0]),
      }
    },
  },
}
