import { availabilityTracker } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

function tracked() {
  const clock = virtualClock({ wall: 10_000_000 })
  const tracker = availabilityTracker({ clock, lateTolerance: '1d' })
  return { clock, tracker, x: tracker.component('x') }
}

describe('a wall clock that is set back', () => {
  it('changes no duration, is shown, and labels what comes by the time it has then', async () => {
    const { clock, tracker, x } = tracked()
    x.up()
    await clock.advance(60_000)
    x.down()
    await clock.advance(30_000)
    clock.stepWall(-90_000)
    await clock.advance(30_000)
    x.up()

    const report = tracker.report()
    expect(report).toMatchObject({ downtime: 60_000, uptime: 60_000, suspended: 0, unknown: 0 })
    expect(report.clockSteps).toEqual([{ time: 120_000, at: 10_030_000, by: -90_000 }])
    expect(tracker.timeline('x').map(({ at }) => at)).toEqual([9_910_000, 9_970_000, 10_030_000])
    x.degraded({ at: 10_030_000 })
    expect(tracker.report().state).toBe('degraded')
  })

  it('often, keeps the latest steps alone', async () => {
    const { clock, tracker } = tracked()
    for (let step = 0; step <= 1000; step++) {
      clock.stepWall(-2000 - step)
      tracker.report()
    }

    const { clockSteps } = tracker.report()
    expect(clockSteps).toHaveLength(1000)
    expect(clockSteps[0]?.by).toBe(-2001)
  })
})

describe('clocks that drift', () => {
  it('are no suspend', async () => {
    const { clock, tracker, x } = tracked()
    x.up()
    clock.stepWall(1000)
    tracker.report()
    await clock.advance('1d')
    clock.stepWall(17_000)

    expect(tracker.report()).toMatchObject({ unknown: 0, clockSteps: [] })
  })
})

describe('a suspend', () => {
  it('in an outage is bridged, and is in its wall time alone', async () => {
    const { clock, tracker, x } = tracked()
    x.up()
    await clock.advance(1000)
    x.down()
    clock.suspend('1h')
    await clock.advance(1000)
    x.up()
    await clock.advance(1000)

    const report = tracker.report()
    expect(report).toMatchObject({ downtime: 1000, uptime: 2000, unknown: 3_600_000, failures: 1, restorations: 1 })
    expect(report.outages).toMatchObject([{ start: 1000, end: 2000, net: 1000, wall: 3_601_000, spansUnknown: true }])
  })

  it('lies between what happened before it and after it, and windows on either side add up', async () => {
    const { clock, tracker, x } = tracked()
    x.up()
    for (let sleep = 0; sleep < 2; sleep++) {
      await clock.advance(1000)
      tracker.report()
      clock.suspend('1h')
    }
    await clock.advance(1000)
    x.down({ time: 500 })
    x.up({ time: 600 })
    x.down({ time: 1200 })
    x.up({ time: 1300 })
    x.down({ at: clock.wall() - 400 })
    x.up({ at: clock.wall() - 300 })

    expect(tracker.report({ window: { from: 0, to: 1000 } })).toMatchObject({ downtime: 100, unknown: 0 })
    expect(tracker.report({ window: { from: 1000, to: 2000 } })).toMatchObject({ downtime: 100, unknown: 3_600_000 })
    expect(tracker.report({ window: { from: 2000, to: 3000 } })).toMatchObject({ downtime: 100, unknown: 3_600_000 })
    expect(tracker.report()).toMatchObject({ downtime: 300, unknown: 7_200_000, suspended: 7_200_000 })
    expect(tracker.report({ window: 3_601_000 })).toMatchObject({ downtime: 100, suspended: 3_600_000 })
    expect(tracker.timeline('x').map(({ time }) => time)).toEqual([
      0, 500, 600, 1200, 1300, 1500, 1500, 2500, 2500, 2600, 2700,
    ])
  })

  it('is unknown for every component, also one in maintenance, and for one that appears later', async () => {
    const { clock, tracker, x } = tracked()
    x.maintenance()
    clock.suspend('1h')
    await clock.advance(10)
    tracker.component('y').up({ time: 0 })

    expect(tracker.report({ component: 'x' })).toMatchObject({ unknown: 3_600_000, maintenance: 10 })
    expect(tracker.report({ component: 'y' })).toMatchObject({ unknown: 3_600_000, uptime: 10 })
    expect(tracker.timeline('x')[1]).toMatchObject({ time: 5, at: 10_000_005, state: 'unknown' })
  })

  it('that begins where an outage begins leaves the outage its timestamps and its reason', async () => {
    const { clock, tracker, x } = tracked()
    x.up()
    await clock.advance(1000)
    x.down({ detected: 1000, reason: 'disk' })
    clock.suspend('1h')
    tracker.report()
    await clock.advance(500)
    x.up()

    expect(tracker.report().outages).toMatchObject([{ detected: 1000, reason: 'disk', net: 500 }])
  })

  it('ends where the sleep ends, where a report ends in it', async () => {
    const { clock, tracker, x } = tracked()
    x.up()
    await clock.advance(1000)
    tracker.report()
    clock.suspend('1h')
    await clock.advance(1000)
    const half = new Date(clock.wall() - 500 - 1_800_000)

    expect(tracker.report({ window: { from: new Date(10_000_000), to: half } })).toMatchObject({
      unknown: 1_800_000,
      suspended: 1_800_000,
      window: { from: 0, to: 1500, duration: 1_801_500 },
    })
  })
})

describe('a reading older than the latest', () => {
  it('moves nothing back', async () => {
    const { clock, tracker, x } = tracked()
    x.up()
    await clock.advance(1000)
    tracker.report()
    const real = clock.now.bind(clock)
    clock.now = () => real() - 500

    expect(tracker.report()).toMatchObject({ uptime: 1000, clockSteps: [] })
  })
})

describe('a clock that gives no time', () => {
  it.each([
    ['now', Number.NaN],
    ['now', Number.POSITIVE_INFINITY],
    ['now', Number.NEGATIVE_INFINITY],
    ['wall', Number.NaN],
    ['wall', Number.POSITIVE_INFINITY],
    ['wall', Number.NEGATIVE_INFINITY],
  ] as const)('by %s, but %d, is ignored, and later readings count again', async (reading, junk) => {
    const { clock, tracker, x } = tracked()
    x.up()
    await clock.advance(1000)
    x.down()
    const real = clock[reading]
    clock[reading] = () => junk
    expect(() => x.up({ source: 'other' })).not.toThrow()
    expect(tracker.report()).toMatchObject({ uptime: 1000, downtime: 0 })
    clock[reading] = real
    await clock.advance(1000)

    expect(tracker.report()).toMatchObject({ uptime: 1000, downtime: 1000, unknown: 0, clockSteps: [] })
  })

  it.each(['now', 'wall'] as const)('from the start, by %s, is refused', (reading) => {
    const clock = virtualClock()
    clock[reading] = () => Number.NaN

    expect(() => availabilityTracker({ clock })).toThrow('availabilityTracker: clock must give finite times, got NaN')
  })
})
