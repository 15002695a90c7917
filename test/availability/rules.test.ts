/** Rules for awkward data that go through the whole tracker, and that no file of one part covers. */
import { type AccountingOptions, type AccountingPreset, availabilityTracker } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { Hand } from './streams.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

function tracked(accounting?: AccountingPreset | AccountingOptions, wall = 0) {
  const clock = new Hand(wall)
  const tracker = availabilityTracker({ clock, ...(accounting !== undefined && { accounting }) })
  return { clock, tracker, x: tracker.component('x') }
}

describe('rule 10, degraded time', () => {
  it.each([
    ['strict', 10 / 60],
    ['default', 40 / 60],
    ['partial-is-down', 40 / 60],
    ['flip-log', 40 / 60],
    ['incident-weighted', 25 / 60],
    [{ degraded: 0.5 }, 25 / 60],
    ['status-page-30', 31 / 60],
    ['status-page-70', 19 / 60],
  ] as const)('of an hour with 10 min up, 30 degraded and 20 down counts by %j', (accounting, expected) => {
    const { clock, tracker, x } = tracked()
    x.up()
    clock.time = 10 * minute
    x.degraded()
    clock.time = 40 * minute
    x.down()
    clock.time = hour
    const report = tracker.report({ accounting })

    expect(report.availability).toBeCloseTo(expected, 12)
    expect(report.accounting.preset).toBe(typeof accounting === 'string' ? accounting : 'default')
    expect(tracker.report().availability).toBeCloseTo(40 / 60, 12)
  })

  it.each([
    ['status-page-30', 99.9306],
    ['status-page-70', 99.8997],
  ] as const)('of 90 days with 60 min down and 100 min degraded counts by %s', (accounting, expected) => {
    const { clock, tracker, x } = tracked(accounting)
    x.up()
    clock.time = day
    x.down()
    clock.time += 60 * minute
    x.degraded()
    clock.time += 100 * minute
    x.up()
    clock.time = 90 * day

    expect(100 * (tracker.report({ window: '90d' }).availability ?? 0)).toBeCloseTo(expected, 4)
  })

  it.each([
    ['strict', { downtime: 3 * hour, uptime: hour, unknown: 0, maintenance: 0 }],
    ['partial-is-down', { downtime: hour, uptime: 2 * hour, unknown: hour, maintenance: 0 }],
    ['default', { downtime: hour, uptime: hour, unknown: hour, maintenance: hour }],
    [
      { unknown: 'up', maintenance: 'down' },
      { downtime: 2 * hour, uptime: 2 * hour, unknown: 0, maintenance: 0 },
    ],
    [
      { preset: 'strict', unknown: 'exclude' },
      { downtime: 2 * hour, uptime: hour, unknown: hour, maintenance: 0 },
    ],
  ] as const)('of maintenance and of unknown time, by %j', (accounting, expected) => {
    const { clock, tracker, x } = tracked(accounting)
    for (const state of ['up', 'down', 'maintenance', 'unknown'] as const) {
      x[state]()
      clock.time += hour
    }

    expect(tracker.report()).toMatchObject({ ...expected, coverage: 3 / 4 })
  })

  it.each([
    [{ preset: 'aws' }, 'preset must be one of'],
    [{ unknown: 'ignore' }, "unknown must be one of 'exclude', 'down', 'up', got \"ignore\""],
    [{ mergeGap: -1 }, 'mergeGap must be a duration >= 0, got -1'],
    [{ confirmDown: 'soon' }, 'confirmDown must be a duration >= 0, got "soon"'],
    [{ zeroLength: true }, "zeroLength must be one of 'ignore', 'count', got true"],
  ])('is checked in a report too: %j', (accounting, message) => {
    const { tracker } = tracked()

    expect(() => tracker.report({ accounting: accounting as never })).toThrow(`availabilityTracker: ${message}`)
  })
})

