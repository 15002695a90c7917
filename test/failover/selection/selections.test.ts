import { failoverPool, ordered, random, roundRobin, type Selection, weighted } from 'holdfast/failover'
import { recorder, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import nginx from '../../data/nginx-golden.json'

type Weights = Record<string, number>

function poolOf(weights: Weights, selection: Selection | (() => Selection), source?: () => number) {
  const members = Object.entries(weights).map(([name, weight]) => ({ target: name, name, weight }))
  return failoverPool(members, { selection, ...(source === undefined ? {} : { random: source }) })
}

async function sequence(pool: ReturnType<typeof poolOf>, count: number): Promise<string> {
  let picked = ''
  for (let i = 0; i < count; i++) picked += await pool.execute(({ target }) => target)
  return picked
}

describe('weighted', () => {
  for (const name of ['swrr_5_1_1', 'swrr_4_2_1', 'rr_1_1_1'] as const) {
    it(`picks in the very order recorded from Nginx: ${name}`, async () => {
      const { weights, seq } = nginx.cases[name]

      expect(await sequence(poolOf(weights, weighted()), seq.length)).toBe(seq)
    })
  }

  it('reproduces the published 3/2 and 10/1 cycles', async () => {
    expect(await sequence(poolOf({ a: 3, b: 2 }, weighted), 5)).toBe('ababa')
    expect(await sequence(poolOf({ a: 10, b: 1 }, weighted), 11)).toBe('aaaaabaaaaa')
  })

  it('never picks a member of weight 0 unless all are 0', async () => {
    expect(await sequence(poolOf({ a: 0, b: 1, c: 1 }, weighted), 20)).not.toContain('a')
    expect(new Set(await sequence(poolOf({ a: 0, b: 0 }, weighted), 4))).toEqual(new Set(['a', 'b']))
  })

  it('keeps its state when a weight changes, so the next picks are not all the heaviest', async () => {
    const pool = poolOf({ a: 1, b: 1 }, weighted())
    const first = await sequence(pool, 1)
    pool.update('a', { weight: 2 })

    expect(first + (await sequence(pool, 3))).toBe('abaa')
  })
})

describe('roundRobin', () => {
  it('takes members in turn from the start its random source gives', async () => {
    expect(
      await sequence(
        poolOf({ a: 1, b: 1, c: 1 }, roundRobin(), () => 0),
        6,
      ),
    ).toBe('abcabc')
    expect(
      await sequence(
        poolOf({ a: 1, b: 1, c: 1 }, roundRobin, () => 0.99),
        4,
      ),
    ).toBe('cabc')
  })

  it('gives the neighbours of an absent member no double share', async () => {
    const pool = poolOf({ a: 1, b: 1, c: 1, d: 1 }, roundRobin(), () => 0)
    pool.remove('b')

    const picked = await sequence(pool, 300)

    for (const name of ['a', 'c', 'd']) expect(picked.split(name).length - 1).toBe(100)
  })
})

describe('random', () => {
  it('draws in proportion to weight (chi-square below the 0.1 % bound)', async () => {
    const weights: Weights = { a: 5, b: 3, c: 2 }
    const picked = await sequence(poolOf(weights, random(), seededRandom(7)), 20_000)
    let chi2 = 0
    for (const [name, weight] of Object.entries(weights)) {
      const expected = (20_000 * weight) / 10
      chi2 += (picked.split(name).length - 1 - expected) ** 2 / expected
    }

    expect(chi2).toBeLessThan(13.816)
  })

  it('draws evenly where all weights are 0, and never a single 0', async () => {
    expect(new Set(await sequence(poolOf({ a: 0, b: 0 }, random, seededRandom(1)), 50)).size).toBe(2)
    expect(await sequence(poolOf({ a: 0, b: 1 }, random, seededRandom(1)), 50)).not.toContain('a')
  })

  it('stays inside the list when the source is at its edge', async () => {
    expect(
      await sequence(
        poolOf({ a: 1, b: 1 }, random, () => 1),
        1,
      ),
    ).toBe('b')
  })
})

describe('ordered', () => {
  it('takes the first, or the one of the lowest priority', async () => {
    expect(await sequence(poolOf({ a: 1, b: 1 }, ordered), 3)).toBe('aaa')
    const pool = failoverPool(
      [
        { target: 'a', priority: 2 },
        { target: 'b', priority: 1 },
      ],
      { selection: ordered() },
    )
    expect(await pool.execute(({ target }) => target)).toBe('b')
  })
})

describe('a selection of your own', () => {
  it('is replaced by the first candidate and reported as a fault where it fails', async () => {
    const faults: string[] = []
    const throwing: Selection = {
      kind: 'mine',
      start: () => ({
        pick: () => {
          throw new Error('no idea')
        },
      }),
    }
    const foreign: Selection = {
      kind: 'mine',
      start: () => ({ pick: (candidates) => ({ ...(candidates[0] as (typeof candidates)[number]) }) }),
    }
    for (const selection of [throwing, foreign]) {
      const pool = failoverPool(['a', 'b'], { selection }).on('fault', ({ source }) => faults.push(source))
      expect(await pool.execute(({ target }) => target)).toBe('a')
    }

    expect(faults).toEqual(['selection', 'selection'])
  })

  it('that sees all and fails is replaced by the first candidate that is not out', async () => {
    const selection: Selection = {
      kind: 'mine',
      seesAll: true,
      start: () => ({
        pick: () => {
          throw new Error('no idea')
        },
      }),
    }
    const pool = failoverPool(['a', 'b'], {
      clock: virtualClock(),
      selection,
      outlier: { consecutiveFailures: 1 },
    }).on('fault', () => {})
    const tried: string[] = []
    const call = () =>
      pool.execute(async ({ target }) => {
        tried.push(target)
        if (target === 'a') throw new Error('a is down')
      })
    await call()
    await call()

    expect(tried).toEqual(['a', 'b', 'b'])
  })

  it('breaks no call where it cannot take what became of a try', async () => {
    const clock = virtualClock()
    const told: unknown[] = []
    const selection: Selection = {
      kind: 'mine',
      start: () => ({
        pick: (candidates) => candidates[0] as (typeof candidates)[number],
        settled: ({ name }, ok) => {
          told.push([name, ok])
          throw new Error('lost count')
        },
      }),
    }
    const pool = failoverPool(['a', 'b'], { clock, selection, outlier: { consecutiveFailures: 1 } })
    const log = recorder(pool)
    expect(await pool.execute(({ target }) => (target === 'a' ? Promise.reject(new Error('down')) : target))).toBe('b')

    expect(told).toEqual([
      ['a', false],
      ['b', true],
    ])
    expect(log.of('fault')).toMatchObject([
      { source: 'selection', error: new Error('lost count') },
      { source: 'selection', error: new Error('lost count') },
    ])
    // What the pool itself makes of a try goes on.
    expect(pool.members).toMatchObject([
      { state: 'ejected', pending: 0 },
      { state: 'up', pending: 0 },
    ])
  })
})
