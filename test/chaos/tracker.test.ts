/** What a tracker and an objective make of calls into which something was injected. */
import { availabilityTracker, chaos, objective, pipeline, retry } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

async function watched(count: boolean) {
  const clock = virtualClock()
  const drawn = [0, 0.9, 0]
  const flaky = chaos({ enabled: true, rate: 0.5, count, random: () => drawn.shift() as number })
  const stock = pipeline({ name: 'stock', clock }, retry(0), flaky)
  const tracker = availabilityTracker({ clock })
  tracker.watch(stock)
  const good = objective(tracker, {
    name: 'good',
    target: 0.9,
    period: '30d',
    indicator: { kind: 'requests', policy: stock },
  })
  for (let i = 0; i < 3; i++) await ended(stock.execute(() => 'fine'))
  return { clock, tracker, requests: tracker.report({ window: '1h' }).requests, good: good.report() }
}

describe('a tracker', () => {
  it('leaves calls out into which something was injected', async () => {
    const { requests, good, tracker, clock } = await watched(false)
    expect(requests).toEqual({
      calls: 1,
      attempts: 1,
      rawAvailability: 1,
      deliveredAvailability: 1,
      savedBy: {},
      spared: 0,
      injected: 2,
    })
    expect([good.good, good.bad]).toEqual([1, 0])
    const restored = availabilityTracker({ clock, restore: tracker.snapshot() })
    expect(restored.report({ component: 'stock', window: '1h' }).requests.injected).toBe(2)
  })

  it('counts them as any other with `count: true`', async () => {
    const { requests, good } = await watched(true)
    expect(requests).toMatchObject({ calls: 3, attempts: 3, rawAvailability: 1 / 3, injected: 0 })
    expect([good.good, good.bad]).toEqual([1, 2])
  })

  it('leaves a call out where one of two injections does not count', async () => {
    const clock = virtualClock()
    for (const [outer, inner] of [
      [true, false],
      [false, true],
    ] as const) {
      const on = { enabled: true, rate: 1, latency: 1 } as const
      const stock = pipeline(
        { name: 'stock', clock },
        chaos({ ...on, count: outer, name: 'outer' }),
        chaos({ ...on, count: inner, name: 'inner' }),
      )
      const tracker = availabilityTracker({ clock })
      tracker.watch(stock)
      await clock.settle(stock.execute(() => 1))
      expect(tracker.report({ window: '1h' }).requests).toMatchObject({ calls: 0, injected: 1 })
    }
  })
})
