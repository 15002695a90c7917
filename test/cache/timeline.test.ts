/** The timelines of `cache-timeline.json`: fresh, stale while it revalidates, stale in place of an error. */
import { readFileSync } from 'node:fs'
import { cache } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

interface TimelineStep {
  readonly t: number
  readonly age: number | null
  readonly served: 'origin' | 'fresh' | 'stale' | 'stale-on-error' | 'error'
  readonly originCalls: number
  readonly refresh?: 'ok' | 'err'
}

interface Timeline {
  readonly ttl: number
  readonly staleWhileRevalidate: number
  readonly staleIfError: number
  readonly source?: string
  readonly events: readonly TimelineStep[]
}

interface Cooldown {
  readonly ttl: number
  readonly swr: number
  readonly cooldown: number
  readonly readsAt: readonly number[]
  readonly refreshStartedAt: readonly number[]
}

const { cases, backgroundFailure } = JSON.parse(
  readFileSync(new URL('../data/policies/cache-timeline.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Timeline[]; readonly backgroundFailure: Cooldown }

const seconds = (s: number): number => Math.round(s * 1000)
const event = { origin: 'miss', fresh: 'hit', stale: 'stale', 'stale-on-error': 'stale', error: 'miss' }

describe.each(cases)('the timeline with ttl $ttl s', ({ ttl, staleWhileRevalidate, staleIfError, events }) => {
  it('gives what the specification says at each moment', async () => {
    const clock = virtualClock()
    const policy = cache({
      clock,
      ttl: seconds(ttl),
      staleWhileRevalidate: seconds(staleWhileRevalidate),
      staleIfError: seconds(staleIfError),
    })
    const { of, events: seen } = recorder(policy)
    let value = 0
    for (const { t, age, served, originCalls, refresh } of events) {
      await clock.advance(seconds(t) - clock.now())
      const before = value
      const failures = of('refreshError').length
      const fails = served === 'error' || served === 'stale-on-error' || refresh === 'err'
      let calls = 0
      const operation = async () => {
        calls++
        if (fails) throw new Error('down')
        return ++value
      }
      const from = seen.length
      const end = await ended(policy.execute(operation, { key: 'k' }))
      const expected = served === 'origin' ? before + 1 : before
      expect(end, `t=${t}`).toMatchObject(served === 'error' ? { ok: false } : { ok: true, value: expected })
      const first = seen.slice(from).filter((each) => each.event !== 'call')
      const shown = first.find((each) => each.event === event[served])
      expect(shown, `t=${t}`).toBeDefined()
      if (shown?.event !== 'miss') expect(shown?.['age']).toBe(seconds(age as number))
      await clock.advance(0)
      expect(calls, `t=${t}`).toBe(originCalls)
      expect(of('refreshError').length - failures).toBe(refresh === 'err' ? 1 : 0)
    }
    expect(clock.pending).toBe(0)
  })

  it('is the same where the wall clock steps back', async () => {
    const clock = virtualClock()
    const policy = cache({ clock, ttl: seconds(ttl) })
    await policy.execute(() => 1, { key: 'k' })
    await clock.advance(seconds(ttl) - 1)
    clock.stepWall(-3_600_000)
    expect(await policy.execute(() => 2, { key: 'k' })).toBe(1)
    await clock.advance(1)
    expect(await policy.execute(() => 2, { key: 'k' })).toBe(2)
  })
})

describe('the refresh after one that failed', () => {
  it('starts only when the cooldown is over', async () => {
    const { ttl, swr, cooldown, readsAt, refreshStartedAt } = backgroundFailure
    const clock = virtualClock()
    const policy = cache({
      clock,
      ttl: seconds(ttl),
      staleWhileRevalidate: seconds(swr),
      refreshCooldown: seconds(cooldown),
    })
    await policy.execute(() => 'first', { key: 'k' })
    const started: number[] = []
    for (const t of readsAt) {
      await clock.advance(seconds(t) - clock.now())
      const fails = async () => {
        started.push(clock.now())
        throw new Error('down')
      }
      expect(await policy.execute(fails, { key: 'k' })).toBe('first')
    }
    expect(started).toEqual(refreshStartedAt.map(seconds))
  })
})
