import { roundRobin } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ask, candidates } from './candidates.ts'
import { picksOf, poolOf } from './pools.ts'

describe('roundRobin in a pool', () => {
  it('takes members in turn from the start its random source gives', async () => {
    expect(
      await picksOf(
        poolOf({ a: 1, b: 1, c: 1 }, roundRobin(), () => 0),
        6,
      ),
    ).toBe('abcabc')
    expect(
      await picksOf(
        poolOf({ a: 1, b: 1, c: 1 }, roundRobin, () => 0.99),
        4,
      ),
    ).toBe('cabc')
  })

  it('gives the neighbours of an absent member no double share', async () => {
    const pool = poolOf({ a: 1, b: 1, c: 1, d: 1 }, roundRobin(), () => 0)
    pool.remove('b')

    const picked = await picksOf(pool, 300)

    for (const name of ['a', 'c', 'd']) expect(picked.split(name).length - 1).toBe(100)
  })
})

describe('roundRobin', () => {
  it('passes over a member in its slow start in proportion to its missing warmth', () => {
    const list = candidates([1, 1, 1])
    ;(list[1] as (typeof list)[number]).warmth = 0.5
    const { b = 0 } = ask(roundRobin(), { random: seededRandom(4) }).shares(list, 20_000)

    expect(b).toBeCloseTo(0.2, 2)
  })
})
