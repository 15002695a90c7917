import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kOfN, parallel, series } from '../../../src/reliability/structures/blocks.ts'
import { cutSetBounds, cutSets, pathSets } from '../../../src/reliability/structures/cut-sets.ts'
import { importance } from '../../../src/reliability/structures/importance.ts'
import { Inventory } from '../../../src/reliability/structures/inventory.ts'
import { Model } from '../../../src/reliability/structures/model.ts'
import { bruteForce, built, states, structures, used, works } from './random-structures.ts'

const numbers = (names: readonly string[]): readonly number[] => names.map((name) => Number(name.slice(1)))
const contains = (whole: ReadonlySet<number>, part: readonly number[]): boolean => part.every((one) => whole.has(one))

describe('a structure with components in several places', () => {
  it('is exact: agrees with an enumeration of all states of its components', () => {
    fc.assert(
      fc.property(structures, (given) => {
        const block = built(given)
        const [up, down] = bruteForce(given)

        expect(block.method).toBe('exact')
        expect(Math.abs(block.availability - up)).toBeLessThanOrEqual(1e-12 * up + 1e-15)
        expect(Math.abs(block.unavailability - down)).toBeLessThanOrEqual(1e-12 * down + 1e-15)
      }),
      { numRuns: 400 },
    )
  })

  it('has exactly the minimal cut sets of that enumeration', () => {
    fc.assert(
      fc.property(structures, (given) => {
        const sets = cutSets(built(given)).map(numbers)
        for (const up of states(given.tree)) {
          const down = new Set(used(given.tree).filter((one) => !up.has(one)))
          // Complete: whatever takes it down holds one; right: whatever holds one takes it down.
          expect(works(given.tree, (one) => up.has(one))).toBe(!sets.some((set) => contains(down, set)))
        }
        for (const set of sets) {
          for (const spared of set) {
            expect(works(given.tree, (one) => one === spared || !set.includes(one))).toBe(true)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('has exactly the minimal path sets', () => {
    fc.assert(
      fc.property(structures, (given) => {
        const sets = pathSets(built(given)).map(numbers)
        for (const up of states(given.tree)) {
          expect(works(given.tree, (one) => up.has(one))).toBe(sets.some((set) => contains(up, set)))
        }
        for (const set of sets) {
          for (const dropped of set) {
            expect(works(given.tree, (one) => one !== dropped && set.includes(one))).toBe(false)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('lists only the small sets on request', () => {
    fc.assert(
      fc.property(structures, fc.integer({ min: 1, max: 4 }), (given, largest) => {
        const block = built(given)

        expect(cutSets(block, { largest })).toEqual(cutSets(block).filter((set) => set.length <= largest))
        expect(pathSets(block, { largest })).toEqual(pathSets(block).filter((set) => set.length <= largest))
      }),
      { numRuns: 200 },
    )
  })

  it('is never worse than its bounds', () => {
    fc.assert(
      fc.property(structures, (given) => {
        const block = built(given)
        const { availability, unavailability, rareEvent } = cutSetBounds(block)

        expect(availability).toBeLessThanOrEqual(block.availability + 1e-14)
        expect(unavailability).toBeGreaterThanOrEqual(block.unavailability - 1e-14)
        expect(rareEvent).toBeGreaterThanOrEqual(unavailability - 1e-14)
      }),
      { numRuns: 200 },
    )
  })

  it('falls back to that bound if the exact computation takes too long, and says so', () => {
    fc.assert(
      fc.property(structures, (given) => {
        const block = built(given)
        const node = block['~node']
        const model = new Model(node, new Inventory('test', node), 0)

        if (model.method === 'exact') expect(model.upDown()?.[0]).toBe(block.availability)
        else expect(model.upDown()?.[0]).toBe(cutSetBounds(block).availability)
      }),
    )
  })

  it('never gets worse if a component gets better', () => {
    fc.assert(
      fc.property(structures, fc.nat(9), fc.double({ min: 0, max: 1, noNaN: true }), (given, index, towards) => {
        const better = given.odds.map((a, at) => (at === index ? a + (1 - a) * towards : a))

        const [before, after] = [built(given).availability, built({ ...given, odds: better }).availability]
        expect(after).toBeGreaterThanOrEqual(before - 1e-14)
      }),
      { numRuns: 300 },
    )
  })

  it('has as the importance of a component the slope of its availability', () => {
    fc.assert(
      fc.property(structures, (given) => {
        const { availability, unavailability } = built(given)
        for (const { component, birnbaum, gain, criticality } of importance(built(given))) {
          const index = Number(component.slice(1))
          const as = (a: number) => built({ ...given, odds: given.odds.map((one, at) => (at === index ? a : one)) })

          expect(birnbaum).toBeCloseTo(as(1).availability - as(0).availability, 12)
          expect(gain).toBeCloseTo(as(1).availability - availability, 12)
          if (unavailability === 0) expect(criticality).toBeNull()
          else expect(criticality).toBe(gain / unavailability)
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('k of n', () => {
  const ratios = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 })

  it('lies between series and parallel, and falls as more parts are needed', () => {
    fc.assert(
      fc.property(ratios, (list) => {
        const all = list.map((_, index) => kOfN(index + 1, list).availability)

        expect(all[0]).toBeCloseTo(parallel(...list).availability, 14)
        expect(all.at(-1)).toBeCloseTo(series(...list).availability, 14)
        for (const [index, a] of all.entries()) expect(a).toBeLessThanOrEqual((all[index - 1] ?? 1) + 1e-14)
      }),
    )
  })

  it('keeps the digits of rare failures: a billion of twelve nines', () => {
    expect(kOfN(1, new Array<number>(6).fill(0.999)).unavailability / 1e-18).toBeCloseTo(1, 12)
    expect(kOfN(6, new Array<number>(6).fill(0.001)).availability / 1e-18).toBeCloseTo(1, 12)
  })

  it('handles a thousand units as well as three', () => {
    // Half of an odd number of fair coins.
    expect(kOfN(500, new Array<number>(999).fill(0.5)).availability).toBeCloseTo(0.5, 12)
  })
})
