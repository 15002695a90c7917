import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Instants } from '../../../src/command/instants/instants.ts'

const utc = new Instants('UTC')
const berlin = new Instants('Europe/Berlin')
const shown = (at: number): string => (Number.isNaN(at) ? 'none' : new Date(at).toISOString())

describe('an instant', () => {
  it.each([
    ['2026', '2026-01-01T00:00:00.000Z'],
    ['2026-11', '2026-11-01T00:00:00.000Z'],
    ['2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['2026-11-24 10:54', '2026-11-24T10:54:00.000Z'],
    ['2026-11-24T10:54:07', '2026-11-24T10:54:07.000Z'],
    ['2026-11-24T10:54:07.25', '2026-11-24T10:54:07.250Z'],
    ['2026-11-24T10:54:07,123456', '2026-11-24T10:54:07.123Z'],
    ['2026-11-24T24:00', '2026-11-25T00:00:00.000Z'],
    ['2026-11-24T10:54:07Z', '2026-11-24T10:54:07.000Z'],
    ['2026-11-24t10:54:07z', '2026-11-24T10:54:07.000Z'],
    ['2026-11-24 10:54 +01:00', '2026-11-24T09:54:00.000Z'],
    ['2026-11-24T10:54:07-0330', '2026-11-24T14:24:07.000Z'],
    ['2026-11-24T10:54:07+05', '2026-11-24T05:54:07.000Z'],
    ['11/24/2026', '2026-11-24T00:00:00.000Z'],
    ['1/2/2026 3:04', '2026-01-02T03:04:00.000Z'],
    ['01/02/2026 03:04:05', '2026-01-02T03:04:05.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['1700000000', '2023-11-14T22:13:20.000Z'],
    ['1700000000.5', '2023-11-14T22:13:20.500Z'],
    ['1700000000000', '2023-11-14T22:13:20.000Z'],
    ['99999999999', '5138-11-16T09:46:39.000Z'],
    ['100000000000', '1973-03-03T09:46:40.000Z'],
    ['1767607200000000', '2026-01-05T10:00:00.000Z'],
    ['1767607200123456', '2026-01-05T10:00:00.123Z'],
    ['1767607200000000000', '2026-01-05T10:00:00.000Z'],
    ['2026/1/5 10:00', '2026-01-05T10:00:00.000Z'],
    ['1/5/26 10:00', '2026-01-05T10:00:00.000Z'],
    ['5.1.2026 10:00', '2026-01-05T10:00:00.000Z'],
    ['05/Jan/26 10:00 AM', '2026-01-05T10:00:00.000Z'],
    ['05-January-2026 10:00 pm', '2026-01-05T22:00:00.000Z'],
    ['Mon, 05 Jan 2026 10:00:00 GMT', '2026-01-05T10:00:00.000Z'],
    ['Jan 5, 2026 at 12:00 a.m.', '2026-01-05T00:00:00.000Z'],
    ['January 5, 2026 12:30 PM', '2026-01-05T12:30:00.000Z'],
    ['Monday, Jan 5, 2026', '2026-01-05T00:00:00.000Z'],
    ['1/5/2026, 10:00:00\u202fAM', '2026-01-05T10:00:00.000Z'],
    ['20260105T100000Z', '2026-01-05T10:00:00.000Z'],
    ['20260105T100000', '2026-01-05T10:00:00.000Z'],
    ['2026-01-05 10:00 UTC', '2026-01-05T10:00:00.000Z'],
    ['2026-01-05 10:00 EST', '2026-01-05T15:00:00.000Z'],
    ['2026-07-05 10:00:00.5 CEST', '2026-07-05T08:00:00.500Z'],
    ['2026-01-05 10:00 UTC+05:30', '2026-01-05T04:30:00.000Z'],
    ['2026-07-05 10:00 America/New_York', '2026-07-05T14:00:00.000Z'],
    ['2026-01-05 10:00 America/New_York', '2026-01-05T15:00:00.000Z'],
    ['2026-01-05T10:00:00+01:00[Europe/Berlin]', '2026-01-05T09:00:00.000Z'],
    ['2026-07-05T10:00:00[Europe/Berlin]', '2026-07-05T08:00:00.000Z'],
    ['2026-01-05T10:00:00.000+0000', '2026-01-05T10:00:00.000Z'],
  ])('is read from %j', (text, expected) => {
    expect(shown(utc.read(text))).toBe(expected)
  })

  it.each([
    '',
    'soon',
    'component 3',
    '20261124',
    '2026-02-29',
    '2026-02-30T00:00:00Z',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-01-32',
    '0026-01-01',
    '24/11/2026 10:00',
    '2/30/2026',
    '2026-01-01 24:01',
    '2026-01-01 24:00:01',
    '2026-01-01 10:60',
    '2026-01-01 10:00:60',
    '2026-01-01T10:00+24:00',
    '2026-01-01T10:00+01:60',
    '2026-01-01Z',
    '2026-11 10:00',
    '2026-11-24 noon',
    '1700000000 10:00',
    '1/1/2026 1:2',
    '99999999999999999999',
    '-1700000000',
    'Tue Nov 24 2026',
    '2026-01-05 13:00 PM',
    '2026-01-05 0:30 AM',
    '2026-01-05 10:00 IST',
    '2026-01-05 10:00 Europe/Nowhere',
    '05/Foo/26',
    'Foo 5, 2026',
    '2026/13/05',
    '20261305T100000Z',
  ])('is not read from %j', (text) => {
    expect(shown(utc.read(text))).toBe('none')
    expect(shown(berlin.read(text))).toBe('none')
  })

  it.each([
    ['2026-01-01 12:00', '2026-01-01T11:00:00.000Z'],
    ['2026-07-01 12:00', '2026-07-01T10:00:00.000Z'],
    ['2026-07-01 12:00Z', '2026-07-01T12:00:00.000Z'],
    // The clock goes from 2:00 to 3:00: what is left out is the first instant after it.
    ['2026-03-29 01:59:59', '2026-03-29T00:59:59.000Z'],
    ['2026-03-29 02:30', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29 03:00', '2026-03-29T01:00:00.000Z'],
    // From 3:00 back to 2:00: what comes twice is the first of the two.
    ['2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25 03:00', '2026-10-25T02:00:00.000Z'],
  ])('in the zone of the input is read from %j', (text, expected) => {
    expect(shown(berlin.read(text))).toBe(expected)
  })

  it('has its day first with dayFirst', () => {
    const first = new Instants('UTC', true)

    expect(shown(first.read('24/11/2026 10:00'))).toBe('2026-11-24T10:00:00.000Z')
    expect(shown(first.read('5/1/26'))).toBe('2026-01-05T00:00:00.000Z')
    expect(shown(first.read('1/24/2026'))).toBe('none')
    expect(shown(first.read('2026-01-05'))).toBe('2026-01-05T00:00:00.000Z')
  })

  it('records the assumptions about it', () => {
    const instants = new Instants('UTC')
    const { assumed } = instants
    for (const text of ['2026-01-05T10:00Z', '1/24/2026 10:00 UTC', '1/1/2026Z']) instants.read(text)
    expect(assumed).toMatchObject({ local: false, order: false, zone: undefined })
    instants.read('1/5/2026 10:00 EST')
    expect(assumed).toMatchObject({ local: false, order: true })
    for (const text of ['1700000000', '1700000000000', '1700000000000000', '2026-01-05']) instants.read(text)
    expect(assumed).toMatchObject({ local: true, units: new Set(['s', 'ms', 'µs']) })
    for (const text of ['2026-01-05 10:00 IST', '2026-01-05 10:00 XYZ']) instants.read(text)
    expect(assumed.zone).toBe('IST')
  })

  it('is read from more dates than are cached', () => {
    const instants = new Instants('UTC')
    const start = Date.UTC(1950, 0, 1)
    for (let day = 0; day < 20_002; day++) {
      const at = start + day * 86_400_000
      expect(instants.read(new Date(at).toISOString().slice(0, 10))).toBe(at)
    }
  })

  it('is read back from its ISO form, with any offset', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        fc.integer({ min: -720, max: 840 }),
        (date, offset) => {
          const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1)
          const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
          const two = (number: number): string => `${number}`.padStart(2, '0')
          expect(berlin.read(`${local}${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`)).toBe(date.getTime())
          expect(utc.read(local)).toBe(date.getTime() + offset * 60_000)
        },
      ),
    )
  })
})
