import {
  type AccountingOptions,
  type AvailabilityTracker,
  availabilityTracker,
  type WindowOption,
} from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { Hand, same, streams } from '../streams.ts'

const minute = 60_000
const day = 1440 * minute

/** A maintenance of two hours, and an outage of one that outlasts it by half. */
async function overrun(accounting: AccountingOptions) {
  const clock = virtualClock()
  const tracker = availabilityTracker({ clock, accounting })
  tracker.component('x').up()
  tracker.record({ component: 'x', state: 'maintenance', start: 600 * minute, end: 720 * minute })
  await clock.advance(day)
  tracker.record({ component: 'x', start: 690 * minute, end: 750 * minute })
  return tracker.report()
}

describe('maintenance', () => {
  it.each([
    ['exclude', 1290 / 1320, 30, 120, true],
    ['ignore', 1380 / 1440, 60, 0, false],
    ['down', 1290 / 1440, 150, 0, false],
    ['up', 1410 / 1440, 30, 0, false],
  ] as const)('counts as %s', async (maintenance, availability, down, out, plannedOverrun) => {
    const report = await overrun({ maintenance })

    expect(report.availability).toBeCloseTo(availability, 12)
    expect(report).toMatchObject({
      downtime: down * minute,
      maintenance: out * minute,
      failures: 1,
      accounting: { maintenance, degraded: 'up' },
    })
    expect(report.uptime + report.downtime + report.maintenance + report.unknown).toBe(day)
    expect(report.outages).toMatchObject([{ plannedOverrun, startCensored: false }])
  })

  it('does not bridge two outages where something served under it: the overrun is an outage of its own', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const x = tracker.component('x')
    x.up()
    tracker.record({ component: 'x', state: 'maintenance', start: 20 * minute, end: 60 * minute })
    for (const [wait, state] of [
      [10, 'down'],
      [20, 'up'], // under the maintenance
      [15, 'down'],
      [25, 'up'],
    ] as const) {
      await clock.advance(wait * minute)
      x[state]()
    }
    await clock.advance(30 * minute)

    const report = tracker.report()
    expect(report).toMatchObject({
      failures: 2,
      restorations: 2,
      uptime: 40 * minute,
      downtime: 20 * minute,
      maintenance: 40 * minute,
      mttr: { recovery: 10 * minute },
    })
    expect(report.outages).toMatchObject([
      { start: 10 * minute, end: 20 * minute, endedBefore: 30 * minute, plannedOverrun: false, spansUnknown: false },
      { start: 60 * minute, end: 70 * minute, startedAfter: 60 * minute, plannedOverrun: true, startCensored: false },
    ])
  })

  it('ends an outage that is over under it, and bridges one that is not', async () => {
    const outagesAfter = async (under: 'up' | 'degraded' | 'unknown' | 'down', degraded: 'up' | 'down' = 'up') => {
      const clock = virtualClock()
      const tracker = availabilityTracker({ clock, accounting: { degraded } })
      const x = tracker.component('x')
      x.up()
      await clock.advance(10 * minute)
      x.down()
      await clock.advance(10 * minute)
      tracker.record({ component: 'x', state: 'maintenance', start: 20 * minute, end: 60 * minute })
      await clock.advance(10 * minute)
      x[under]()
      await clock.advance(10 * minute)
      const open = tracker.report().openOutage !== null
      x.down()
      await clock.advance(40 * minute)
      return [open, tracker.report().outages.length, tracker.report().failures]
    }

    expect(await outagesAfter('up')).toEqual([false, 2, 2])
    expect(await outagesAfter('degraded')).toEqual([false, 2, 2])
    expect(await outagesAfter('degraded', 'down')).toEqual([true, 1, 1])
    expect(await outagesAfter('unknown')).toEqual([true, 1, 1])
    expect(await outagesAfter('down')).toEqual([true, 1, 1])
  })

  it('is looked under after a restart, and once old history is in buckets', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, keep: 100 })
    const x = tracker.component('x')
    const cycle = async (state: 'up' | 'down', length: number) => {
      x[state]()
      await clock.advance(length * minute)
    }
    await cycle('up', 10)
    for (let count = 0; count < 100; count++) {
      const start = clock.now()
      const id = `${count}`
      tracker.record({ component: 'x', state: 'maintenance', id, start: start + 5 * minute, end: start + 25 * minute })
      await cycle('down', 10)
      await cycle('up', 10)
      await cycle('down', 10)
      await cycle('up', 10)
    }
    expect(tracker.report()).toMatchObject({ failures: 200, restorations: 200 })

    const again = availabilityTracker({ clock, restore: tracker.snapshot() })
    expect(again.report({ component: 'x' })).toMatchObject({ failures: 200, restorations: 200 })
  })

  it('ignored leaves what was said before it', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, accounting: { maintenance: 'ignore' } })
    const x = tracker.component('x')
    x.maintenance()
    await clock.advance(10)
    x.up()
    await clock.advance(10)
    x.maintenance()
    await clock.advance(10)
    x.up({ source: 'other' })

    expect(tracker.report()).toMatchObject({ unknown: 10, uptime: 20, state: 'up' })
    expect(tracker.timeline('x').map(({ state }) => state)).toEqual(['maintenance', 'up', 'maintenance'])
  })
})

