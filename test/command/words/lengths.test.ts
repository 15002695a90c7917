import { describe, expect, it } from 'vitest'
import { lengthOf, unitIn } from '../../../src/command/words/lengths.ts'

const minute = 60_000

describe('a length', () => {
  it.each([
    ['90s', 90_000],
    ['250 ms', 250],
    ['1.5 h', 90 * minute],
    ['1 h 30 min', 90 * minute],
    ['37 hrs, 2 mins', 2222 * minute],
    ['1 day, 2 hours and 3 minutes', 1563 * minute],
    ['01:30:00', 90 * minute],
    ['2:00:00:05', 2880 * minute + 5000],
    ['0:00:05.7', 5000],
    ['PT1H30M', 90 * minute],
    ['P1DT0.5S', 1440 * minute + 500],
  ])('is read from %j', (text, length) => {
    expect(lengthOf(text, undefined)).toBe(length)
    expect(lengthOf(text, 7)).toBe(length)
  })

  it('is a number if its unit is known', () => {
    expect(lengthOf('90', 1000)).toBe(90_000)
    expect(lengthOf('0.5', minute)).toBe(30_000)
    expect(lengthOf('90', undefined)).toBeNaN()
  })

  it.each(['', 'p', 'pt', 'long', '5 parsecs', '1 h x', '1:30', '-5 min'])('is not read from %j', (text) => {
    expect(lengthOf(text, 1000)).toBeNaN()
  })
})

describe('the unit in the name of a column', () => {
  it.each([
    ['duration (in mins.)', minute],
    ['duration seconds', 1000],
    ['down time ms', 1],
    ['hours', 3_600_000],
    ['days', 86_400_000],
    ['duration', undefined],
    ['length m', undefined],
    ["incident's length", undefined],
  ])('of %j is %j', (name, unit) => {
    expect(unitIn(name)).toBe(unit)
  })
})
