import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Instants } from '../../src/command/instants.ts'

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
  ])('of the zone of the input is read from %j', (text, expected) => {
    expect(shown(berlin.read(text))).toBe(expected)
  })

  it('comes back from its ISO form, with any offset', () => {
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
