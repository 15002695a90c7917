import { twoChoices } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ask, candidates, keyless, loaded, type Made, steady, ten } from './candidates.ts'
import { pickerVectors } from './vectors.ts'

describe('twoChoices', () => {
  const { draws, distinct } = pickerVectors.p2c

  for (const { a, b, pick } of draws.cases.filter((each) => typeof each.pick === 'number')) {
    it(`takes the less loaded of members ${a} and ${b}`, () => {
      // The hole trick: b, where it lies behind a, is drawn as one less; by what the draw of a leaves of the number.
      const number = (a + ((b > a ? b - 1 : b) + 0.5) / 3) / 4
      expect(ask(twoChoices(), { random: () => number }).pick(loaded(draws.loads))).toBe('abcd'[pick as number])
    })
  }

  it('breaks ties without a favourite', () => {
    const { b = 0, d = 0 } = ask(twoChoices(), { random: seededRandom(1) }).shares(loaded([3, 1, 2, 1]), 20_000)

    expect(Math.abs(b - d)).toBeLessThan(0.015)
  })

  it('takes the member of each rank as often as two distinct draws do', () => {
    const found = ask(twoChoices(), { random: seededRandom(2) }).shares(loaded([0, 1, 2, 3]), 60_000)

    for (const [i, share] of distinct.N4.entries()) expect(found['abcd'[i] as string] ?? 0).toBeCloseTo(share, 1.7)
  })

  it('follows weights while nothing is under way', () => {
    const found = ask(twoChoices(), { random: seededRandom(3) }).shares(candidates([5, 1, 1]), 30_000)

    expect(found['a']).toBeCloseTo(5 / 7, 2)
    expect(found['b']).toBeCloseTo(1 / 7, 2)
  })

  it('considers the second choice even if one member has nearly all the weight', () => {
    const { b = 0 } = ask(twoChoices(), { random: seededRandom(3) }).shares(loaded([50_000, 0], [1000, 1]), 3000)

    expect(b).toBeGreaterThan(0.99)
  })

  it('gives a member in its slow start only its share, in either draw', () => {
    const list = loaded([5, 0, 5, 5])
    ;(list[1] as Made).warmth = 0.1
    const { b = 0 } = ask(twoChoices(), { random: seededRandom(4) }).shares(list, 30_000)

    expect(b).toBeLessThan(0.07)
    expect(b).toBeGreaterThan(0.02)
  })

  it('stays inside the list if the random source returns 1', () => {
    // The last of all, and the last of the others.
    expect(ask(twoChoices(), { random: () => 1 }).pick(loaded([0, 1, 5]))).toBe('b')
    expect(ask(twoChoices(), { random: () => 1 }).pick(loaded([0, 5, 1]))).toBe('c')
    expect(ask(twoChoices(), { random: () => 1 }).pick(loaded([0, 1, 5], [3, 1, 2]))).toBe('b')
  })

  it('never prefers a member because it fails at once, under any load', () => {
    for (const pending of [0, 1, 10, 200]) {
      const list = loaded([pending, pending, pending, 0])
      ;(list[3] as Made).trust = 0.02
      const { pick, shares } = ask(twoChoices(), { random: seededRandom(5) })
      for (let i = 0; i < 100; i++) pick(list)

      expect(shares(list, 10_000)['d'] ?? 0).toBe(0)
    }
  })

  it('sends less than 4 % to one of ten that is five times slower', () => {
    expect(steady(twoChoices(), ten(), { a: 5 })['a']).toBeLessThan(0.04)
  })

  it('draws among the others for a further try', () => {
    const list = candidates([1, 1, 1])
    const { picker } = ask(twoChoices(), { random: seededRandom(6) })
    for (let i = 0; i < 100; i++) {
      const [a, , c] = list as [Made, Made, Made]
      expect(picker.next?.(list, keyless, 0, [a, c])?.name ?? 'b').toBe('b')
    }
    expect(picker.next?.(list, keyless, 0, list)).toBeUndefined()
  })
})
