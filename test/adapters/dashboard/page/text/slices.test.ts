import { describe, expect, it } from 'vitest'
import { sliceText } from '../../../../../src/adapters/dashboard/page/text/slices.ts'
import { calendarWindow } from '../../../../../src/availability/time/calendar.ts'

describe('a slice', () => {
  const slice = { up: 0, degraded: 0, down: 0, maintenance: 0, failures: 0, availability: null }

  it.each(['Pacific/Auckland', 'UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'])(
    'of a day has the date of the zone %s, wherever it is read',
    (zone) => {
      const [from, to] = calendarWindow('day', zone, Date.UTC(2026, 10, 24, 12))
      const date = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short' })

      expect(sliceText({ ...slice, from, to }, to, zone)).toContain(date.format(Date.UTC(2026, 10, 24, 12)))
    },
  )

  it('reads as what is known of it', () => {
    const [from, to] = [0, 3_600_000]
    const known = { ...slice, from, to, up: 3_540_000, down: 60_000, availability: 3540 / 3600, failures: 1 }

    expect(sliceText({ ...slice, from, to }, to, 'UTC')).toBe('Thu 1 Jan, nothing known')
    expect(sliceText(known, to)).toMatch(/^\d\d:\d\d:\d\d, 98.3% available, 100% observed, down 1 min, 1 outage began$/)
    expect(sliceText({ ...known, failures: 2 }, to)).toMatch(/2 outages began$/)
  })
})
