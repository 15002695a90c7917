import { random } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ask, candidate, candidates, sequence } from './candidates.ts'
import { picksOf, poolOf } from './pools.ts'
import { pickerVectors } from './vectors.ts'

const { weightedRandom } = pickerVectors

/** Below the bound for so many degrees of freedom at p = 0.001. */
const bound: Readonly<Record<number, number>> = { 2: 13.816, 9: 27.877 }

describe('random in a pool', () => {
  it('draws in proportion to weight (chi-square below the 0.1 % bound)', async () => {
    const weights: Readonly<Record<string, number>> = { a: 5, b: 3, c: 2 }
    const picked = await picksOf(poolOf(weights, random(), seededRandom(7)), 20_000)
    let chi2 = 0
    for (const [name, weight] of Object.entries(weights)) {
      const expected = (20_000 * weight) / 10
      chi2 += (picked.split(name).length - 1 - expected) ** 2 / expected
    }

    expect(chi2).toBeLessThan(13.816)
  })

  it('draws evenly where all weights are 0, and never a single 0', async () => {
    expect(new Set(await picksOf(poolOf({ a: 0, b: 0 }, random, seededRandom(1)), 50)).size).toBe(2)
    expect(await picksOf(poolOf({ a: 0, b: 1 }, random, seededRandom(1)), 50)).not.toContain('a')
  })

  it('stays inside the list if the random source returns 1', async () => {
    expect(
      await picksOf(
        poolOf({ a: 1, b: 1 }, random, () => 1),
        1,
      ),
    ).toBe('b')
  })
})

describe('random', () => {
  it('takes the member whose share of [0, 1) contains the number', () => {
    for (const [number, name] of weightedRandom.draws as [number, string][]) {
      expect(ask(random(), { random: () => number }).pick(candidates(weightedRandom.w)), String(number)).toBe(name)
    }
  })

  it.each([
    ['equal weights', [1, 1, 1]],
    ['5, 1, 1', [5, 1, 1]],
    ['fractions', [0.5, 0.3, 0.2]],
  ])('draws in proportion to weight (chi-square, p > 0.001): %s', (_name, weights) => {
    const count = 70_000
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const found = ask(random(), { random: seededRandom(11) }).shares(candidates(weights), count)
    const chi2 = candidates(weights).reduce((sum, { name, weight }) => {
      const expected = (count * weight) / total
      return sum + ((found[name] ?? 0) * count - expected) ** 2 / expected
    }, 0)

    expect(chi2).toBeLessThan(bound[2] as number)
  })

  it('draws by the sums of weights, for random lists and numbers', () => {
    const source = seededRandom(5)
    for (let round = 0; round < 300; round++) {
      const weights = Array.from({ length: 1 + Math.floor(source() * 40) }, () => 0.001 + source() ** 6 * 100)
      const list = weights.map((weight, i) => candidate(String(i), { weight, ordinal: i }))
      const number = source()
      let left = number * weights.reduce((sum, weight) => sum + weight, 0)
      const expected = weights.findIndex((weight) => {
        left -= weight
        return left < 0
      })

      expect(ask(random(), { random: () => number }).pick(list)).toBe(String(expected))
    }
  })

  it('takes a member in its slow start in proportion to its warmth', () => {
    const list = candidates([1, 1])
    ;(list[0] as (typeof list)[number]).warmth = 0.1
    const { a = 0 } = ask(random(), { random: seededRandom(2) }).shares(list, 20_000)

    expect(a).toBeCloseTo(0.1 / 1.1, 2)
  })

  it('ends if all are cold', () => {
    const list = candidates([1, 1])
    for (const each of list) each.warmth = 0.0001
    expect(ask(random(), { random: sequence(0, 0.9) }).pick(list)).toBe('a')
  })
})
