import { describe, expect, it } from 'vitest'
import {
  budgetText,
  countText,
  coverageText,
  isoOf,
  latencyText,
  percentText,
  rateText,
  whenText,
} from '../../../../../src/adapters/dashboard/page/text/numbers.ts'

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
