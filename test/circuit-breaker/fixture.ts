import { circuitBreaker } from 'holdfast'
import { expect } from 'vitest'
import { ended } from '../composition/deferred.ts'
import type { PolicyFixture } from '../support/policy-fixture.ts'
import {
  backoffs,
  common,
  counts,
  durations,
  functions,
  infinite,
  nonsense,
  ratios,
  rejections,
} from '../support/refused-values.ts'

const closed = { version: 1, state: 'closed', openings: 0, remaining: 0, at: 1 }
const counted = { row: 0, rowAge: 0, failures: [], slow: [] }

export const fixture: PolicyFixture = {
  bare: circuitBreaker(),
  options: {
    circuitBreaker: {
      make: circuitBreaker,
      refused: {
        ...common,
        consecutiveFailures: [...counts(1), infinite],
        failureRate: ratios,
        slowCallRate: ratios,
        slowCallAfter: durations(0, infinite),
        window: [
          ...durations(0, infinite),
          { calls: 0 },
          { calls: 1.5 },
          { calls: infinite },
          { calls: '5' },
          { calls: 5, more: 1 },
          { call: 5 },
        ],
        minimumCalls: [...counts(1), infinite],
        openFor: backoffs,
        warmUp: durations(infinite),
        probes: [...counts(1), infinite],
        when: functions,
        rejections,
        restore: [
          ...nonsense,
          'closed',
          JSON.parse('{"__proto__":{"version":1,"state":"open","openings":1,"remaining":1,"at":1}}'),
          { version: 2, state: 'open', openings: 1, remaining: 1, at: 1 },
          { version: 1, state: 'ajar', openings: 1, remaining: 1, at: 1 },
          { version: 1, state: 'open', openings: -1, remaining: 1, at: 1 },
          { version: 1, state: 'open', openings: 1, remaining: Number.NaN, at: 1 },
          { version: 1, state: 'open', openings: 1, remaining: 1 },
          { ...closed, warmUp: -1 },
          { ...closed, counts: null },
          { ...closed, counts: { ...counted, row: 0.5 } },
          { ...closed, counts: { ...counted, rowAge: -1 } },
          { ...closed, counts: { ...counted, failures: undefined } },
          { ...closed, counts: { ...counted, slow: [{ age: 1, good: 1, bad: 0 }] } },
          { ...closed, counts: { ...counted, failures: [{ age: 1, good: -1, bad: 0, badAge: 1 }] } },
          { ...closed, counts: { ...counted, failures: [5] } },
        ],
      },
    },
  },
  models: {
    breaker: () => {
      const policy = circuitBreaker({
        consecutiveFailures: 3,
        openFor: 20,
        probes: 2,
        slowCallAfter: 45,
        minimumCalls: 3,
      })
      const changes: string[] = []
      policy.on('open', () => changes.push('open'))
      policy.on('halfOpen', () => changes.push('halfOpen'))
      policy.on('close', () => changes.push('close'))
      return {
        policy,
        after: async (clock) => {
          // One event an opening, and nothing but a probe ends it.
          for (const [i, change] of changes.entries()) {
            if (change === 'open') expect([undefined, 'close', 'halfOpen']).toContain(changes[i - 1])
            else expect(changes[i - 1]).toBe(change === 'halfOpen' ? 'open' : 'halfOpen')
          }
          // No probe is lost: good calls can always close the breaker.
          for (let i = 0; i < 6; i++) {
            await clock.advance(20)
            await ended(policy.execute(() => 'fine'))
          }
          expect(policy.state).toBe('closed')
        },
      }
    },
  },
}
