import { cache } from 'holdfast'
import { expect } from 'vitest'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import {
  common,
  counts,
  durations,
  functions,
  infinite,
  isFunction,
  ratios,
  without,
} from '../support/refused-values.ts'

const method = () => undefined

export const fixture: PolicyFixture = {
  bare: cache(),
  options: {
    cache: {
      make: cache,
      alone: 'ttl',
      refused: {
        ...common,
        ttl: without(durations(infinite), isFunction),
        staleWhileRevalidate: durations(infinite),
        staleIfError: durations(infinite),
        maxEntries: counts(1),
        key: functions,
        store: [...functions, { get: method, set: method, delete: method, clear: method }, { size: 0 }],
        when: functions,
        storeWhen: functions,
        jitter: ratios,
        refreshCooldown: durations(infinite),
      },
    },
  },
  models: {
    cache: () => {
      // A key for each call: none hits, so that values stay those of the call.
      let calls = 0
      const policy = cache({ key: () => String(++calls), ttl: 40, maxEntries: 3 })
      return { policy, after: () => expect(policy.size).toBeLessThanOrEqual(3) }
    },
  },
}
