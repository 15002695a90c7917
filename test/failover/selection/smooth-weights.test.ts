/** Picks stay spread when weights change, also by much: nobody is owed turns in the scale of the old weights. */
import fc from 'fast-check'
import { earliestDeadline, failoverPool, leastPending, type Selection, weighted } from 'holdfast/failover'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { runs } from '../../effort.ts'

type Weights = Readonly<Record<string, number>>

function poolOf(weights: Weights, selection: Selection) {
  const members = Object.entries(weights).map(([target, weight]) => ({ target, weight }))
  const pool = failoverPool(members, { clock: virtualClock(), random: seededRandom(1), selection })
  const picks = async (count: number): Promise<string[]> => {
    const names: string[] = []
    for (let i = 0; i < count; i++) names.push(await pool.execute(({ member }) => member))
    return names
  }
  const weigh = (changed: Weights) => {
    for (const [name, weight] of Object.entries(changed)) pool.update(name, { weight })
  }
  return { pool, picks, weigh }
}

function longestRun(names: readonly string[], name?: string): number {
  let [longest, run] = [0, 0]
  for (const [i, each] of names.entries()) {
    run = (name === undefined || each === name) && each === names[i - 1] ? run + 1 : 1
    if (name === undefined || each === name) longest = Math.max(longest, run)
  }
  return longest
}

const selections = [weighted(), leastPending(), earliestDeadline()]

describe.each(selections.map((selection) => [selection.kind, selection] as const))('%s', (_, selection) => {
  it('sends few calls in a row to any member after weights were lowered', async () => {
    const { picks, weigh } = poolOf({ a: 1000, b: 1, c: 1 }, selection)
    for (const before of [1, 3, 50, 500, 501, 502, 950, 1000]) {
      weigh({ a: 1000, b: 1, c: 1 })
      await picks(before)
      weigh({ a: 1, b: 1, c: 1 })
      expect(longestRun(await picks(100))).toBeLessThanOrEqual(3)
    }
  })

  it('passes over no member for long after weights were lowered', async () => {
    const { picks, weigh } = poolOf({ a: 100, b: 100, c: 100 }, selection)
    await picks(997)
    weigh({ a: 1, b: 1, c: 1 })
    const names = await picks(30)

    for (const name of ['a', 'b', 'c']) expect(names.filter((each) => each === name).length).toBeGreaterThanOrEqual(8)
  })

  it('gives each its share soon after any change of weights', async () => {
    const weights = fc.record({
      a: fc.integer({ min: 1, max: 1000 }),
      b: fc.integer({ min: 1, max: 1000 }),
      c: fc.integer({ min: 1, max: 10 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(weights, fc.nat({ max: 300 })), { minLength: 1, maxLength: 6 }),
        fc.record({
          a: fc.integer({ min: 1, max: 5 }),
          b: fc.integer({ min: 1, max: 5 }),
          c: fc.integer({ min: 1, max: 5 }),
        }),
        async (changes, last) => {
          const { picks, weigh } = poolOf({ a: 1, b: 1, c: 1 }, selection)
          for (const [changed, count] of changes) {
            weigh(changed)
            await picks(count)
          }
          weigh(last)
          const total = last.a + last.b + last.c
          const names = await picks(5 * total)
          for (const [name, weight] of Object.entries(last)) {
            const count = names.filter((each) => each === name).length
            expect(Math.abs(count - 5 * weight), `${name}: ${count} of ${names.length}`).toBeLessThanOrEqual(total)
          }
        },
      ),
      { numRuns: runs(60) },
    )
  })

  it('rescales a member whose weight was lowered while it was absent', async () => {
    const { pool, picks, weigh } = poolOf({ a: 1000, b: 1000, c: 1000 }, selection)
    await picks(500)
    pool.update('a', { admin: 'maintenance' })
    weigh({ a: 1, b: 1, c: 1 })
    await picks(50)
    pool.update('a', { admin: 'ready' })

    expect(longestRun(await picks(60))).toBeLessThanOrEqual(3)
  })
})

it('the part of a weight lost by failures is lowered with the weight', async () => {
  const { pool, picks, weigh } = poolOf({ a: 1000, b: 1000 }, weighted({ ramp: 1 }))
  await pool.execute(({ member }) => {
    if (member === 'a') throw new Error('down')
  })
  weigh({ a: 1, b: 1 })

  expect(longestRun(await picks(40))).toBeLessThanOrEqual(3)
})
