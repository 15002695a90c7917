import fc from 'fast-check'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { type OutageSpan, outageOverlap } from '../../../src/reliability/structures/outage-overlap.ts'
import { near } from '../../support/near.ts'

const window = { from: 0, to: 1000 }
const at = (start: number, end: number | null): OutageSpan => ({ start, end })

describe('the overlap of two lists of outages', () => {
  it('is the share of outages that overlap beyond chance', () => {
    const one = [at(10, 12), at(500, 504)]
    const other = [at(11, 13), at(800, 801)]
    const found = outageOverlap(one, other, window)
    // Each pair meets by chance with the sum of its lengths over the window.
    const chance = 4 - (0.996 * 0.997 + 0.994 * 0.995 + 0.996 * 0.994 + 0.997 * 0.995)

    expect(found.outages).toEqual([2, 2])
    expect(found.met).toEqual([1, 1])
    near(found.expected, chance, 'expected', 1e-12)
    near(found.beta, (0.5 - chance / 4) / (1 - chance / 4), 'beta', 1e-12)
    expect([found.together, found.togetherExpected]).toEqual([1, (6 * 3) / 1000])
    near(found.index, 1000 / 18)
    // Two events of which one was common tell next to nothing.
    expect(found.lower).toBeLessThan(0.02)
    expect(found.upper).toBeGreaterThan(0.98)
  })

  it('is 1 if every outage is common, and 0 if none is', () => {
    const days = Array.from({ length: 20 }, (_, day) => at(day * 50, day * 50 + 1))
    const all = outageOverlap(days, days, window)
    const none = outageOverlap(
      days,
      days.map(({ start }) => at(start + 20, start + 21)),
      window,
    )

    expect([all.beta, all.upper]).toEqual([1, 1])
    expect(all.lower).toBeGreaterThan(0.8)
    expect([none.beta, none.lower]).toEqual([0, 0])
    expect(none.upper).toBeLessThan(0.17)
  })

  it('estimates the β that the outages were generated with', () => {
    const random = seededRandom(3)
    const beta = 0.3
    const length = 1_000_000
    const some = (count: number): OutageSpan[] =>
      Array.from({ length: count }, () => {
        const start = random() * length
        return at(start, start + 5 + 20 * random())
      })
    const common = some(300 * beta)
    const own = 300 * (1 - beta)
    const found = outageOverlap([...common, ...some(own)], [...common, ...some(own)], { from: 0, to: length })

    expect(found.beta).toBeGreaterThan(beta - 0.06)
    expect(found.beta).toBeLessThan(beta + 0.06)
    expect(found.lower).toBeLessThan(beta)
    expect(found.upper).toBeGreaterThan(beta)
  })

  it('is about 0 for independent outages', () => {
    const random = seededRandom(4)
    const some = Array.from({ length: 2 }, () =>
      Array.from({ length: 200 }, () => {
        const start = random() * 100_000
        return at(start, start + 40)
      }),
    ) as [OutageSpan[], OutageSpan[]]
    const found = outageOverlap(...some, { from: 0, to: 100_000 })

    expect((found.met[0] + found.met[1]) / found.expected).toBeCloseTo(1, 0)
    expect(found.lower).toBe(0)
    expect(found.index).toBeLessThan(2)
  })

  it('lies within its bounds, which lie between 0 and 1', () => {
    const span = fc.tuple(fc.integer({ min: -100, max: 1100 }), fc.integer({ min: 0, max: 60 }))
    const spans = fc.array(
      span.map(([start, length]) => at(start, start + length)),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(spans, spans, (one, other) => {
        const { beta, lower, upper, outages, met, together } = outageOverlap(one, other, window)
        const swapped = outageOverlap(other, one, window)

        expect(swapped.beta).toBe(beta)
        expect(swapped.together).toBe(together)
        expect(met[0]).toBeLessThanOrEqual(outages[0])
        if (beta === null || lower === null || upper === null) return
        expect(lower).toBeGreaterThanOrEqual(0)
        expect(beta).toBeGreaterThanOrEqual(lower)
        expect(upper).toBeGreaterThanOrEqual(beta)
        expect(upper).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('cuts outages to the window, joins those that touch, and ends an open one with the window', () => {
    const found = outageOverlap(
      [at(-50, 5), at(990, null), at(3, 10), at(1000, 2000)],
      [at(-10, 0), at(5, 5), at(995, null)],
      window,
    )

    expect(found.outages).toEqual([2, 1])
    expect(found.met).toEqual([1, 1])
    expect(found.together).toBe(5)
  })

  it('is null without outages, or if a replica was always down', () => {
    const none = outageOverlap([], [], window)
    expect([none.beta, none.lower, none.upper, none.index, none.expected]).toEqual([null, null, null, null, 0])
    const always = outageOverlap([at(0, null)], [at(0, null)], window)
    expect([always.beta, always.lower, always.upper, always.index]).toEqual([null, null, null, 1])
  })

  it.each([
    [[1, [], window], 'outageOverlap: one must be a list of { start, end }, numbers, or null for an end that is open'],
    [[[{}], [], window], 'outageOverlap: one must be a list'],
    [[[], [at(2, 1)], window], 'outageOverlap: other must be a list'],
    [[[], [5], window], 'outageOverlap: other must be a list'],
    [[[], [], { from: 1, to: 1 }], 'outageOverlap: window must be { from, to } in order, two numbers, got an object'],
    [[[], [], 5], 'outageOverlap: window must be'],
  ])('refuses %j', (given, message) => {
    expect(() => outageOverlap(...(given as unknown as [OutageSpan[], OutageSpan[], typeof window]))).toThrow(message)
  })
})
