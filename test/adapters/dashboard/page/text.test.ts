import { describe, expect, it } from 'vitest'
import { locationText } from '../../../../src/adapters/dashboard/page/text/location.ts'
import {
  budgetText,
  countText,
  coverageText,
  isoOf,
  latencyText,
  percentText,
  rateText,
  whenText,
} from '../../../../src/adapters/dashboard/page/text/numbers.ts'
import { sliceText } from '../../../../src/adapters/dashboard/page/text/slices.ts'
import { labelOf, tones } from '../../../../src/adapters/dashboard/page/text/states.ts'
import { calendarWindow } from '../../../../src/availability/time/calendar.ts'

describe('numbers', () => {
  it.each([
    [null, '–'],
    [0.99996, '99.9960%'],
    [1.0000000002, '100%'],
    [-1e-18, '0%'],
  ])('a ratio of %s reads %s', (ratio, text) => {
    expect(percentText(ratio)).toBe(text)
  })

  it.each([
    [null, '–'],
    [0, '0%'],
    [0.0005, '<0.1%'],
    [0.0129, '1.2%'],
    [0.999, '99%'],
    [1, '100%'],
  ])('a coverage of %s reads %s, rounded down', (coverage, text) => {
    expect(coverageText(coverage)).toBe(text)
  })

  it('have the requested decimals', () => {
    expect(percentText(0.99996, 2)).toBe('99.99%')
  })

  it.each([
    [null, '–'],
    [1, '100%'],
    [0.999, '99%'],
    [0, '0%'],
    [-0.001, '−1%'],
    [-1.5, '−150%'],
  ])('a budget of %s reads %s', (remaining, text) => {
    expect(budgetText(remaining)).toBe(text)
  })

  it.each([
    [null, '–'],
    [0, '0/s'],
    [0.25, '0.3/s'],
    [12.34, '12/s'],
    [1234.4, '1,234/s'],
  ])('a rate of %s reads %s', (rate, text) => {
    expect(rateText(rate)).toBe(text)
  })

  it.each([
    [null, '–'],
    [1.234, '1.2 ms'],
    [45.6, '46 ms'],
    [1500, '1 s 500 ms'],
  ])('a latency of %s reads %s', (latency, text) => {
    expect(latencyText(latency)).toBe(text)
  })

  it('counts have separators', () => {
    expect(countText(1234567)).toBe('1,234,567')
  })
})

describe('instants', () => {
  const now = new Date(2026, 10, 24, 15, 30).getTime()

  it('are only the time today, and have the date on other days', () => {
    expect(whenText(new Date(2026, 10, 24, 8, 5, 9).getTime(), now)).toBe('08:05:09')
    expect(whenText(new Date(2026, 10, 23, 8, 5, 9).getTime(), now)).toBe('23 Nov 2026, 08:05:09')
  })

  it.each([Number.MAX_SAFE_INTEGER, 1e300])('beyond all dates, at %s, read so', (at) => {
    expect([whenText(at, now), isoOf(at)]).toEqual(['after all dates', 'after all dates'])
  })

  it('have a full ISO form', () => {
    expect(isoOf(0)).toBe('1970-01-01T00:00:00.000Z')
  })
})

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

describe('states', () => {
  it('have a label and a tone, and unknown states are shown as they are', () => {
    expect(labelOf('half-open')).toEqual({ tone: 'weak', text: 'half-open' })
    expect(labelOf('drain')).toEqual({ tone: 'planned', text: 'draining' })
    expect(labelOf('resting')).toEqual({ tone: 'none', text: 'resting' })
    expect(new Set(tones).size).toBe(5)
  })
})

describe('a location', () => {
  it('names the policy, the pool and the member', () => {
    expect(locationText({ policy: 'shop', pool: null, member: null })).toBe('shop')
    expect(locationText({ policy: 'shop', pool: 'replicas', member: 'a' })).toBe('shop › replicas › a')
  })
})
