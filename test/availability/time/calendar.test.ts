import { availabilityTracker, type CalendarUnit } from 'holdfast/availability'
import { describe, expect, it } from 'vitest'
import { calendarUnits, calendarWindow } from '../../../src/availability/time/calendar.ts'
import { type Dice, Hand, same, streams } from '../streams.ts'

const hour = 3_600_000

/** As dates, and how many hours long. */
function shown(unit: CalendarUnit, zone: string, at: string, ago = 0): readonly [string, string, number] {
  const [from, to] = calendarWindow(unit, zone, Date.parse(at), ago)
  return [new Date(from).toISOString(), new Date(to).toISOString(), (to - from) / hour]
}

describe('a stretch of the calendar', () => {
  it.each([
    ['month', 'America/New_York', '2026-03-20T12:00:00Z', 0, '2026-03-01T05:00:00.000Z', 743],
    ['month', 'America/New_York', '2026-11-30T12:00:00Z', 0, '2026-11-01T04:00:00.000Z', 721],
    ['month', 'UTC', '2026-03-20T12:00:00Z', 0, '2026-03-01T00:00:00.000Z', 744],
    ['month', 'UTC', '2026-01-15T12:00:00Z', 1, '2025-12-01T00:00:00.000Z', 744],
    ['month', 'UTC', '2024-02-29T12:00:00Z', 0, '2024-02-01T00:00:00.000Z', 29 * 24],
    ['month', 'UTC', '2026-03-31T12:00:00Z', 1, '2026-02-01T00:00:00.000Z', 28 * 24],
    ['month', 'UTC', '2100-02-10T00:00:00Z', 0, '2100-02-01T00:00:00.000Z', 28 * 24],
    ['day', 'America/New_York', '2026-03-08T12:00:00Z', 0, '2026-03-08T05:00:00.000Z', 23],
    ['day', 'America/New_York', '2026-11-01T12:00:00Z', 0, '2026-11-01T04:00:00.000Z', 25],
    ['day', 'America/New_York', '2026-03-09T12:00:00Z', 1, '2026-03-08T05:00:00.000Z', 23],
    // Midnight is left out: the day begins at 01:00.
    ['day', 'America/Sao_Paulo', '2018-11-04T12:00:00Z', 0, '2018-11-04T03:00:00.000Z', 23],
    ['day', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', 0, '2018-11-03T03:00:00.000Z', 24],
    // Midnight comes twice: the day begins at the first.
    ['day', 'America/Havana', '2026-11-01T12:00:00Z', 0, '2026-11-01T04:00:00.000Z', 25],
    // 30 December 2011 was left out.
    ['day', 'Pacific/Apia', '2011-12-30T06:00:00Z', 0, '2011-12-29T10:00:00.000Z', 24],
    ['day', 'Pacific/Apia', '2011-12-30T12:00:00Z', 0, '2011-12-30T10:00:00.000Z', 24],
    ['day', 'Pacific/Apia', '2011-12-30T12:00:00Z', 1, '2011-12-30T10:00:00.000Z', 0],
    ['month', 'Pacific/Apia', '2011-12-15T12:00:00Z', 0, '2011-12-01T10:00:00.000Z', 30 * 24],
    // The clock moves by half an hour.
    ['day', 'Australia/Lord_Howe', '2026-04-05T00:00:00Z', 0, '2026-04-04T13:00:00.000Z', 24.5],
    ['day', 'Australia/Lord_Howe', '2026-10-04T00:00:00Z', 0, '2026-10-03T13:30:00.000Z', 23.5],
    ['day', 'Asia/Kolkata', '2026-05-01T00:00:00Z', 0, '2026-04-30T18:30:00.000Z', 24],
    ['day', 'Asia/Kathmandu', '2026-05-01T00:00:00Z', 0, '2026-04-30T18:15:00.000Z', 24],
    ['hour', 'Asia/Kolkata', '2026-05-01T10:10:00Z', 0, '2026-05-01T09:30:00.000Z', 1],
    ['hour', 'Asia/Kathmandu', '2026-05-01T10:10:00Z', 2, '2026-05-01T07:15:00.000Z', 1],
    ['hour', 'UTC', '2026-05-01T10:00:00Z', 0, '2026-05-01T10:00:00.000Z', 1],
    ['hour', 'UTC', '2026-05-01T10:00:00Z', 30, '2026-04-30T04:00:00.000Z', 1],
    // The clock goes back, or on, by half an hour: hours that begin there are cut by the change.
    ['hour', 'Australia/Lord_Howe', '2026-04-04T14:50:00Z', 0, '2026-04-04T14:00:00.000Z', 1],
    ['hour', 'Australia/Lord_Howe', '2026-04-04T15:10:00Z', 0, '2026-04-04T15:00:00.000Z', 0.5],
    ['hour', 'Australia/Lord_Howe', '2026-04-04T15:40:00Z', 0, '2026-04-04T15:30:00.000Z', 1],
    ['hour', 'Australia/Lord_Howe', '2026-10-03T15:40:00Z', 0, '2026-10-03T15:30:00.000Z', 0.5],
    // Zones have changed within an hour.
    ['hour', 'Asia/Kathmandu', '1985-12-31T18:20:00Z', 0, '1985-12-31T17:30:00.000Z', 1],
    ['hour', 'Asia/Kathmandu', '1985-12-31T18:40:00Z', 0, '1985-12-31T18:30:00.000Z', 0.75],
    ['hour', 'Asia/Singapore', '1981-12-31T15:50:00Z', 0, '1981-12-31T15:30:00.000Z', 0.5],
    ['hour', 'Asia/Singapore', '1981-12-31T16:10:00Z', 0, '1981-12-31T16:00:00.000Z', 1],
    // Weeks begin on Monday.
    ['week', 'UTC', '2026-01-01T00:00:00Z', 0, '2025-12-29T00:00:00.000Z', 168],
    ['week', 'UTC', '2026-01-04T23:59:59Z', 0, '2025-12-29T00:00:00.000Z', 168],
    ['week', 'UTC', '2026-01-05T00:00:00Z', 0, '2026-01-05T00:00:00.000Z', 168],
    ['week', 'Europe/Berlin', '2026-03-29T12:00:00Z', 0, '2026-03-22T23:00:00.000Z', 167],
    ['week', 'Europe/Berlin', '2026-03-29T12:00:00Z', 1, '2026-03-15T23:00:00.000Z', 168],
    ['quarter', 'UTC', '2026-05-15T00:00:00Z', 0, '2026-04-01T00:00:00.000Z', 91 * 24],
    ['quarter', 'UTC', '2026-01-01T00:00:00Z', 1, '2025-10-01T00:00:00.000Z', 92 * 24],
    ['quarter', 'UTC', '2024-03-31T00:00:00Z', 0, '2024-01-01T00:00:00.000Z', 91 * 24],
    ['year', 'UTC', '2024-07-01T00:00:00Z', 0, '2024-01-01T00:00:00.000Z', 366 * 24],
    ['year', 'UTC', '2026-07-01T00:00:00Z', 1, '2025-01-01T00:00:00.000Z', 365 * 24],
    ['year', 'Europe/Berlin', '2026-07-01T00:00:00Z', 0, '2025-12-31T23:00:00.000Z', 365 * 24],
  ] as const)('%s in %s at %s, %i ago, begins at %s and has %d h', (unit, zone, at, ago, from, hours) => {
    const [start, , length] = shown(unit, zone, at, ago)

    expect([start, length]).toEqual([from, hours])
  })

  it('has its instant inside, and ends where the next one begins, in any zone at any time', () => {
    const zones = [
      'UTC',
      'America/New_York',
      'America/Sao_Paulo',
      'America/Havana',
      'Europe/London',
      'Asia/Kolkata',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Pacific/Chatham',
      'America/St_Johns',
      'Africa/Casablanca',
      'Asia/Tehran',
    ]
    const shift = Date.UTC(2026, 3, 4, 15)
    for (const at of [shift - 1, shift, shift + 1_799_999, shift + 1_800_000]) {
      const [from, to] = calendarWindow('hour', 'Australia/Lord_Howe', at)
      expect([from <= at, at < to, calendarWindow('hour', 'Australia/Lord_Howe', to)[0]]).toEqual([true, true, to])
    }
    streams(1500, (dice: Dice) => {
      const [unit, zone] = [dice.of(calendarUnits), dice.of(zones)]
      const at = Date.UTC(2008 + dice.roll(20), dice.roll(12), dice.roll(31), dice.roll(24), dice.roll(60))
      const [from, to] = calendarWindow(unit, zone, at)
      same(from <= at && at < to, true, `${unit} ${zone} ${at} inside`)
      same(calendarWindow(unit, zone, from), [from, to], `${unit} ${zone} ${at} from its beginning`)
      same(calendarWindow(unit, zone, to - 1), [from, to], `${unit} ${zone} ${at} from its end`)
      same(calendarWindow(unit, zone, to)[0], to, `${unit} ${zone} ${at} next`)
      if (unit !== 'hour') same(calendarWindow(unit, zone, at, 1)[1], from, `${unit} ${zone} ${at} before`)
    })
  })
})

describe('a report on a stretch of the calendar', () => {
  const start = Date.UTC(2026, 1, 15)
  const tracked = (now: number) => {
    const clock = new Hand(start)
    const tracker = availabilityTracker({ clock })
    tracker.component('x').up()
    clock.time = now - start
    return tracker
  }

  it('is named after it, and counts what is to come as unknown', () => {
    const tracker = tracked(Date.UTC(2026, 2, 11))
    const report = tracker.report({ window: { calendar: 'month' }, zone: 'America/New_York' })

    expect(report.window).toMatchObject({
      label: 'calendar:month',
      zone: 'America/New_York',
      fromAt: Date.UTC(2026, 2, 1, 5),
      toAt: Date.UTC(2026, 3, 1, 4),
      duration: 743 * hour,
    })
    expect(report).toMatchObject({ uptime: 235 * hour, unknown: 508 * hour, availability: 1 })
    const before = tracker.report({ window: { calendar: 'month', ago: 1 } })
    expect(before.window).toMatchObject({ label: 'calendar:month-1', zone: 'UTC', toAt: Date.UTC(2026, 2, 1) })
    expect(before).toMatchObject({ uptime: 14 * 24 * hour, unknown: 14 * 24 * hour, coverage: 0.5 })
  })

  it('differs from a rolling window, which has no zone', () => {
    const tracker = tracked(Date.UTC(2026, 2, 11))
    const labels = (['30d', '36h', '90m', '90s', 1500, 0.5] as const).map((window) => tracker.report({ window }).window)

    expect(labels.map(({ label }) => label)).toEqual([
      'rolling:30d',
      'rolling:36h',
      'rolling:90m',
      'rolling:90s',
      'rolling:1500ms',
      'rolling:0.5ms',
    ])
    expect(labels.map(({ zone }) => zone)).toEqual([null, null, null, null, null, null])
    expect(tracker.report().window.label).toBe('since start')
  })

  it('adds months up to the year', () => {
    const tracker = tracked(Date.UTC(2027, 0, 1))
    const zone = 'Pacific/Chatham'
    const year = tracker.report({ window: { calendar: 'year', ago: 0 }, zone })
    const months = Array.from({ length: 12 }, (_, ago) => tracker.report({ window: { calendar: 'month', ago }, zone }))
    const yearOf2027 = year.window.fromAt > Date.UTC(2026, 11, 1)

    expect(yearOf2027).toBe(true)
    const last = tracker.report({ window: { calendar: 'year', ago: 1 }, zone })
    expect(months.slice(1).reduce((sum, { uptime }) => sum + uptime, 0)).toBe(last.uptime)
  })
})
