import { bulkhead, type FailoverOptions, failoverPool, retryBudget } from 'holdfast'
import { expect } from 'vitest'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import {
  backoffs,
  budgets,
  common,
  counts,
  durations,
  functions,
  infinite,
  nonsense,
  ratios,
  rejections,
} from '../support/refused-values.ts'

const pool = (options: FailoverOptions<string>) => failoverPool(['a'], options)

export const fixture: PolicyFixture = {
  bare: failoverPool(['a']),
  options: {
    failoverPool: {
      make: pool,
      refused: {
        ...common,
        selection: [null, true, 1, 'ordered', {}, [], () => 1],
        guard: functions,
        panic: [...ratios, 'best'],
        maxEjected: ratios,
        when: functions,
        rejections,
        attempts: counts(1),
        stale: functions,
        budget: budgets,
        maxWait: durations(infinite),
      },
    },
    'failoverPool: outlier': {
      make: (outlier: never) => pool({ outlier }),
      refused: { consecutiveFailures: [...counts(1), infinite], ejectFor: backoffs },
    },
    'failoverPool: successRate': {
      make: (successRate: never) => pool({ outlier: { successRate } }),
      refused: { gap: ratios, minimumCalls: [...counts(1), infinite], window: durations(0, infinite) },
    },
    'failoverPool: check': {
      make: (check: never) => pool({ check }),
      needs: { run: () => true },
      refused: {
        run: [...functions, undefined],
        every: durations(0, infinite),
        fast: durations(0, infinite),
        timeout: durations(0, infinite),
        jitter: ratios,
        rise: [...counts(1), infinite],
        fall: [...counts(1), infinite],
        initial: [...nonsense, 'halfUp', ''],
        atOnce: [...counts(1), infinite],
        sameOperation: [null, 1, 'yes', {}],
      },
    },
    'failoverPool: slowStart': {
      make: (slowStart: never) => pool({ slowStart }),
      needs: { window: 1 },
      alone: 'window',
      refused: {
        window: durations(0, infinite, undefined),
        aggression: [...nonsense, 0, -1, infinite, '1'],
        floor: ratios,
      },
    },
  },
  // What a pool does with its members has a model of its own: test/models/failover.test.ts.
  models: {
    pool: ({ limit, queue }) => {
      const guard = () => bulkhead({ limit, queue })
      const policy = failoverPool(['a', 'b'], { guard, budget: retryBudget.share({ ratio: 0.5, min: 2 }) })
      return {
        policy,
        attempts: 2,
        after: () => {
          for (const { pending } of policy.members) expect(pending).toBe(0)
          policy.close()
        },
      }
    },
  },
}
