import { earliestDeadline, random, roundRobin, weighted } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { pickerVectors } from '../vectors.ts'
import { ask, candidate, candidates, sequence } from './candidates.ts'

const { swrr, weightedRandom } = pickerVectors

/** Below the bound for so many degrees of freedom at p = 0.001. */
const bound: Readonly<Record<number, number>> = { 2: 13.816, 9: 27.877 }

describe('weighted', () => {
  for (const [i, { w, seq, change }] of swrr.cases.entries()) {
    it(`gives the published sequence ${i + 1}: ${JSON.stringify(w)} ${change ?? ''}`, () => {
      const { picks } = ask(weighted())
      let list = candidates(w).filter(({ weight }) => weight > 0)
      let picked = ''
      for (let at = 0; at < seq.length; at++) {
        if (change?.startsWith('before pick index 6') && at === 6) {
          list = list.slice()
          ;(list[0] as (typeof list)[number]).weight = 4
        }
        if (change?.startsWith('before pick 3') && at === 3) list = [...list, candidate('c', { weight: 3, ordinal: 2 })]
        picked += picks(list, 1)
      }

      expect(picked).toBe(seq)
    })
  }

  it('keeps counts exact in each cycle, for random weights', () => {
    const source = seededRandom(3)
    for (let round = 0; round < 200; round++) {
      const weights = Array.from({ length: 2 + Math.floor(source() * 6) }, () => 1 + Math.floor(source() * 9))
      const list = candidates(weights)
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      const { picks } = ask(weighted())
      for (let cycle = 0; cycle < 2; cycle++) {
        const picked = picks(list, total)
        for (const { name, weight } of list) expect(picked.split(name).length - 1).toBe(weight)
      }
    }
  })

  it('gives a member in its slow start its part of the weight', () => {
    const list = candidates([1, 1])
    ;(list[0] as (typeof list)[number]).warmth = 0.25

    expect(ask(weighted()).shares(list, 1000)).toMatchObject({ a: expect.closeTo(0.2, 2), b: expect.closeTo(0.8, 2) })
  })

  it('refuses a ramp that is none', () => {
    expect(() => weighted({ ramp: 0 })).toThrow('weighted: ramp must be an integer >= 1, got 0')
  })
})

describe('random', () => {
  it('takes the member in whose share of [0, 1) the number falls', () => {
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

  it('draws as the sums of weights say, for random lists and numbers', () => {
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

  it('takes a member in its slow start as often as it is warm', () => {
    const list = candidates([1, 1])
    ;(list[0] as (typeof list)[number]).warmth = 0.1
    const { a = 0 } = ask(random(), { random: seededRandom(2) }).shares(list, 20_000)

    expect(a).toBeCloseTo(0.1 / 1.1, 2)
  })

  it('ends where all are cold', () => {
    const list = candidates([1, 1])
    for (const each of list) each.warmth = 0.0001
    expect(ask(random(), { random: sequence(0, 0.9) }).pick(list)).toBe('a')
  })
})

describe('roundRobin', () => {
  it('passes a member in its slow start over as often as it is cold', () => {
    const list = candidates([1, 1, 1])
    ;(list[1] as (typeof list)[number]).warmth = 0.5
    const { b = 0 } = ask(roundRobin(), { random: seededRandom(4) }).shares(list, 20_000)

    expect(b).toBeCloseTo(0.2, 2)
  })
})

describe('earliestDeadline', () => {
  it('gives the published order for 11 and 3', () => {
    expect(ask(earliestDeadline()).picks(candidates([11, 3]), 14)).toBe('aaabaaaabaaaba')
  })

  it('is plain round robin for equal weights, whatever the phase', () => {
    const picked = ask(earliestDeadline(), { random: seededRandom(6) }).picks(candidates([0.1, 0.1, 0.1]), 3000)
    const cycle = picked.slice(0, 3)

    expect(picked).toBe(cycle.repeat(1000))
  })

  it('begins at a random phase: many clients do not begin with the heaviest', () => {
    const source = seededRandom(8)
    const first = Array.from({ length: 2000 }, () =>
      ask(earliestDeadline(), { random: source }).pick(candidates([5, 1, 1])),
    )
    const a = first.filter((name) => name === 'a').length / 2000

    expect(a).toBeGreaterThan(0.6)
    expect(a).toBeLessThan(0.9)
  })

  it('shares exactly over time, for random weights', () => {
    const source = seededRandom(9)
    for (let round = 0; round < 50; round++) {
      const weights = Array.from({ length: 2 + Math.floor(source() * 6) }, () => 1 + Math.floor(source() * 9))
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      const list = candidates(weights)
      const found = ask(earliestDeadline(), { random: source }).shares(list, total * 20)
      for (const { name, weight } of list) {
        expect(Math.abs((found[name] ?? 0) - weight / total) * total * 20).toBeLessThanOrEqual(2)
      }
    }
  })

  it('owes nothing to a member that was away, nor does the member owe', () => {
    const list = candidates([1, 1])
    const alone = list.slice(0, 1)
    const { picks } = ask(earliestDeadline())
    picks(list, 2)
    picks(alone, 100)
    const back = picks([...list], 20)

    expect(back.split('b').length - 1).toBe(10)
  })

  it('takes the next one that was not tried, and it loses its turn', () => {
    const list = candidates([1, 1, 1])
    const { picker, picks } = ask(earliestDeadline())
    const tried = [picker.pick(list, {} as never, 0)]
    const second = picker.next?.(list, {} as never, 0, tried)

    expect([tried[0]?.name, second?.name]).toEqual(['a', 'b'])
    expect(picks(list, 3)).toBe('cab')
    expect(picker.next?.(list, {} as never, 0, list)).toBeUndefined()
  })
})