describe('unknown time between two outages', () => {
  const told = async (accounting: AccountingOptions) => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, accounting })
    const events: string[] = []
    tracker.on('outageStart', ({ start }) => events.push(`start ${start / minute}`))
    tracker.on('outageEnd', ({ end }) => events.push(`end ${(end ?? 0) / minute}`))
    const x = tracker.component('x')
    for (const state of ['up', 'down', 'unknown', 'down', 'up'] as const) {
      x[state]()
      await clock.advance(10 * minute)
    }
    return { events, report: tracker.report() }
  }

  it('is bridged by one outage', async () => {
    const { events, report } = await told({})

    expect(report).toMatchObject({ failures: 1, mttr: { recovery: 20 * minute }, accounting: { split: false } })
    expect(events).toEqual(['start 10', 'end 40'])
  })

  it('ends the first one where it is to split them, and the second began in it', async () => {
    const { events, report } = await told({ split: true })

    expect(report).toMatchObject({ failures: 2, restorations: 2, mttr: { recovery: 10 * minute } })
    expect(report.outages).toMatchObject([
      { start: 10 * minute, end: 20 * minute, endedBefore: 30 * minute, spansUnknown: false },
      { start: 30 * minute, end: 40 * minute, startedAfter: 20 * minute, startCensored: false },
    ])
    expect(events).toEqual(['start 10', 'end 20', 'start 30', 'end 40'])
  })

  it('is bridged all the same where it is shorter than what is merged', async () => {
    const { report } = await told({ split: true, mergeGap: '11m' })

    expect(report.outages).toMatchObject([{ net: 20 * minute, spansUnknown: true, merged: false }])
  })
})

