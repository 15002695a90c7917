import { type FailoverOptions, failoverPool } from 'holdfast'
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
  // A pool gives its operations a target: test/models/failover.test.ts has a model of its own.
  models: {},
}
