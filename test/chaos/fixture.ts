import { chaos } from 'holdfast'
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

const booleans = [null, Symbol('s'), 1n, [], {}, Number.NaN, 0, 'on']

export const fixture: PolicyFixture = {
  bare: chaos(),
  options: {
    chaos: {
      make: chaos,
      refused: {
        ...common,
        enabled: booleans,
        rate: without(ratios, isFunction),
        seed: counts(0),
        key: [...functions, () => 1, /a/.source],
        fault: functions,
        value: [],
        latency: [
          ...durations(infinite),
          { min: 1 },
          { max: 1 },
          { min: 2, max: 1 },
          { min: -1, max: 1 },
          { min: 0, max: infinite },
          { min: 0, max: '1 s' },
          { min: 0, max: 1, mean: 1 },
        ],
        behavior: functions,
        count: [...booleans, () => true],
      },
    },
  },
  models: {
    chaosFault: ({ limit }) => {
      const policy = chaos({ enabled: true, rate: limit / 10, name: 'chaosFault' })
      return { policy, after: () => expect(policy.snapshot()).toEqual({ injected: policy.injected }) }
    },
    chaosValue: () => ({
      policy: chaos({ enabled: true, rate: 0.3, value: async () => 'injected', name: 'chaosValue' }),
      gives: ['injected'],
    }),
    chaosLatency: () => ({
      policy: chaos({ enabled: true, rate: 0.5, latency: { min: 0, max: 40 }, name: 'chaosLatency' }),
    }),
    chaosBehavior: () => ({
      policy: chaos({ enabled: true, rate: 0.5, behavior: async () => {}, name: 'chaosBehavior' }),
    }),
  },
}