describe('rule 11, flapping', () => {
  const flapping = (accounting: AccountingOptions) => {
    const { clock, tracker, x } = tracked(accounting)
    x.up()
    for (const [down, up] of [
      [2, 1],
      [3, 20],
      [1, 60],
      [10, 13],
    ] as const) {
      clock.time += 30 * minute
      x.down()
      clock.time += down * minute
      x.up()
      clock.time += up * minute
      x.down()
      clock.time += minute
      x.up()
    }
    return tracker.report()
  }

  it('is merged where the gap is short; downtime stays what it was', () => {
    const [raw, merged] = [flapping({}), flapping({ mergeGap: '15m' })]

    expect(raw).toMatchObject({ failures: 8, restorations: 8, downtime: 20 * minute, mttr: { recovery: 2.5 * minute } })
    expect(merged).toMatchObject({ failures: 6, restorations: 6, downtime: 20 * minute })
    expect(merged.uptime).toBe(raw.uptime)
    expect(merged.outages[0]).toMatchObject({ merged: true, net: 3 * minute, wall: 4 * minute, spansUnknown: false })
    expect(flapping({ mergeGap: minute }).failures).toBe(8)
    expect(flapping({ mergeGap: minute + 1 }).failures).toBe(7)
  })

  it('is no failure where it is too short; downtime stays what it was', () => {
    const report = flapping({ confirmDown: '3m' })

    expect(report).toMatchObject({ failures: 2, restorations: 2, blips: 6, downtime: 20 * minute })
    expect(report.outages.map(({ net }) => net / minute)).toEqual([3, 10])
    expect(flapping({ confirmDown: '3m', mergeGap: '2m' })).toMatchObject({ failures: 3, blips: 4 })
  })

  it('is an outage from its first instant, once it has lasted', () => {
    const { clock, tracker, x } = tracked({ confirmDown: '5m' })
    const announced: number[] = []
    tracker.on('outageStart', ({ start }) => announced.push(start))
    x.up()
    clock.time = hour
    x.down()
    clock.time += 4 * minute
    expect(tracker.report()).toMatchObject({ failures: 0, openOutage: null, downtime: 4 * minute })
    clock.time += minute
    expect(tracker.report()).toMatchObject({ failures: 1, openOutage: { start: hour, elapsed: 5 * minute } })
    expect(announced).toEqual([hour])
  })

  it('remembers so many short ones', () => {
    const { clock, tracker, x } = tracked({ confirmDown: 10 })
    for (let index = 0; index < 6000; index++) {
      x.up()
      clock.time += 100
      x.down()
      clock.time += 1
    }

    expect(tracker.report().blips).toBeLessThanOrEqual(5000)
    expect(tracker.report().blips).toBeGreaterThan(3000)
    expect(tracker.report({ window: 10_100 }).blips).toBe(99)
  })
})

describe('rule 13, outages of no length', () => {
  const blips = (accounting: AccountingOptions) => {
    const { clock, tracker, x } = tracked(accounting)
    x.up()
    clock.time = 10
    x.down()
    x.up()
    clock.time = 20
    x.degraded()
    clock.time = 30
    x.down()
    x.degraded()
    clock.time = 40
    tracker.record({ component: 'x', state: 'maintenance', start: 35, end: 100 })
    x.down()
    x.up()
    clock.time = 50
    return tracker.report()
  }

  it('are blips, or failures where that is asked for, and nothing where they could not be seen', () => {
    expect(blips({})).toMatchObject({ failures: 0, blips: 2 })
    expect(blips({ zeroLength: 'count' })).toMatchObject({ failures: 2, restorations: 2, blips: 0, mtbf: 17.5 })
    expect(blips({ zeroLength: 'count', degraded: 'down' })).toMatchObject({ failures: 2, blips: 1 })
    expect(blips({ zeroLength: 'count', confirmDown: 1 })).toMatchObject({ failures: 0, blips: 2 })
  })

  it('may be the first event of a component', () => {
    const { clock, tracker, x } = tracked({ zeroLength: 'count' })
    clock.time = 10
    x.down()
    x.up()
    clock.time = 20

    expect(tracker.report()).toMatchObject({ failures: 1, blips: 0 })
  })

  it('are remembered, the latest of too many', () => {
    const { clock, tracker, x } = tracked()
    for (; clock.time < 6000; clock.time++) {
      x.down()
      x.up()
    }

    expect(tracker.report().blips).toBeLessThanOrEqual(5000)
    expect(tracker.report({ window: 1000 }).blips).toBe(1000)
  })
})