describe('the time between merged outages', () => {
  const flapping = async (accounting: AccountingOptions) => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, accounting })
    const x = tracker.component('x')
    for (const [state, length] of [
      ['up', 60],
      ['down', 5],
      ['up', 2],
      ['unknown', 1],
      ['degraded', 1],
      ['down', 5],
      ['up', 10],
      ['down', 6],
      ['up', 10],
    ] as const) {
      x[state]()
      await clock.advance(length * minute)
    }
    return tracker
  }

  it('stays what it was', async () => {
    const report = (await flapping({ mergeGap: '5m' })).report()

    expect(report).toMatchObject({ failures: 2, downtime: 16 * minute, degraded: minute })
    expect(report.mttr.recovery).toBe(8 * minute)
  })

  it('is down where it is to count so, but for what is not known of it', async () => {
    const tracker = await flapping({ mergeGap: '5m', mergedAsDown: true })
    const report = tracker.report()

    expect(report).toMatchObject({
      failures: 2,
      downtime: 19 * minute,
      degraded: 0,
      unknown: minute,
      uptime: 80 * minute,
    })
    expect(report.outages).toMatchObject([
      { start: 60 * minute, end: 74 * minute, net: 13 * minute, wall: 14 * minute, spansUnknown: true },
      { start: 84 * minute, net: 6 * minute },
    ])
    expect(tracker.slices('x', [0, 100 * minute])[0]?.times.down).toBe(19 * minute)
    expect(tracker.report({ accounting: 'default' }).downtime).toBe(16 * minute)
    expect(tracker.timeline('x')).toHaveLength(9)
  })

  it('is down over the edge of what is kept as hours, too', () => {
    streams(100, (dice) => {
      const clock = new Hand()
      const accounting = { mergeGap: 10 * minute, mergedAsDown: true } as const
      const [short, long] = [100, 20_000].map((keep) => availabilityTracker({ clock, keep, accounting })) as [
        AvailabilityTracker,
        AvailabilityTracker,
      ]
      const steps = 120 + dice.roll(100)
      for (let step = 0; step < steps; step++) {
        const state = dice.of(['up', 'down', 'unknown'] as const)
        for (const tracker of [short, long]) tracker.component('x')[state]()
        // What goes into the archive goes by whole hours where there are some.
        clock.time += dice.of([5, 10, 20, 60]) * minute
      }
      short.report()
      const until = short.snapshot().components[0]?.archive?.until ?? 0
      const window = { from: until, to: clock.time }
      const [some, all] = [short.report({ window }), long.report({ window })]

      same([some.uptime, some.downtime, some.unknown], [all.uptime, all.downtime, all.unknown])
    })
  })

  it('is down within service hours alone', async () => {
    const clock = virtualClock()
    const serviceHours = { from: '08:00', to: '20:00' }
    const tracker = availabilityTracker({ clock, accounting: { mergeGap: '14h', mergedAsDown: true, serviceHours } })
    const x = tracker.component('x')
    for (const [state, hours] of [
      ['up', 18],
      ['down', 1],
      ['up', 2.5],
      ['down', 11],
      ['up', 10],
    ] as const) {
      x[state]()
      await clock.advance(hours * 60 * minute)
    }

    expect(tracker.report().downtime).toBe((1 + 1 + 0.5) * 60 * minute)
  })
})

describe('accounting', () => {
  it.each([
    [{ degraded: 'bad' }, "degraded must be 'up', 'down' or a number from 0 to 1, got \"bad\""],
    [{ degraded: 1.5 }, "degraded must be 'up', 'down' or a number from 0 to 1, got 1.5"],
    [{ degraded: -1 }, "degraded must be 'up', 'down' or a number from 0 to 1, got -1"],
    [{ maintenance: 'no' }, "maintenance must be one of 'exclude', 'ignore', 'down', 'up', got \"no\""],
    [{ split: 1 }, 'split must be a boolean, got 1'],
    [{ mergedAsDown: 'yes' }, 'mergedAsDown must be a boolean, got "yes"'],
    [{ downs: 1 }, '"downs" is not an option'],
  ])('is checked: %j', (accounting, message) => {
    expect(() => availabilityTracker({ accounting: accounting as never })).toThrow(`availabilityTracker: ${message}`)
  })

  it('has to be an object, or a name', () => {
    expect(() => availabilityTracker({ accounting: 5 as never })).toThrow(
      'availabilityTracker: accounting must be an object, or a name, got 5',
    )
    expect(() => availabilityTracker({ accounting: 'strictly' as never })).toThrow(
      "availabilityTracker: preset must be one of 'default', 'strict', 'status-page-30', 'status-page-70', " +
        "'partial-is-down', 'incident-weighted', 'flip-log', got \"strictly\"",
    )
  })

  it('of a weight counts degraded time in part, in MTBF too', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, accounting: { degraded: 0.5 } })
    const x = tracker.component('x')
    x.up()
    await clock.advance(100)
    x.degraded()
    await clock.advance(100)
    x.down()
    await clock.advance(100)

    const report = tracker.report()
    expect(report).toMatchObject({ uptime: 100, degraded: 100, downtime: 100, failures: 1, mtbf: 150, meanCycle: 300 })
    expect(report.availability).toBe(0.5)
  })
})

