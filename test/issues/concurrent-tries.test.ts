/** Tries that run at the same time under a policy of one's own keep apart what is known of each. */
import { pipeline, policy, retry } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

const both = () => policy('both', async (_call, next) => Promise.all([ended(next()), ended(next())]))

describe('an inner retry under concurrent attempts', () => {
  it('gives each attempt its own retries, even after another has given up', async () => {
    const clock = virtualClock()
    const inner = retry({ retries: 2, backoff: 1 })
    const all = pipeline({ clock }, both(), inner)
    const { of } = recorder(inner)
    const perTry = new Map<string, number>()
    let started = 0
    const slowGates: ((error: unknown) => void)[] = []
    const call = all.execute(() => {
      const first = started++ === 0
      // The second invocation is the other try's first: it fails only after the first try has given up.
      if (started === 2) {
        perTry.set('slow', 1)
        return new Promise<never>((_resolve, reject) => slowGates.push(reject))
      }
      const name = slowGates.length > 0 && of('giveUp').length > 0 ? 'slow' : 'quick'
      perTry.set(name, (perTry.get(name) ?? 0) + 1)
      return Promise.reject(new Error(first ? 'first' : name))
    })
    await clock.advance(10)
    expect(of('giveUp').length).toBe(1)
    slowGates[0]?.(new Error('slow'))
    await clock.advance(10)
    await call
    expect(Object.fromEntries(perTry)).toEqual({ quick: 3, slow: 3 })
    expect(of('giveUp').length).toBe(2)
  })
})
