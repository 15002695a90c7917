/**
 * A call without options may go the plain way, which costs less; one with options never does. Whatever the policies, the
 * operations and the listeners: both come to the same results, events and states, at the same times.
 */
import fc from 'fast-check'
import {
  type AnyPolicy,
  availabilityTracker,
  bulkhead,
  type Call,
  circuitBreaker,
  constant,
  fallback,
  pipeline,
  retry,
  timeout,
} from 'holdfast'
import { recorder, seededRandom, type VirtualClock, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { Alarm } from '../../src/core/timer.ts'
import { ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

const behaviours = ['ok', 'ok', 'value', 'fail', 'throw', 'slow ok', 'slow fail', 'heeds', 'hang', 'bad'] as const
const names = ['timeout', 'attempt timeout', 'retry', 'breaker', 'judging', 'bulkhead', 'fallback'] as const

const one = fc.record({
  at: fc.constantFrom(0, 0, 10, 30, 60),
  script: fc.array(fc.constantFrom(...behaviours), { minLength: 1, maxLength: 3 }),
})

const scenario = fc.record({
  policies: fc.shuffledSubarray([...names]),
  limit: fc.integer({ min: 1, max: 2 }),
  queue: fc.constantFrom(0, 1),
  listeners: fc.constantFrom('none', 'success', 'call', 'all', 'tracker'),
  calls: fc.array(one, { minLength: 1, maxLength: 6 }),
})

type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never

const failure = new Error('failed')

function after(clock: VirtualClock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(new Alarm(resolve), ms))
}

function operationOf(script: Scenario['calls'][number]['script'], clock: VirtualClock) {
  return (call: Call): unknown => {
    const what = script[Math.min(call.attempt, script.length) - 1]
    if (what === 'throw') throw failure
    if (what === 'value') return what
    if (what === 'heeds') {
      const { signal } = call
      return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    return (async () => {
      if (what === 'slow ok' || what === 'slow fail') await after(clock, 30)
      if (what === 'hang') await after(clock, 500)
      if (what === 'fail' || what === 'slow fail') throw failure
      return what
    })()
  }
}

async function run({ policies, limit, queue, listeners, calls }: Scenario, plain: boolean): Promise<object> {
  const clock = virtualClock()
  const breaker = circuitBreaker({ consecutiveFailures: 2, openFor: 40 })
  const slots = bulkhead({ limit, queue })
  const made: Record<(typeof names)[number], AnyPolicy> = {
    timeout: timeout(100),
    'attempt timeout': timeout({ name: 'attempt', after: 50 }),
    retry: retry({ retries: 2, backoff: constant(5) }),
    breaker,
    judging: circuitBreaker({
      name: 'judging',
      failureRate: 0.5,
      minimumCalls: 2,
      when: (outcome) => !outcome.ok || outcome.value === 'bad',
    }),
    bulkhead: slots,
    fallback: fallback({ value: 'instead' }),
  }
  const chain = pipeline({ name: 'chain', clock, random: seededRandom(1) }, ...policies.map((name) => made[name]))
  const heard: unknown[] = []
  if (listeners === 'call') chain.on('call', (payload) => heard.push(payload))
  if (listeners === 'success') chain.on('success' as 'call', (payload) => heard.push(payload))
  const recorded = listeners === 'all' ? recorder(chain) : undefined
  const tracker = listeners === 'tracker' ? availabilityTracker({ clock }) : undefined
  tracker?.watch(chain)

  // By call: a result may take a microtask more to reach its caller on one way than on the other.
  const results: unknown[] = []
  const inOrder = [...calls].sort((a, b) => a.at - b.at)
  for (const [index, { at, script }] of inOrder.entries()) {
    await clock.advance(at - clock.now())
    const operation = operationOf(script, clock)
    const call = plain ? chain.execute(operation as never) : chain.execute(operation as never, {})
    void ended(call).then((outcome) => {
      results[index] = { at: clock.now(), outcome }
    })
  }
  await clock.advance(1000)
  return {
    results,
    heard,
    events: recorded?.events,
    requests: tracker?.report().requests,
    timeline: tracker?.timeline('chain'),
    state: breaker.state,
    active: slots.active,
    pending: clock.pending,
  }
}

describe('the plain way', () => {
  it('has the results, events and states of every other call', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (one) => {
        expect(await run(one, true)).toEqual(await run(one, false))
      }),
      { numRuns: runs(3000) },
    )
  })
})
