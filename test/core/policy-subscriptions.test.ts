import { circuitBreaker, failoverPool, ordered } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { AnyPolicy, BasePolicy } from '../../src/core/policy.ts'
import { policyOf } from '../../src/core/policy-of.ts'
import { PolicySubscriptions } from '../../src/core/policy-subscriptions.ts'

const based = (policy: AnyPolicy): BasePolicy => policyOf(policy) as BasePolicy

describe('subscriptions to a policy', () => {
  it('get its events until they are closed, all together', () => {
    const breaker = circuitBreaker()
    const seen: string[] = []
    const subscriptions = new PolicySubscriptions(based(breaker))
      .on('disable', ({ kind }) => seen.push(`${kind} disable`))
      .on('close', ({ kind }) => seen.push(`${kind} close`))
    breaker.disable()
    breaker.reset()
    subscriptions.close()
    breaker.disable()

    expect(seen).toEqual(['circuitBreaker disable', 'circuitBreaker close'])
    expect(based(breaker).events.active).toBe(false)
  })

  it('hand what a handler throws to `onError`', () => {
    const breaker = circuitBreaker()
    const failed: unknown[] = []
    new PolicySubscriptions(based(breaker), (event, error) => failed.push([event, error])).on('disable', () => {
      throw new Error('in the handler')
    })
    breaker.disable()

    expect(failed).toEqual([['disable', new Error('in the handler')]])
  })

  it('leave what a handler throws to the policy, as a fault, where there is no `onError`', () => {
    const breaker = circuitBreaker()
    const faults: string[] = []
    breaker.on('fault', ({ source }) => faults.push(source))
    new PolicySubscriptions(based(breaker)).on('disable', () => {
      throw new Error('in the handler')
    })
    breaker.disable()

    expect(faults).toEqual(['listener:disable'])
  })

  it('include the events of the guards of a pool only where that is wanted', () => {
    const clock = virtualClock()
    const pool = failoverPool(['a'], { clock, selection: ordered(), guard: () => circuitBreaker({ name: 'guard' }) })
    const [all, own]: [string[], string[]] = [[], []]
    new PolicySubscriptions(based(pool))
      .on('disable', ({ policy }) => all.push(policy))
      .onOwn('disable', ({ policy }) => own.push(policy))
      .onOwn('membersChanged', ({ policy }) => own.push(policy))
    const guards = (pool as unknown as { readonly guards: ReadonlyMap<string, { disable(): void }> }).guards
    guards.get('a')?.disable()
    pool.add('b')

    expect(all).toEqual(['guard'])
    expect(own).toEqual(['failoverPool'])
  })
})
