import { type AccountingOptions, availabilityTracker, type ServiceHours } from 'holdfast/availability'
import { describe, expect, it, vi } from 'vitest'
import { serviceSpans } from '../../../src/availability/time/service-hours.ts'
import { type Dice, Hand, same, states, streams } from '../streams.ts'

// On a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** A Monday. */
const monday = Date.UTC(2026, 5, 1)

function tracked(accounting: AccountingOptions, start = monday) {
  const clock = new Hand(start)
  return { clock, tracker: availabilityTracker({ clock, accounting }) }
}

function spans(hours: ServiceHours, from: string, to: string): string[] {
  return serviceSpans(hours, Date.parse(from), Date.parse(to)).map(([opens, shuts]) => {
    const [start, end] = [opens, shuts].map((at) => new Date(at).toISOString().slice(0, 16))
    return `${start} ${end}`
  })
}

describe('service hours', () => {
  it('are on their days, but for exceptions', () => {
    const office = { from: '08:00', to: '20:00', days: [1, 2, 3, 4, 5], except: ['2026-06-03'] }

    expect(spans(office, '2026-06-01T00:00Z', '2026-06-09T00:00Z')).toEqual([
      '2026-06-01T08:00 2026-06-01T20:00',
      '2026-06-02T08:00 2026-06-02T20:00',
      '2026-06-04T08:00 2026-06-04T20:00',
      '2026-06-05T08:00 2026-06-05T20:00',
      '2026-06-08T08:00 2026-06-08T20:00',
    ])
  })

  it('may last over night, from a day of theirs, and to the same time of the next', () => {
    const night = { from: '22:00', to: '06:00', days: [5] }

    expect(spans(night, '2026-06-06T01:00Z', '2026-06-13T00:00Z')).toEqual([
      '2026-06-05T22:00 2026-06-06T06:00',
      '2026-06-12T22:00 2026-06-13T06:00',
    ])
    expect(spans({ from: '00:00', to: '24:00' }, '2026-06-01T00:00Z', '2026-06-03T00:00Z')).toEqual([
      '2026-06-01T00:00 2026-06-03T00:00',
    ])
    expect(spans({ ...night, days: [5, 6] }, '2026-06-07T07:00Z', '2026-06-08T00:00Z')).toEqual([])
  })

  it('follow the clock changes of their zone', () => {
    const hours = { from: '01:00', to: '04:00', zone: 'America/New_York' }
    const lengths = (from: string): number[] =>
      serviceSpans(hours, Date.parse(from), Date.parse(from) + day).map(([opens, shuts]) => (shuts - opens) / hour)

    expect(lengths('2026-03-07T05:00:00Z')).toEqual([3])
    expect(lengths('2026-03-08T05:00:00Z')).toEqual([2])
    expect(lengths('2026-11-01T04:00:00Z')).toEqual([4])
    // A time that is left out is the first instant after it.
    expect(spans({ ...hours, from: '02:30' }, '2026-03-08T05:00Z', '2026-03-09T04:00Z')).toEqual([
      '2026-03-08T07:00 2026-03-08T08:00',
    ])
  })

  it.each([
    [{ from: '8:00', to: '20:00' }, ": from must be a time of day from '00:00' to '24:00', got \"8:00\""],
    [{ from: '08:00', to: '24:01' }, ": to must be a time of day from '00:00' to '24:00', got \"24:01\""],
    [{ from: '08:60', to: '20:00' }, ': from must be a time of day'],
    [{ from: 8, to: 20 }, ': from must be a time of day from'],
    [{ from: '08:00', to: '08:00' }, ': to must be another time than from, got "08:00"'],
    [{ from: '08:00' }, ': to must be a time of day'],
    [{ from: '08:00', to: '20:00', days: [] }, ': days must be a list of days of the week, 1 (Monday) to 7 (Sunday)'],
    [{ from: '08:00', to: '20:00', days: [1, 0] }, ': days must be days of the week, 1 (Monday) to 7 (Sunday), got 0'],
    [
      { from: '08:00', to: '20:00', days: ['Mon'] },
      ': days must be days of the week, 1 (Monday) to 7 (Sunday), got "Mon"',
    ],
    [
      { from: '08:00', to: '20:00', days: 5 },
      ': days must be a list of days of the week, 1 (Monday) to 7 (Sunday), got 5',
    ],
    [{ from: '08:00', to: '20:00', except: 'never' }, ": except must be a list of dates such as '2026-12-25', got"],
    [
      { from: '08:00', to: '20:00', except: ['2026-13-01'] },
      ': except must be dates such as \'2026-12-25\', got "2026-13-01"',
    ],
    [{ from: '08:00', to: '20:00', except: ['2026-02-30'] }, ': except must be dates such as'],
    [{ from: '08:00', to: '20:00', except: ['tomorrow'] }, ': except must be dates such as'],
    [{ from: '08:00', to: '20:00', zone: 'Mars/Base' }, ': zone must be an IANA time zone, got "Mars/Base"'],
    [{ from: '08:00', to: '20:00', holidays: [] }, ': "holidays" is not an option'],
    [{ from: '24:00', to: '24:00' }, ': to must be another time than from'],
    ['always', " must be an object such as { from: '08:00', to: '20:00' }, got \"always\""],
    [['08:00', '20:00'], ' must be an object such as'],
  ])('are refused by the name of the field that is wrong: %j', (serviceHours, message) => {
    expect(() => availabilityTracker({ accounting: { serviceHours: serviceHours as never } })).toThrow(
      `availabilityTracker: serviceHours${message}`,
    )
  })

  it('have none on a day whose clock change leaves them out', () => {
    const hours = { from: '02:00', to: '03:00', zone: 'America/New_York' }

    expect(spans(hours, '2026-03-08T00:00Z', '2026-03-09T12:00Z')).toEqual(['2026-03-09T06:00 2026-03-09T07:00'])
  })
})

