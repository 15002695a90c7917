import { weighted } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import nginx from '../../data/nginx-golden.json'
import { ask, candidate, candidates, keyless } from './candidates.ts'
import { picksOf, poolOf } from './pools.ts'
import { pickerVectors } from './vectors.ts'

const { swrr } = pickerVectors

describe('weighted in a pool', () => {
  for (const name of ['swrr_5_1_1', 'swrr_4_2_1', 'rr_1_1_1'] as const) {
    it(`picks in the order recorded from Nginx: ${name}`, async () => {
      const { weights, seq } = nginx.cases[name]

      expect(await picksOf(poolOf(weights, weighted()), seq.length)).toBe(seq)
    })
  }

  it('reproduces the published 3/2 and 10/1 cycles', async () => {
    expect(await picksOf(poolOf({ a: 3, b: 2 }, weighted), 5)).toBe('ababa')
    expect(await picksOf(poolOf({ a: 10, b: 1 }, weighted), 11)).toBe('aaaaabaaaaa')
  })

  it('never picks a member of weight 0 unless all are 0', async () => {
    expect(await picksOf(poolOf({ a: 0, b: 1, c: 1 }, weighted), 20)).not.toContain('a')
    expect(new Set(await picksOf(poolOf({ a: 0, b: 0 }, weighted), 4))).toEqual(new Set(['a', 'b']))
  })

  it('keeps its state when a weight changes, so the next picks are not all the heaviest', async () => {
    const pool = poolOf({ a: 1, b: 1 }, weighted())
    const first = await picksOf(pool, 1)
    pool.update('a', { weight: 2 })

    expect(first + (await picksOf(pool, 3))).toBe('abaa')
  })
})

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

  it('gives a member in its slow start its share of the weight', () => {
    const list = candidates([1, 1])
    ;(list[0] as (typeof list)[number]).warmth = 0.25

    expect(ask(weighted()).shares(list, 1000)).toMatchObject({ a: expect.closeTo(0.2, 2), b: expect.closeTo(0.8, 2) })
  })

  it('refuses a wrong ramp', () => {
    expect(() => weighted({ ramp: 0 })).toThrow('weighted: ramp must be an integer >= 1, got 0')
  })
})

describe('weighted({ ramp: 1 })', () => {
  const { weights, attempts, served } = nginx.cases.recovery_ramp
  const all = candidates(weights)
  const [a, b, c] = all as [(typeof all)[number], (typeof all)[number], (typeof all)[number]]

  /** Requests as recorded; each is the names tried, as "a>b". */
  function replay(): string[] {
    const { picker } = ask(weighted({ ramp: 1 }))
    const pick = (among: typeof all) => picker.pick(among, keyless, 0)
    const seen = served.before.map(() => pick(all).name)
    // The first request that meets the failure goes on to another member; from then on `a` is hidden.
    const failed = pick(all)
    picker.settled?.(failed, false, 1, 0)
    seen.push(`${failed.name}>${pick([b, c]).name}`)
    while (seen.length < served.before.length + served.during.length) seen.push(pick([b, c]).name)
    while (seen.length < attempts.length) seen.push(pick([a, b, c]).name)
    return seen
  }

  it('restores a member after a failure in the order recorded from Nginx', () => {
    expect(replay()).toEqual(attempts)
  })
})
