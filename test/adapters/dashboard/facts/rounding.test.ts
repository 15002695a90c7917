import { describe, expect, it } from 'vitest'
import {
  keepInstant,
  roundCoarsely,
  roundFinely,
  roundShare,
} from '../../../../src/adapters/dashboard/facts/rounding.ts'

describe('rounding', () => {
  it('removes the seventh digit of a share, but never makes it all or nothing', () => {
    expect([0.12345649, 0.1234565, 1, 0, 0.99999999, 1e-9, null].map(roundShare)).toEqual([
      0.123456,
      0.123457,
      1,
      0,
      0.999999,
      0.000001,
      null,
    ])
  })

  it('may be fine or coarse', () => {
    expect([1.00004, -2.34567].map(roundFinely)).toEqual([1, -2.3457])
    expect([1234, 0.00123456, 0, null, undefined].map(roundCoarsely)).toEqual([1230, 0.00123, 0, null, null])
  })

  it('keeps an instant that varies with a clock', () => {
    expect(keepInstant(null, 10.4)).toBe(10)
    expect(keepInstant(undefined, 10)).toBe(10)
    expect(keepInstant(1000, 1099)).toBe(1000)
    expect(keepInstant(1000, 901)).toBe(1000)
    expect(keepInstant(1000, 1100.2)).toBe(1100)
  })
})
