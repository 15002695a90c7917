/**
 * The special functions against values computed with many more digits, and against themselves.
 *
 * The table holds, for the gamma functions, [a, x, P, Q]; for the beta function [a, b, x, I, 1 - I]; for quantiles the
 * probability, the parameters and the quantile.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { incompleteBeta, inverseBeta } from '../../../src/reliability/distributions/beta.ts'
import { incompleteGamma, inverseGamma } from '../../../src/reliability/distributions/gamma.ts'
import { zeroOf } from '../../../src/reliability/distributions/newton.ts'
import {
  chiSquareQuantile,
  fQuantile,
  normalQuantile,
  normalTails,
} from '../../../src/reliability/distributions/quantiles.ts'
import { deviance, logGamma } from '../../../src/reliability/distributions/stirling.ts'
import { complement } from '../../../src/stats/complement.ts'
import table from '../../data/special-functions.json' with { type: 'json' }

/** The greatest relative error; where the expected value is 0, the absolute one. */
function worst(pairs: Iterable<readonly [actual: number, expected: number]>): number {
  let most = 0
  for (const [actual, expected] of pairs) {
    const off = Math.abs(actual - expected) / (Math.abs(expected) || 1)
    if (!(off <= most)) most = off
  }
  return most
}

const shape = fc.double({ min: 0.1, max: 1000, noNaN: true })
const probability = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true })

describe('ln Γ', () => {
  it('is exact to twelve digits', () => {
    expect(worst(table.logGamma.map(([x, expected]) => [logGamma(x as number), expected as number]))).toBeLessThan(
      1e-12,
    )
  })

  it('grows by ln x with each step', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (x) => {
        expect(Math.abs(logGamma(x + 1) - logGamma(x) - Math.log(x))).toBeLessThan(
          1e-14 * Math.max(100, x * Math.log(x)),
        )
      }),
    )
  })
})

describe('the deviance', () => {
  it('does not cancel near the mean', () => {
    expect(deviance(1, 1)).toBe(0)
    // ε² / 2 - ε³ / 6 …, of which the plain formula has no digit left.
    expect(worst([[deviance(1 + 2 ** -30, 1), 2 ** -61 - 2 ** -90 / 6]])).toBeLessThan(1e-14)
  })

  it('is the plain formula elsewhere', () => {
    expect(deviance(3, 1)).toBeCloseTo(3 * Math.log(3) - 2, 14)
  })
})

describe('the incomplete gamma functions', () => {
  it('are exact to twelve digits, each tail by itself', () => {
    const pairs = (table.gamma as [number, number, number, number][]).flatMap(([a, x, lower, upper]) => {
      const [below, above] = incompleteGamma(a, x)
      return [
        [below, lower],
        [above, upper],
      ] as [number, number][]
    })

    expect(pairs.length).toBeGreaterThan(80)
    expect(worst(pairs)).toBeLessThan(1e-12)
  })

  it('are 0 and 1 at the lower end', () => {
    expect([incompleteGamma(2, 0), incompleteGamma(2, -1)]).toEqual([
      [0, 1],
      [0, 1],
    ])
  })

  it('are inverted', () => {
    fc.assert(
      fc.property(shape, probability, (a, p) => {
        const [lower, upper] = incompleteGamma(a, inverseGamma(a, p))
        // A step of x in the last digit moves the tail by √a of them.
        expect(Math.abs(p < 0.5 ? lower / p - 1 : upper / (1 - p) - 1)).toBeLessThan(1e-11)
      }),
    )
  })

  it('are inverted over the whole range of doubles', () => {
    for (const [a, lower, upper] of [
      [5, 1e-300, 1],
      [0.5, 1, 1e-300],
      [200, 1e-300, 1],
      [200, 1, 1e-300],
    ] as const) {
      const tails = incompleteGamma(a, inverseGamma(a, lower, upper))
      expect(worst([[Math.min(...tails), 1e-300]])).toBeLessThan(1e-11)
    }
    expect([inverseGamma(3, 0), inverseGamma(3, 1)]).toEqual([0, Number.POSITIVE_INFINITY])
  })

  it('give up on NaN instead of looping forever', () => {
    expect(incompleteGamma(Number.NaN, 1)).toEqual([Number.NaN, Number.NaN])
    expect(inverseGamma(Number.NaN, 0.3)).toEqual(expect.any(Number))
  })
})