describe('a report', () => {
  it('of nothing says nothing', () => {
    const tracker = availabilityTracker({ clock: virtualClock() })
    const report = tracker.report()

    expect(report).toMatchObject({
      component: null,
      state: 'unknown',
      availability: null,
      availabilityIfUnknownDown: null,
      availabilityIfUnknownUp: null,
      coverage: null,
      nines: null,
      mtbf: null,
      meanCycle: null,
      mut: null,
      mdt: null,
      mttd: null,
      mtta: null,
      mttrRate: null,
      failureRate: null,
      fit: null,
      longestOutage: null,
      openOutage: null,
      outageLengths: null,
      censored: { starts: 0, ends: 0 },
      outside: 0,
      precision: 0,
      failures: 0,
      outages: [],
      components: {},
    })
    expect(report.mttr).toEqual({ recovery: null, repair: null, respond: null, resolve: null })
    expect(tracker.report({ component: 'nobody', window: '1h' })).toMatchObject({
      component: 'nobody',
      unknown: 3_600_000,
    })
    expect(tracker.timeline('nobody')).toEqual([])
  })

  it('is about the worst component, and about the first where nothing is known of any', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const names = ['unknown', 'good', 'bad', 'better'] as const
    for (const name of names) tracker.component(name)
    await clock.advance(10)
    expect(tracker.report().component).toBe('unknown')
    tracker.component('good').up()
    tracker.component('bad').up()
    tracker.component('better').up()
    await clock.advance(10)
    tracker.component('bad').down()
    await clock.advance(5)
    tracker.component('better').down()
    await clock.advance(5)

    expect(tracker.report()).toMatchObject({ component: 'bad', availability: 0.5 })
    expect(Object.keys(tracker.report().components)).toEqual([...names])
    expect(tracker.report({ component: 'good' })).toMatchObject({
      component: 'good',
      availability: 1,
      nines: null,
      failureRate: 0,
      components: { good: { component: 'good' } },
    })
  })

  it('takes components of any name', () => {
    const tracker = availabilityTracker({ clock: virtualClock() })
    tracker.component('__proto__').up()

    expect(Object.keys(tracker.report().components)).toEqual(['__proto__'])
  })

  it('shows an outage that reaches beyond the window on either side', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const x = tracker.component('x')
    x.up()
    await clock.advance(100)
    x.down()
    await clock.advance(100)
    x.up()
    await clock.advance(100)
    const inside = tracker.report({ window: { from: 120, to: 150 } })
    const around = tracker.report({ window: { from: 150, to: 250 } })
    const before = tracker.report({ window: { from: 50, to: 150 } })
    const after = tracker.report({ window: { from: 200, to: 300 } })

    expect(inside).toMatchObject({
      availability: 0,
      failures: 0,
      restorations: 0,
      mtbf: null,
      longestOutage: 50,
      openOutage: { start: 100, elapsed: 50, net: 50, startCensored: false },
    })
    expect(around).toMatchObject({
      failures: 0,
      restorations: 1,
      mttr: { recovery: 100 },
      openOutage: null,
      mttrRate: 50,
    })
    expect(before).toMatchObject({
      failures: 1,
      restorations: 0,
      mttr: { recovery: null },
      openOutage: { elapsed: 50 },
    })
    expect(after).toMatchObject({ failures: 0, restorations: 0, availability: 1 })
  })

  it('has a mean up time where two outages in the window bound it', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const x = tracker.component('x')
    for (let cycle = 0; cycle < 3; cycle++) {
      x.up()
      await clock.advance(100)
      x.down()
      await clock.advance(10)
    }
    x.up()

    expect(tracker.report().mut).toBe(100)
    expect(tracker.report({ window: { from: 105, to: 215 } }).mut).toBe(100)
    expect(tracker.report({ window: { from: 115, to: 210 } }).mut).toBeNull()
    expect(tracker.report({ window: { from: 105, to: 210 } }).mut).toBeNull()
  })

  it('shows both means of an outage that is still open', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const x = tracker.component('x')
    x.up()
    await clock.advance(100)
    x.down()
    await clock.advance(10)
    x.up()
    await clock.advance(100)
    x.down()
    await clock.advance(40)

    expect(tracker.report()).toMatchObject({
      mttr: { recovery: 10 },
      mttrRate: 50,
      mut: 100,
      failures: 2,
      longestOutage: 40,
    })
  })

  it('does not know what is to come', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    tracker.component('x').up()
    await clock.advance(100)

    expect(tracker.report({ window: { from: 50, to: 150 } })).toMatchObject({ uptime: 50, unknown: 50 })
    expect(tracker.report({ window: { from: 150, to: 250 } })).toMatchObject({
      uptime: 0,
      unknown: 100,
      availability: null,
    })
  })

  it('is about dates, too, and says the window in both clocks', async () => {
    const clock = virtualClock({ wall: 1_000_000 })
    const tracker = availabilityTracker({ clock })
    tracker.component('x').up()
    await clock.advance(100)
    const report = tracker.report({ window: { from: new Date(1_000_010), to: new Date(1_000_060) }, zone: 'UTC' })

    expect(report.uptime).toBe(50)
    expect(report.window).toEqual({
      label: 'explicit',
      zone: null,
      from: 10,
      to: 60,
      fromAt: 1_000_010,
      toAt: 1_000_060,
      duration: 50,
    })
    expect(tracker.report({ window: { from: 5, to: 5 } })).toMatchObject({ coverage: null, availability: null })
  })

  it.each([
    [0, 'got 0'],
    ['month', 'got "month"'],
    [Number.POSITIVE_INFINITY, 'got Infinity'],
    [{ from: 1, to: 0 }, 'got an object'],
    [{ from: 1 }, 'got an object'],
    [{ from: new Date(Number.NaN), to: 5 }, 'got an object'],
    [{ calendar: 'decade' }, 'got an object'],
    [{ calendar: 'month', ago: -1 }, 'got an object'],
    [{ calendar: 'month', ago: 0.5 }, 'got an object'],
    [{ calendar: 'month', since: 1 }, 'got an object'],
    [{ calendar: 'year', ago: 1e6 }, 'got an object'],
    [{ calendar: 'hour', ago: Number.MAX_SAFE_INTEGER }, 'got an object'],
  ])('refuses a window of %j', (window, got) => {
    const tracker = availabilityTracker({ clock: virtualClock() })

    expect(() => tracker.report({ window: window as WindowOption })).toThrow(
      "availabilityTracker: window must be a duration > 0, { calendar: 'hour' | 'day' | 'week' | 'month' | 'quarter' | " +
        `'year', ago? }, or { from, to } in order, each a Date or a time, ${got}`,
    )
  })

  it('refuses a zone there is not, and options it does not know', () => {
    const tracker = availabilityTracker({ clock: virtualClock() })

    expect(() => tracker.report({ zone: 'Europe/Atlantis' })).toThrow(
      'zone must be an IANA time zone, got "Europe/Atlantis"',
    )
    expect(() => tracker.report({ zone: 5 as never })).toThrow('zone must be an IANA time zone, got 5')
    expect(() => tracker.report({ windows: '1h' } as never)).toThrow('"windows" is not an option, did you mean window?')
  })
})

