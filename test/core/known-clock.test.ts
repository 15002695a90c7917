import { bulkhead, circuitBreaker, failoverPool, fallback, pipeline, retry, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { BasePolicy } from '../../src/core/policy.ts'

const bare = [
  circuitBreaker(),
  circuitBreaker({ warmUp: '1m' }),
  bulkhead({ limit: 1, queue: 1 }),
  failoverPool(['a', 'b'], { guard: () => circuitBreaker() }),
  retry(),
  timeout('1s'),
  fallback({ value: 0 }),
  pipeline(circuitBreaker(), retry()),
].map((policy) => policy as unknown as BasePolicy)

/** Reads every getter of a policy but `clock`, which fixes it by design. */
function readGetters(policy: BasePolicy): number {
  let count = 0
  for (let at = policy as object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (get === undefined || name === 'clock') continue
      get.call(policy)
      count++
    }
  }
  return count
}

describe('a policy without a clock', () => {
  it.each(bare.map((policy) => [policy.kind, policy] as const))(
    'still takes the clock of a pipeline after its getters were read: %s',
    async (_, policy) => {
      expect(readGetters(policy)).toBeGreaterThan(3)
      policy.describe()
      const { snapshot } = policy as { snapshot?: () => unknown }
      snapshot?.call(policy)
      expect(policy.knownClock).toBe(undefined)

      const clock = virtualClock()
      expect(await pipeline({ clock }, policy as never).execute(() => 'fine')).toBe('fine')
      expect(policy.clock).toBe(clock)
    },
  )
})
