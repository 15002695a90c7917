/** Restarts with a wall clock that is behind what was recorded: no battery, or a machine that was set back to an old image. */
import { availabilityTracker } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { MemoryStore } from './memory-store.ts'

const at = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 0, day, hour, minute)

/** Up from Jan 9, down on Jan 10 from 0:00 to 1:00, and gone at 1:10. */
async function recorded(snapshotEvery: string): Promise<MemoryStore> {
  const store = new MemoryStore()
  const clock = virtualClock({ wall: at(9, 0) })
  const tracker = availabilityTracker({ clock, store, snapshotEvery: snapshotEvery as '1h' })
  await tracker.ready()
  const x = tracker.component('x')
  x.up()
  await clock.advance('1d')
  x.down({ reason: 'disk' })
  await clock.advance('1h')
  x.up()
  await clock.advance(600_020)
  return store
}

function started(wall: number, store: MemoryStore) {
  const clock = virtualClock({ wall })
  const tracker = availabilityTracker({ clock, store, restartTolerance: '5h' })
  const outage = () => {
    const window = { from: new Date(at(10, 0)), to: new Date(at(10, 1)) }
    const { downtime, unknown } = tracker.report({ component: 'x', window })
    return { downtime, unknown }
  }
  const downAt = () => tracker.timeline('x').find(({ state }) => state === 'down')?.at
  return { clock, tracker, outage, downAt }
}

const whole = { downtime: 3_600_000, unknown: 0 }

describe.each(['1m', '30d'])('a restart with a wall clock behind the last record, with a snapshot each %s', (every) => {
  it('bridges nothing, and shows the step', async () => {
    const { clock, tracker } = started(at(1, 0), await recorded(every))
    await tracker.ready()
    await clock.advance('5m')

    expect(tracker.state('x')).toBe('unknown')
    expect(tracker.report({ component: 'x' })).toMatchObject({
      downtime: 3_600_000,
      unknown: 5 * 60_000,
      clockSteps: [{ at: at(1, 0), by: expect.closeTo(at(1, 0) - at(10, 1, 10), -2) }],
    })
  })

  it('has its history where it was, once the clock is set right', async () => {
    const { clock, tracker, outage, downAt } = started(at(1, 0), await recorded(every))
    await tracker.ready()
    await clock.advance('1m')
    tracker.component('x').up()
    await clock.advance('4m')
    clock.stepWall(at(10, 2, 5) - clock.wall())
    await clock.advance('1h')

    expect(outage()).toEqual(whole)
    expect(downAt()).toBe(at(10, 0))
    // From 1:10 to 2:05 nobody looked for 51 minutes.
    const { unknown, uptime } = tracker.report({ component: 'x' })
    expect(unknown).toBeCloseTo(51 * 60_000, -2)
    expect(uptime).toBeCloseTo(24 * 3_600_000 + (10 + 4 + 60) * 60_000, -2)
  })

  it('and after the next restart, too, before or after the clock was set right', async () => {
    for (const when of ['before', 'after', 'while away']) {
      let store = await recorded(every)
      const second = started(at(1, 0), store)
      await second.tracker.ready()
      second.tracker.component('x').up()
      await second.clock.advance('5m')
      if (when === 'after') {
        second.clock.stepWall(at(10, 2, 5) - second.clock.wall())
        await second.clock.advance('5m')
      }
      store = new MemoryStore(store)
      const third = started(when === 'before' ? at(1, 0, 20) : at(10, 3), store)
      await third.tracker.ready()
      third.tracker.component('x').up()
      await third.clock.advance('5m')
      if (when === 'before') {
        third.clock.stepWall(at(10, 3) - third.clock.wall())
        await third.clock.advance('5m')
      }

      expect(third.outage(), when).toEqual(whole)
      expect(third.downAt(), when).toBe(at(10, 0))
    }
  })

  it('set back again by the next restart is behind by both', async () => {
    const store = await recorded(every)
    const second = started(at(5, 0), store)
    await second.tracker.ready()
    await second.clock.advance('5m')
    const third = started(at(1, 0), new MemoryStore(store))
    await third.tracker.ready()
    third.clock.stepWall(at(10, 3) - third.clock.wall())
    await third.clock.advance('5m')

    expect(third.outage()).toEqual(whole)
  })
})

describe('a wall clock that is behind', () => {
  it('and is set forward by less counts as sleep, as no reading shows otherwise', async () => {
    const { clock, tracker } = started(at(1, 0), await recorded('1h'))
    await tracker.ready()
    tracker.component('x').up()
    await clock.advance('1m')
    clock.suspend('8h')
    await clock.advance('1m')

    expect(tracker.report({ component: 'x' })).toMatchObject({ suspended: 8 * 3_600_000 })
    clock.stepWall(at(10, 2) - clock.wall())
    await clock.advance('1m')
    // Of both together so much is left.
    expect(tracker.report({ component: 'x' }).clockSteps).toHaveLength(3)
  })

  it('by no more than the tolerance is not', async () => {
    const { tracker } = started(at(10, 1, 10) - 900, await recorded('1h'))
    await tracker.ready()

    expect(tracker.state('x')).toBe('up')
    expect(tracker.report({ component: 'x' }).clockSteps).toEqual([])
  })

  it('is known from a snapshot of the user, too, and such a number is looked at', async () => {
    const clock = virtualClock({ wall: at(10, 0) })
    const old = availabilityTracker({ clock })
    old.component('x').up()
    await clock.advance('1h')
    const behind = virtualClock({ wall: at(1, 0) })
    const tracker = availabilityTracker({ clock: behind, restore: old.snapshot() })
    const snapshot = tracker.snapshot()
    expect(snapshot.behind).toBe(at(10, 1) - at(1, 0))
    expect(old.snapshot()).not.toHaveProperty('behind')

    const later = availabilityTracker({ clock: virtualClock({ wall: at(10, 1, 10) }), restore: snapshot })
    expect(later.timeline('x')[0]).toMatchObject({ at: at(10, 0), state: 'up' })
    for (const wrong of [-1, '1', Number.NaN, null]) {
      expect(() => availabilityTracker({ restore: { ...snapshot, behind: wrong as number } })).toThrow(
        'restore must be an availability snapshot of version 1',
      )
    }
  })
})
