import { type AnyPolicy, bulkhead, type KeyedOptions, keyed } from 'holdfast'
import { expect } from 'vitest'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import { common, counts, durations, functions, nonsense } from '../support/refused-values.ts'

export const fixture: PolicyFixture = {
  bare: keyed(() => bulkhead(1)),
  options: {
    keyed: {
      make: (options: KeyedOptions<AnyPolicy>) => keyed(() => bulkhead(1), options),
      refused: {
        ...common,
        max: counts(1),
        idle: durations(),
        key: functions,
        overflow: [...nonsense, 'drop', ''],
        defaultPolicy: [...nonsense, 1, 'retry'],
      },
    },
  },
  models: {
    keyed: ({ limit, queue }) => {
      let calls = 0
      const made = new Set<ReturnType<typeof bulkhead>>()
      const policy = keyed(
        () => {
          const slots = bulkhead({ limit, queue, name: 'slots' })
          made.add(slots)
          return slots
        },
        {
          key: () => (calls++ % 4 === 0 ? undefined : `key ${calls % 3}`),
          max: 1,
          idle: 20,
          defaultPolicy: bulkhead(9),
        },
      )
      return {
        policy,
        during: () => expect(policy.size).toBeLessThanOrEqual(2),
        after: () => {
          for (const slots of made) expect([slots.active, slots.queued]).toEqual([0, 0])
        },
      }
    },
  },
}