describe('the incomplete beta function', () => {
  it('is exact to twelve digits, each tail by itself', () => {
    const pairs = (table.beta as [number, number, number, number, number][]).flatMap(([a, b, x, lower, upper]) => {
      const [below, above] = incompleteBeta(a, b, x)
      return [
        [below, lower],
        [above, upper],
      ] as [number, number][]
    })

    expect(pairs.length).toBeGreaterThan(90)
    expect(worst(pairs)).toBeLessThan(1e-12)
  })

  it('is one half in the middle of two nearly equal parameters', () => {
    expect(incompleteBeta(999.9999999999991, 999.9999999999981, 0.5)[0]).toBeCloseTo(0.5, 12)
  })

  it('is 0 at 0 and 1 at 1', () => {
    expect([incompleteBeta(2, 3, 0), incompleteBeta(2, 3, 1)]).toEqual([
      [0, 1],
      [1, 0],
    ])
    expect([inverseBeta(2, 3, 0), inverseBeta(2, 3, 1)]).toEqual([
      [0, 1],
      [1, 0],
    ])
  })

  it('is inverted, near 0 and near 1', () => {
    for (const [p, a, b, x, y] of table.betaQuantile as [number, number, number, number, number][]) {
      const found = inverseBeta(a, b, p)
      expect(worst([[found[0], x]])).toBeLessThan(1e-12)
      expect(worst([[found[1], y]])).toBeLessThan(1e-12)
    }
    fc.assert(
      fc.property(shape, shape, probability, (a, b, p) => {
        const [x, y] = inverseBeta(a, b, p)
        const [lower, upper] = incompleteBeta(a, b, x, y)
        expect(Math.abs(p < 0.5 ? lower / p - 1 : upper / (1 - p) - 1)).toBeLessThan(1e-11)
      }),
    )
  })
})

describe('the quantiles', () => {
  it('are exact to twelve digits', () => {
    const chi = table.chiSquare as [number, number, number][]
    const f = table.f as [number, number, number, number][]
    const normal = table.normal as [number, number][]

    expect(worst(chi.map(([p, degrees, x]) => [chiSquareQuantile(p, degrees), x]))).toBeLessThan(1e-12)
    expect(worst(f.map(([p, d1, d2, x]) => [fQuantile(p, d1, d2), x]))).toBeLessThan(1e-12)
    expect(worst(normal.map(([p, x]) => [normalQuantile(p), x]))).toBeLessThan(1e-12)
  })

  it('of the normal distribution are inverted', () => {
    fc.assert(
      fc.property(probability, (p) => {
        const z = normalQuantile(p)
        expect(z > 0).toBe(p > 0.5)
        expect(worst([[normalTails(z) / 2, Math.min(p, 1 - p)]])).toBeLessThan(1e-11)
      }),
    )
  })
})

describe('the zero of a function', () => {
  it('is found without a slope, on either side of the guess', () => {
    const step = (zero: number) => (u: number) => [u < zero ? -1 : 1, Number.NaN] as const

    for (const zero of [-100.25, 0, 0.1, 31.7]) expect(Math.abs(zeroOf(step(zero), 0) - zero)).toBeLessThan(1e-8)
  })

  it('is not searched for forever', () => {
    expect(zeroOf(() => [-1, Number.NaN], 0)).toBe(1200)
  })
})

describe('the complement', () => {
  it('is exact for the decimal digits', () => {
    const pairs = [0.5, 0.9, 0.99, 0.999, 0.9999999, 0.999999999999].map(
      (x, index) => [complement(x), [0.5, 0.1, 0.01, 0.001, 1e-7, 1e-12][index]] as const,
    )
    for (const [actual, expected] of pairs) expect(actual).toBe(expected)
    expect([complement(0), complement(0.25), complement(1)]).toEqual([1, 0.75, 0])
  })

  it('is never further off than the number itself, and 0 only for 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (x) => {
        expect(Math.abs(complement(x) - (1 - x))).toBeLessThanOrEqual(2 ** -54)
        expect(complement(x) === 0).toBe(x === 1)
      }),
    )
  })
})
