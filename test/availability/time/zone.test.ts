import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { offsetAt } from '../../../src/availability/time/zone.ts'
import { runs } from '../../effort.ts'

const day = 86_400_000

/** As the platform says it for this very instant. */
function platform(zone: string, at: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value as string
  const [, sign, hours = 0, minutes = 0, seconds = 0] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (3600 * Number(hours) + 60 * Number(minutes) + Number(seconds)) * 1000
}

describe('the offset of a zone', () => {
  it.each([
    ['Europe/Berlin', Date.UTC(2026, 9, 25, 1), 7_200_000, 3_600_000],
    ['Australia/Lord_Howe', Date.UTC(2026, 3, 4, 15), 11 * 3_600_000, 10.5 * 3_600_000],
    ['America/St_Johns', Date.UTC(2026, 2, 8, 5, 30), -3.5 * 3_600_000, -2.5 * 3_600_000],
    // The island skipped a whole day.
    ['Pacific/Apia', Date.UTC(2011, 11, 30, 10), -10 * 3_600_000, 14 * 3_600_000],
  ])('in %s changes at the very instant', (zone, at, before, after) => {
    expect([offsetAt(zone, at - 1), offsetAt(zone, at)]).toEqual([before, after])
  })

  it('is that of the platform at any instant, asked once or often', () => {
    const zones = Intl.supportedValuesOf('timeZone')
    const instants = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2040, 0, 1) })
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, fc.integer({ min: -day, max: day }), (zone, at, near) => {
        for (const instant of [at, at + near, at]) expect(offsetAt(zone, instant)).toBe(platform(zone, instant))
      }),
      { numRuns: runs(500) },
    )
  })

  it('is known at the first and the last instant there is', () => {
    for (const at of [-8.64e15, 8.64e15, 8.64e15 - 1]) {
      expect(offsetAt('Asia/Kolkata', at)).toBe(platform('Asia/Kolkata', at))
    }
  })

  it('is forgotten and asked again where too many days were asked about', () => {
    const from = Date.UTC(1950, 0, 1)
    for (let days = 0; days <= 36_700; days++) offsetAt('Etc/GMT-3', from + days * day)

    expect(offsetAt('Etc/GMT-3', from)).toBe(10_800_000)
  }, 30_000)
})
