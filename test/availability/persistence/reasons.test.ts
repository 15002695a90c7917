import { availabilityTracker } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { MemoryStore } from './memory-store.ts'

describe('a reason', () => {
  it('is kept to 1,000 characters, in memory, in the store and in what comes out of it', async () => {
    const store = new MemoryStore()
    const clock = virtualClock({ wall: 0 })
    const tracker = availabilityTracker({ clock, store })
    await tracker.ready()
    const x = tracker.component('x')
    x.down({ reason: 'r'.repeat(5000) })
    await clock.advance(10)
    x.degraded({ reason: `${'r'.repeat(999)}🦊` })
    await clock.advance(10)
    x.up({ reason: 'short' })
    await tracker.flush()
    const reasons = ['r'.repeat(1000), 'r'.repeat(999), 'short']
    expect(tracker.timeline('x').map(({ reason }) => reason)).toEqual(reasons)
    expect(tracker.report({ component: 'x' }).outages[0]?.reason).toHaveLength(1000)
    expect(JSON.stringify(store.records).length).toBeLessThan(3000)

    const again = availabilityTracker({ clock, store: new MemoryStore(store) })
    await again.ready()
    expect(again.timeline('x').map(({ reason }) => reason)).toEqual(reasons)
  })

  it('goes with what it is of: no more are kept than transitions, and none of what is in hours', async () => {
    const clock = virtualClock({ wall: 0 })
    const tracker = availabilityTracker({ clock, keep: 100 })
    const x = tracker.component('x')
    for (let time = 0; time < 500; time++) {
      await clock.advance('10m')
      if (time % 2 === 0) x.down({ reason: `reason ${time}` })
      else x.up()
    }
    const first = tracker.timeline('x')[0]?.at ?? 0
    const [component] = tracker.snapshot().components
    expect(component?.reasons.length).toBeLessThan(60)
    expect(component?.reasons.every(([time]) => time >= first - 3_600_000)).toBe(true)
    expect(
      tracker.timeline('x').filter(({ state, reason }) => state === 'down' && reason === null).length,
    ).toBeLessThan(2)
  })

  it('recorded again and again while nothing changes is within that, too', async () => {
    const clock = virtualClock({ wall: 0 })
    const tracker = availabilityTracker({ clock, keep: 100 })
    for (let time = 0; time < 500; time++) {
      await clock.advance(1000)
      tracker.component('x').down({ reason: `reason ${time}` })
    }
    expect(tracker.snapshot().components[0]?.reasons).toHaveLength(100)
  })

  it('of an outage that goes on stays, however much comes after its beginning', async () => {
    const clock = virtualClock({ wall: 0 })
    const tracker = availabilityTracker({ clock, keep: 100 })
    const x = tracker.component('x')
    x.up()
    await clock.advance('2h')
    x.down({ reason: 'the one' })
    for (let time = 0; time < 300; time++) {
      await clock.advance('10m')
      if (time % 2 === 0) x.maintenance()
      else x.down()
    }
    expect(tracker.report({ component: 'x' }).openOutage).not.toBeNull()
    expect(tracker.report({ component: 'x', window: '24h' }).outages.at(-1)?.reason).toBe('the one')
  })
})
