import fc from 'fast-check'
import { type Backoff, constant, delays, exponential, linear } from 'holdfast/retry'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const waits = (backoff: Backoff, count: number, random: () => number = () => 1): number[] => {
  const list: number[] = []
  for (let attempt = 1; attempt <= count; attempt++) {
    list.push(backoff.delay({ attempt, previous: list.at(-1), random }))
  }
  return list
}

describe('backoff', () => {
  it('grows by the published numbers of AWS at a draw of 1', () => {
    const seconds = waits(exponential({ base: '50ms', max: '20s' }), 11).map((ms) => ms / 1000)
    expect(seconds).toEqual([0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20, 20])
  })

  it('grows by the published numbers of Finagle', () => {
    expect(waits(exponential({ base: 2, max: 15, jitter: 'none' }), 5)).toEqual([2, 4, 8, 15, 15])
    expect(waits(linear({ base: 9, step: 30, max: 99 }), 5)).toEqual([9, 39, 69, 99, 99])
  })

  it('has the defaults of the contract', () => {
    expect(exponential().options).toEqual({ base: 100, factor: 2, max: 30_000, jitter: 'full' })
    expect(linear().options).toEqual({ base: 100, step: 100, max: 30_000, jitter: 'none' })
    expect(waits(linear({ base: 7 }), 3)).toEqual([7, 14, 21])
    expect(waits(constant('2s'), 2)).toEqual([2000, 2000])
  })

  it('goes through a list, whose last wait repeats', () => {
    expect(waits(delays([1, '1s', 5]), 5)).toEqual([1, 1000, 5, 5, 5])
  })

  it('draws full jitter from 0, and equal jitter from half', () => {
    const at = (jitter: 'full' | 'equal', draw: number) => waits(exponential({ base: 100, jitter }), 1, () => draw)[0]
    expect([at('full', 0), at('full', 0.5), at('equal', 0), at('equal', 0.5)]).toEqual([0, 50, 50, 75])
    expect(waits(linear({ base: 100, jitter: 'equal' }), 2, () => 0)).toEqual([50, 100])
  })

  it('draws a ratio of the wait to both sides, never above the most', () => {
    const at = (draw: number, options = {}) =>
      waits(exponential({ base: 100, jitter: 0.1, ...options }), 2, () => draw).map(Math.round)
    expect([at(0), at(0.5), at(1 - 1e-9)]).toEqual([
      [90, 180],
      [100, 200],
      [110, 220],
    ])
    expect(at(1, { max: 200 })).toEqual([110, 200])
    expect(waits(linear({ base: 100, jitter: 1 }), 3, () => 0)).toEqual([0, 0, 0])
    expect(waits(linear({ base: 100, jitter: 0 }), 2, () => 0.9)).toEqual([100, 200])
    expect(linear({ jitter: 0.25 }).options).toMatchObject({ jitter: 0.25 })
    for (const make of [linear, exponential]) {
      for (const jitter of [1.1, -0.1, Number.NaN, 'some']) {
        expect(() => make({ jitter: jitter as never })).toThrow(/ or a number from 0 to 1, got /)
      }
    }
  })

  it('draws decorrelated jitter between the base and three times the wait before', () => {
    const backoff = exponential({ base: 100, max: 1000, jitter: 'decorrelated' })
    expect(waits(backoff, 4, () => 1)).toEqual([300, 900, 1000, 1000])
    expect(waits(backoff, 3, () => 0)).toEqual([100, 100, 100])
  })

  it('is finite, not negative and within its limits for 2,000 attempts', () => {
    const ms = fc.constantFrom(0, 1, 100, 1e300)
    const jitter = fc.constantFrom('none' as const, 'full' as const, 'equal' as const, 'decorrelated' as const, 0.5, 1)
    const max = fc.constantFrom(0, 50, 30_000, Number.POSITIVE_INFINITY)
    fc.assert(
      fc.property(
        ms,
        ms,
        fc.constantFrom(1, 2, 1e10),
        max,
        jitter,
        fc.nat(),
        (base, step, factor, most, kind, seed) => {
          const random = seed % 3 === 0 ? () => 0 : seededRandom(seed)
          const backoffs = [exponential({ base, factor, max: most, jitter: kind })]
          if (kind !== 'decorrelated') backoffs.push(linear({ base, step, max: most, jitter: kind }))
          for (const backoff of backoffs) {
            for (const wait of waits(backoff, 2000, random)) {
              if (!(Number.isFinite(wait) && wait >= 0 && wait <= most))
                expect(wait).toBe('a finite wait within its limits')
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
