import { describe, expect, it } from 'vitest'
import { parseDuration, parseUntil, parseWindow, parseZone } from '../../src/command/arguments.ts'
import { UsageError } from '../../src/command/errors.ts'

const at = Date.parse

describe('the window option', () => {
  it.each([
    ['all', 'all'],
    ['each', 'each'],
    ['2026', { from: at('2025-12-31T23:00Z'), to: at('2026-12-31T23:00Z') }],
    ['2026-07', { from: at('2026-06-30T22:00Z'), to: at('2026-07-31T22:00Z') }],
    ['2026-03-29', { from: at('2026-03-28T23:00Z'), to: at('2026-03-29T22:00Z') }],
    ['30d', 30 * 86_400_000],
    ['rolling:90s', 90_000],
    ['month', { calendar: 'month', ago: 0 }],
    ['month-1', { calendar: 'month', ago: 1 }],
    ['calendar:week-12', { calendar: 'week', ago: 12 }],
    ['2026-01..2026-02', { from: at('2025-12-31T23:00Z'), to: at('2026-01-31T23:00Z') }],
    ['2026-01-01T00:00Z..2026-07-01 12:00', { from: at('2026-01-01T00:00Z'), to: at('2026-07-01T10:00Z') }],
  ])('is %s', (text, expected) => {
    expect(parseWindow(text, 'Europe/Berlin')).toEqual(expected)
  })

  it.each([
    '',
    '0d',
    '-1d',
    '400000d',
    '30',
    'fortnight',
    'month-x',
    '2026-02-30',
    '2026-13',
    '2026-02..2026-01',
    '2026-01..2026-01',
    '2026-01..',
    '..2026-01',
    '2026-01..2026-02..2026-03',
  ])('is refused: %j', (text) => {
    expect(() => parseWindow(text, 'UTC')).toThrow(
      new UsageError(
        `--window must be all, each, 30d, month, month-1, 2026-01 or <date>..<date>, got ${JSON.stringify(text)}`,
      ),
    )
  })
})

describe('other options', () => {
  it('accept a zone that the platform knows', () => {
    expect(parseZone('--zone', 'America/Denver')).toBe('America/Denver')
    expect(() => parseZone('--zone', 'Denver')).toThrow(
      new UsageError('--zone must be an IANA time zone, got "Denver"'),
    )
  })

  it('accept an end of the known time', () => {
    expect(parseUntil('now', 'UTC', 5, 3)).toBe(5)
    expect(parseUntil('end', 'UTC', 5, 3)).toBe(3)
    expect(parseUntil('2026-01', 'Europe/Berlin', 5, 3)).toBe(at('2025-12-31T23:00Z'))
    expect(() => parseUntil('later', 'UTC', 5, 3)).toThrow(
      new UsageError('--until must be now, end or a date, got "later"'),
    )
  })

  it('accept durations', () => {
    expect(parseDuration('--merge-gap', undefined)).toBeUndefined()
    expect(parseDuration('--merge-gap', '0s')).toBe('0s')
    expect(() => parseDuration('--merge-gap', '5 min')).toThrow(
      new UsageError('--merge-gap must be a duration such as 90s, 5m or 2h, got "5 min"'),
    )
  })
})
