import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimeWindow } from '../../src/stats/time-window.ts'

const fill = (window: TimeWindow, count: number, now: number, bad = true): void => {
  for (let i = 0; i < count; i++) window.record(bad, now, now)
}

describe('the window over a time', () => {
  it('keeps its count when the clock steps back', () => {
    const window = new TimeWindow(10_000)
    fill(window, 100, 50_000)
    for (let i = 1; i <= 10; i++) {
      window.record(false, 45_000 + i, 0)
      expect([window.total, window.bad]).toEqual([100 + i, 100])
    }
  })

  it('drops exactly the buckets that have passed', () => {
    const window = new TimeWindow(1000)
    for (let k = 0; k < 10; k++) window.record(k % 2 === 0, k * 100, k * 100)
    expect([window.total, window.bad]).toEqual([10, 5])
    window.record(false, 1000, 0)
    expect([window.total, window.bad]).toEqual([10, 4])
    window.record(false, 1399, 0)
    expect([window.total, window.bad]).toEqual([8, 3])
    window.record(false, 2399, 0)
    expect([window.total, window.bad]).toEqual([1, 0])
  })

  it('survives an idle gap of more than 2^32 buckets', () => {
    const window = new TimeWindow(10)
    fill(window, 3, 5)
    const late = 5 + 2 ** 33
    fill(window, 2, late)
    expect(window.total).toBe(2)
    fill(window, 1, late + 9)
    expect(window.total).toBe(3)
    fill(window, 1, late + 10)
    expect(window.total).toBe(2)
  })

  it('works with any length above 0', () => {
    for (const length of [Number.MIN_VALUE, 1e-9, 0.3, 1, 150, 7 * 86_400_000]) {
      const window = new TimeWindow(length)
      fill(window, 4, 1000)
      expect([window.total, window.bad]).toEqual([4, 4])
      fill(window, 1, 1000 + Math.max(1, length), false)
      expect([window.total, window.bad]).toEqual([1, 0])
    }
  })

  it('says when the oldest bad result in it was', () => {
    const window = new TimeWindow(1000)
    expect(window.firstBad(7)).toBe(7)
    window.record(false, 0, 0)
    expect(window.firstBad(7)).toBe(7)
    window.record(true, 50, 40)
    window.record(true, 60, 60)
    window.record(true, 250, 250)
    expect(window.firstBad(7)).toBe(40)
    window.record(false, 1000, 0)
    expect(window.firstBad(7)).toBe(250)
    window.clear()
    expect([window.total, window.bad, window.firstBad(7)]).toEqual([0, 0, 7])
  })

  it('counts all of the latest nine tenths and nothing older than the whole', () => {
    const results = fc.array(fc.record({ after: fc.integer({ min: 0, max: 400 }), bad: fc.boolean() }), {
      maxLength: 80,
    })
    fc.assert(
      fc.property(fc.constantFrom(10, 100, 1000), results, (length, list) => {
        const window = new TimeWindow(length)
        const past: { readonly at: number; readonly bad: boolean }[] = []
        let now = 0
        for (const { after, bad } of list) {
          now += after
          window.record(bad, now, now)
          past.push({ at: now, bad })
          const within = (span: number, only: boolean) =>
            past.filter((result) => result.at > now - span && (!only || result.bad)).length
          for (const [counted, only] of [
            [window.total, false],
            [window.bad, true],
          ] as const) {
            expect(counted).toBeGreaterThanOrEqual(within(length * 0.9, only))
            expect(counted).toBeLessThanOrEqual(within(length, only))
          }
        }
      }),
      { numRuns: 400 },
    )
  })
})