describe('a tracker', () => {
  it.each([
    [{ lateTolerance: 0 }, 'lateTolerance must be a duration > 0, got 0'],
    [{ clockTolerance: 0 }, 'clockTolerance must be a duration > 0, got 0'],
    [{ restartTolerance: -1 }, 'restartTolerance must be a duration >= 0, got -1'],
    [{ consecutiveFailures: 1.5 }, 'consecutiveFailures must be an integer >= 1, got 1.5'],
    [{ keep: 99 }, 'keep must be an integer >= 100, got 99'],
    [{ clock: 5 }, 'clock must be a clock, got 5'],
    [{ lateTolerence: 5 }, '"lateTolerence" is not an option, did you mean lateTolerance?'],
  ])('refuses %j', (options, message) => {
    expect(() => availabilityTracker(options as never)).toThrow(`availabilityTracker: ${message}`)
  })

  it('takes the real clock if none is given', () => {
    const tracker = availabilityTracker()
    tracker.component('x').up()

    expect(tracker).toMatchObject({ name: 'availabilityTracker', kind: 'availabilityTracker' })
    expect(tracker.report({ window: '1h' }).uptime).toBeLessThan(60_000)
    expect(Math.abs(tracker.report().window.toAt - Date.now())).toBeLessThan(60_000)
  })

  it('lets go of everything when it is closed, and can still report', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    tracker.probe('db', () => true)
    await clock.advance(10)
    tracker.close()
    tracker.close()
    await clock.advance(10)

    expect(clock.pending).toBe(0)
    expect(tracker.report()).toMatchObject({ uptime: 10, unknown: 10 })
  })
})
