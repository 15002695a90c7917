import { describe, expect, it } from 'vitest'
import { coarse, fine, share, steady } from '../../../../src/adapters/dashboard/facts/rounding.ts'

describe('numbers as they are told', () => {
  it('leave out the seventh digit of a share, and never make it all or nothing', () => {
    expect([0.12345649, 0.1234565, 1, 0, 0.99999999, 1e-9, null].map(share)).toEqual([
      0.123456,
      0.123457,
      1,
      0,
      0.999999,
      0.000001,
      null,
    ])
  })

  it('are fine or coarse', () => {
    expect([1.00004, -2.34567].map(fine)).toEqual([1, -2.3457])
    expect([1234, 0.00123456, 0, null, undefined].map(coarse)).toEqual([1230, 0.00123, 0, null, null])
  })

  it('do not waver with a clock', () => {
    expect(steady(null, 10.4)).toBe(10)
    expect(steady(undefined, 10)).toBe(10)
    expect(steady(1000, 1099)).toBe(1000)
    expect(steady(1000, 901)).toBe(1000)
    expect(steady(1000, 1100.2)).toBe(1100)
  })
})