describe('a report over service hours', () => {
  const serviceHours: ServiceHours = { from: '08:00', to: '20:00' }

  it('counts an outage of the night from the opening, as a failure', () => {
    const { clock, tracker } = tracked({ serviceHours })
    const x = tracker.component('x')
    clock.time = 6 * hour
    x.up()
    clock.time = day + 3 * hour
    x.down()
    clock.time = day + 9 * hour
    x.up()
    clock.time = 2 * day
    const report = tracker.report({ window: { from: 0, to: 2 * day } })

    expect(report).toMatchObject({
      outside: 24 * hour,
      uptime: 23 * hour,
      downtime: hour,
      unknown: 0,
      coverage: 1,
      failures: 1,
      restorations: 1,
      mttr: { recovery: hour },
    })
    expect(report.outages).toMatchObject([
      { start: day + 8 * hour, end: day + 9 * hour, startedAfter: day + 3 * hour, startCensored: false },
    ])
    expect(report.availability).toBeCloseTo(23 / 24, 12)
    expect(tracker.report({ accounting: 'default' })).toMatchObject({ downtime: 6 * hour, outside: 0 })
  })

  it('bridges the night in an outage that lasts over it, and does not see one that does not', () => {
    const { clock, tracker } = tracked({ serviceHours })
    const x = tracker.component('x')
    clock.time = 8 * hour
    x.up()
    clock.time = 19 * hour
    x.down()
    clock.time = day + 9 * hour
    x.up()
    clock.time = day + 21 * hour
    x.down()
    clock.time = day + 22 * hour
    x.up()
    clock.time = 2 * day

    const report = tracker.report({ window: { from: 0, to: 2 * day } })
    expect(report).toMatchObject({ failures: 1, restorations: 1, downtime: 2 * hour, longestOutage: 2 * hour })
    expect(report.outages).toMatchObject([
      { start: 19 * hour, end: day + 9 * hour, net: 2 * hour, wall: 14 * hour, spansUnknown: true },
    ])
  })

  it('does not bridge a night in which it served', () => {
    const { clock, tracker } = tracked({ serviceHours })
    const x = tracker.component('x')
    clock.time = 8 * hour
    x.up()
    for (const [at, state] of [
      [19, 'down'],
      [22, 'up'],
      [30, 'down'],
      [33, 'up'],
    ] as const) {
      clock.time = at * hour
      x[state]()
    }
    clock.time = 2 * day

    const report = tracker.report({ window: { from: 0, to: 2 * day } })
    expect(report).toMatchObject({ failures: 2, restorations: 2, downtime: 2 * hour, openOutage: null })
    expect(report.outages).toMatchObject([
      { start: 19 * hour, end: 20 * hour, endedBefore: 22 * hour, spansUnknown: false },
      { start: 32 * hour, end: 33 * hour, startedAfter: 30 * hour, startCensored: false, plannedOverrun: false },
    ])
  })

  it.each([
    ['exclude', 2],
    ['up', 2],
    ['down', 1],
  ] as const)('looks under a maintenance at night that counts as %s', (maintenance, failures) => {
    const { clock, tracker } = tracked({ serviceHours, maintenance })
    const x = tracker.component('x')
    clock.time = 8 * hour
    x.up()
    clock.time = 19 * hour
    x.down()
    tracker.record({ component: 'x', state: 'maintenance', start: 21 * hour, end: 32 * hour })
    clock.time = 22 * hour
    x.up()
    clock.time = 30 * hour
    x.down()
    clock.time = 33 * hour
    x.up()

    expect(tracker.report({ window: { from: 0, to: 2 * day } }).failures).toBe(failures)
  })

  it('leaves the night out of the time before anything was known, and of the time to come', () => {
    const { clock, tracker } = tracked({ serviceHours })
    clock.time = 2 * day + 14 * hour
    tracker.component('x').up()
    clock.time += 3 * hour

    expect(tracker.report({ window: { calendar: 'week' } })).toMatchObject({
      uptime: 3 * hour,
      outside: 7 * 12 * hour,
      unknown: 81 * hour,
      coverage: 3 / 84,
    })
    expect(tracker.report({ window: { from: 20 * hour, to: 32 * hour } })).toMatchObject({
      outside: 12 * hour,
      unknown: 0,
      coverage: null,
      availability: null,
    })
    expect(tracker.report({ component: 'nobody', window: { from: 0, to: day } })).toMatchObject({
      unknown: 12 * hour,
      outside: 12 * hour,
      coverage: 0,
    })
    const strict = tracker.report({ window: { calendar: 'week' }, accounting: { preset: 'strict', serviceHours } })
    // What is to come is no downtime, not even where unknown time is.
    expect(strict).toMatchObject({ unknown: 51 * hour, downtime: 30 * hour, uptime: 3 * hour })
  })

  it('does not count what is over in an instant of the night', () => {
    const { clock, tracker } = tracked({ serviceHours, zeroLength: 'count' })
    const x = tracker.component('x')
    x.up()
    for (const at of [3 * hour, 10 * hour]) {
      clock.time = at
      x.down()
      x.up()
    }
    clock.time = day

    expect(tracker.report()).toMatchObject({ failures: 1, restorations: 1, blips: 0, downtime: 0 })
    expect(tracker.report({ accounting: { serviceHours } })).toMatchObject({ failures: 0, blips: 1 })
  })

  it('says what a count of every minute says, adds up, and stays exact in old hours', () => {
    streams(60, (dice: Dice) => {
      const keep = dice.of([100, 20_000])
      const hours = dice.of<ServiceHours>([
        serviceHours,
        { from: '22:00', to: '06:00', days: [1, 2, 3, 4, 5] },
        { from: '09:00', to: '17:00', days: [1, 3], zone: 'America/New_York', except: ['2026-06-03'] },
      ])
      const clock = new Hand(monday)
      const tracker = availabilityTracker({ clock, keep, accounting: { serviceHours: hours } })
      const minutes: string[] = []
      let state = 'unknown'
      for (let step = 0; step < 1200; step++) {
        const until = clock.time + (1 + dice.roll(20)) * minute
        for (; clock.time < until; clock.time += minute) minutes.push(state)
        const next = dice.of(states)
        state = next
        tracker.record({ component: 'x', state: next })
        if (dice.roll(100) === 0) tracker.report()
      }
      const now = Math.floor(clock.time / hour)
      const [a, b] = [dice.roll(now), dice.roll(now)]
      const [from, to] = [Math.min(a, b) * 60, Math.max(a, b) * 60]
      const open = serviceSpans(hours, monday, monday + clock.time)
      const isOpen = (at: number): boolean =>
        open.some(([opens, shuts]) => opens <= monday + at * minute && monday + at * minute < shuts)
      const inside = minutes.slice(from, to).map((one, index) => (isOpen(from + index) ? one : 'outside'))
      const of = (...names: string[]): number => inside.filter((one) => names.includes(one)).length
      const report = tracker.report({ window: { from: from * minute, to: to * minute } })
      const whole = (length: number): number => Math.round(length) / minute
      same([report.uptime, report.downtime, report.maintenance, report.unknown, report.outside].map(whole), [
        of('up', 'degraded'),
        of('down'),
        of('maintenance'),
        of('unknown'),
        of('outside'),
      ])
      same(report.precision, 0)
    })
  })

  it('says how precise it is where they cut an old hour', () => {
    const clock = new Hand(monday)
    const half = { from: '08:30', to: '20:00' }
    const tracker = availabilityTracker({ clock, keep: 100, accounting: { serviceHours: half } })
    const x = tracker.component('x')
    for (let step = 0; step < 3000; step++) {
      x[step % 2 === 0 ? 'up' : 'down']()
      clock.time += 7 * minute
    }
    const on = (from: number, to: number) => tracker.report({ window: { from: from * hour, to: to * hour } })

    expect(on(6, 10).precision).toBe(hour)
    expect(on(10, 19).precision).toBe(0)
    expect(on(6, 10)).toMatchObject({ outside: 2.5 * hour })
  })

  it.each([
    [-1e300, 1e300],
    [-8e15, 8e15],
    [-101 * 365 * 24 * hour, 0],
  ])('refuse a window that cannot be walked day by day', (from, to) => {
    const tracker = availabilityTracker({ accounting: { serviceHours: { from: '08:00', to: '20:00' } } })

    expect(() => tracker.report({ window: { from, to } })).toThrow(
      'availabilityTracker: window must be at most 36600 days long where there are service hours, got ',
    )
  })
})
