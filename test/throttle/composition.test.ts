import { circuitBreaker, failoverPool, fallback, pipeline, throttle } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

const down = () => Promise.reject(new Error('down'))

describe('a throttle in a pipeline', () => {
  it('counts calls that a breaker inside refuses as not accepted, whatever when says', async () => {
    for (const when of [undefined, () => false]) {
      const clock = virtualClock()
      const outside = throttle({ random: () => 1, ...(when === undefined ? {} : { when }) })
      const both = pipeline({ name: 'both', clock }, outside, circuitBreaker({ consecutiveFailures: 1 }))
      for (let i = 0; i < 21; i++) await ended(both.execute(down))
      // The first call failed at the dependency, and that is no refusal.
      expect(outside.snapshot()).toMatchObject({ requests: 21, accepts: 1 })
      expect(outside.probability).toBeCloseTo(19 / 22)
    }
  })

  it('spares the breaker what it refuses, and its error replaced by a fallback counts once', async () => {
    const clock = virtualClock()
    const outside = throttle({ minimumCalls: 1, random: () => 0 })
    const breaker = circuitBreaker({ consecutiveFailures: 2 })
    const all = pipeline({ name: 'all', clock }, fallback({ value: 'spare' }), outside, breaker)
    for (let i = 0; i < 20; i++) expect(await all.execute(() => Promise.reject({ status: 503 }))).toBe('spare')
    expect(breaker.state).toBe('closed')
    expect(outside.snapshot()).toMatchObject({ requests: 20, accepts: 0, rejections: 19 })
  })

  it('counts a call of a pool once: as refused where all members tried refused it', async () => {
    const clock = virtualClock()
    const outside = throttle({ random: () => 1 })
    const both = pipeline({ name: 'both', clock }, outside, failoverPool(['a', 'b'], { outlier: false }))
    await ended(both.execute(() => Promise.reject({ status: 503 })))
    await ended(both.execute(({ target }) => Promise.reject(target === 'a' ? { status: 503 } : new Error('down'))))
    expect(outside.snapshot()).toMatchObject({ requests: 2, accepts: 1 })
  })

  it('shares its counts with all pipelines it is part of', async () => {
    const clock = virtualClock()
    const shared = throttle({ clock, random: () => 1 })
    const reads = pipeline('reads', shared)
    const writes = pipeline('writes', shared)
    await ended(reads.execute(() => Promise.reject({ status: 429 })))
    await ended(writes.execute(() => 'fine'))
    expect(shared.snapshot()).toMatchObject({ requests: 2, accepts: 1 })
  })
})