describe('rule 4, down since the start', () => {
  it('enters no mean that begins there, whatever stamps it has', () => {
    const { clock, tracker, x } = tracked()
    x.down({ detected: 5, acknowledged: 8 })
    clock.time = hour
    x.up()

    expect(tracker.report()).toMatchObject({
      failures: 0,
      restorations: 1,
      censored: { starts: 1, ends: 0 },
      mttd: null,
      mtta: 3,
      mttr: { recovery: hour, respond: hour - 5 },
      phases: { detection: null },
    })
  })
})

describe('rule 15, suspends', () => {
  it('without number leave the latest', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    tracker.component('x').up()
    for (let night = 0; night < 700; night++) {
      await clock.advance(1000)
      clock.suspend(10_000)
      tracker.component('x').up()
    }
    const report = tracker.report({ window: 1_000_000 })

    expect(report.suspended).toBeGreaterThan(900_000)
    expect(report.unknown).toBe(report.suspended)
    expect(report.clockSteps.length).toBeGreaterThan(90)
  })
})

describe('a listener', () => {
  it('for faults alone does not ask for outages', () => {
    const { tracker, x } = tracked()
    x.down()
    tracker.once('fault', () => undefined)
    const told: unknown[] = []
    tracker.on('outageStart', () => told.push('start'))
    tracker.report()

    expect(told).toEqual([])
  })
})

describe('rule 16, local times', () => {
  it('are never subtracted: an outage over a clock change has its true length', () => {
    const start = Date.UTC(2026, 2, 8, 6, 30)
    const { clock, tracker, x } = tracked('default', start)
    x.up()
    clock.time = hour
    tracker.record({
      component: 'x',
      start: new Date('2026-03-08T01:45:00-05:00'),
      end: new Date('2026-03-08T03:15:00-04:00'),
    })

    expect(tracker.report()).toMatchObject({ downtime: 30 * minute, failures: 1 })
  })
})

describe('rule 19, an open outage', () => {
  it('does not begin again at midnight, nor at the edge of a window', () => {
    const { clock, tracker, x } = tracked()
    x.up()
    clock.time = 20 * hour
    x.down()
    clock.time = 50 * hour

    for (const window of [{ calendar: 'day' }, '1h', { from: 30 * hour, to: 50 * hour }] as const) {
      expect(tracker.report({ window })).toMatchObject({
        failures: 0,
        openOutage: { start: 20 * hour, elapsed: 30 * hour },
        longestOutage: 30 * hour,
        censored: { starts: 0, ends: 1 },
      })
    }
  })
})

describe('rule 20, a start', () => {
  it('is when it happened, though it is recorded later, and may be corrected', () => {
    const { clock, tracker, x } = tracked()
    x.up()
    clock.time = 10 * hour
    tracker.record({ component: 'x', id: 'a', start: 2 * hour, end: 3 * hour, reason: 'disk' })
    expect(tracker.report().outages).toMatchObject([{ start: 2 * hour, end: 3 * hour, reason: 'disk' }])
    tracker.record({ component: 'x', id: 'a', start: 1 * hour, end: 3 * hour, reason: 'network' })

    expect(tracker.report().outages).toMatchObject([{ start: 1 * hour, net: 2 * hour, reason: 'network' }])
  })
})

describe('rule 28, a report', () => {
  it('says what it was made of, and its fields are fields like others', () => {
    const { clock, tracker, x } = tracked('strict')
    x.up()
    clock.time = hour
    const report = tracker.report()
    const copy = { ...report }

    expect(Object.keys(copy)).toEqual(
      expect.arrayContaining([
        'window',
        'accounting',
        'coverage',
        'failures',
        'censored',
        'clockSteps',
        'rejectedEvents',
      ]),
    )
    expect(copy.outages).toBe(report.outages)
    expect(JSON.parse(JSON.stringify(report))).toEqual(JSON.parse(JSON.stringify(copy)))
    expect(report.components['x']?.trend).toBe(report.trend)
    expect(structuredClone(copy).mttr).toEqual(report.mttr)
  })
})
