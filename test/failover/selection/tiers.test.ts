import { type Candidate, failoverPool, random, roundRobin, type Selection, tiers, zones } from 'holdfast/failover'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { loadsOf } from '../../../src/failover/selection/tiers.ts'
import { ask, candidate, keyless, type Made } from './candidates.ts'

describe('tiers', () => {
  it.each([
    [
      [0.72, 1],
      [100, 0],
    ],
    [
      [0.71, 1],
      [99, 1],
    ],
    [
      [0.5, 1],
      [70, 30],
    ],
    [
      [0.25, 1],
      [35, 65],
    ],
    [
      [0.25, 0.25],
      [50, 50],
    ],
    [
      [0.25, 0.25, 1],
      [35, 35, 30],
    ],
    [
      [0.25, 0.25, 0.2],
      [36, 36, 28],
    ],
    [
      [0.2, 0.3],
      [40, 60],
    ],
    [
      [0.05, 0.65],
      [7, 93],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ])('healthy %j gives loads %j', (healthy, loads) => {
    // Envoy reckons in whole percents and gives what rounding leaves to the first.
    for (const [i, load] of loadsOf(healthy, 1.4).loads.entries()) {
      expect(Math.abs(load * 100 - (loads[i] as number))).toBeLessThan(1)
    }
  })

  /** Members of two tiers, so many of each healthy. */
  function two(total: number, first: number, second: number): Made[] {
    const tier = (priority: number, healthy: number): Made[] =>
      Array.from({ length: total }, (_, i) =>
        candidate(`${priority}/${i}`, {
          ordinal: priority * total + i,
          priority,
          reach: i < healthy ? 'all' : 'none',
        }),
      )
    return [...tier(0, first), ...tier(1, second)]
  }

  function loads(list: readonly Made[], panic = 0.5): { first: number; out: number } {
    const found = ask(tiers(random()), { random: seededRandom(1), panic }).shares(list, 20_000)
    let [first, out] = [0, 0]
    for (const [name, share] of Object.entries(found)) {
      if (name.startsWith('0/')) first += share
      if (list.find((each) => each.name === name)?.reach === 'none') out += share
    }
    return { first, out }
  }

  it('sends what a tier cannot take to the next', () => {
    expect(loads(two(4, 4, 4)).first).toBeCloseTo(1, 9)
    expect(loads(two(4, 3, 4)).first).toBeCloseTo(1, 9)
    expect(loads(two(4, 2, 4)).first).toBeCloseTo(0.7, 1)
    expect(loads(two(4, 0, 4))).toEqual({ first: 0, out: 0 })
  })

  it('panics tier by tier, and only where others cannot help', () => {
    expect(loads(two(10, 4, 10)).out).toBe(0)
    expect(loads(two(4, 1, 1)).out).toBeGreaterThan(0.5)
    expect(loads(two(4, 1, 1), 0).out).toBe(0)
    expect(loads(two(4, 0, 0)).out).toBeCloseTo(1, 9)
  })

  it('goes through all healthy members, tier by tier, in further tries', () => {
    const list = two(2, 2, 2)
    const { picker } = ask(tiers(roundRobin()), { random: seededRandom(1) })
    const tried: Candidate[] = [picker.pick(list, keyless, 0)]
    while (tried.length < 4) tried.push(picker.next?.(list, keyless, 0, tried) as Candidate)
    expect(tried.map(({ priority }) => priority)).toEqual([0, 0, 1, 1])
    expect(new Set(tried).size).toBe(4)
    expect(picker.next?.(list, keyless, 0, tried)).toBeUndefined()
  })

  it('passes the results of tries to their tier', () => {
    const told: string[] = []
    const inner = {
      ...roundRobin(),
      start: (context: Parameters<ReturnType<typeof roundRobin>['start']>[0]) => ({
        ...roundRobin().start(context),
        settled: ({ name }: Candidate) => told.push(`${context.members().length}:${name}`),
      }),
    }
    const list = two(2, 2, 2)
    const { picker } = ask(tiers(inner as never), {})
    picker.settled?.(list[0] as Made, true, 1, 0)
    picker.pick(list, keyless, 0)
    picker.settled?.(list[0] as Made, true, 1, 0)
    expect(told).toEqual(['2:0/0'])
  })

  it('gives a selection the members of its tier, from its start and as they change', () => {
    const known: string[] = []
    const start: Selection['start'] = (context) => {
      const look = () =>
        known.push(
          context
            .members()
            .map(({ name }) => name)
            .join(' '),
        )
      look()
      return {
        pick(candidates) {
          look()
          return candidates[0] as Candidate
        },
      }
    }
    const list = two(2, 2, 2)
    const { pick } = ask(tiers({ kind: 'mine', start }))
    pick(list)
    expect(known).toEqual(['0/0 0/1', '1/0 1/1', '0/0 0/1'])
    pick(list.slice(1))
    expect(known.at(-1)).toBe('0/1')
  })

  it('fails over to the next tier at once in a pool, and tries no ineligible member', async () => {
    const clock = virtualClock()
    const pool = failoverPool(
      [
        { target: 'p1', priority: 0 },
        { target: 'p2', priority: 0 },
        { target: 's1', priority: 1 },
      ],
      {
        clock,
        random: seededRandom(1),
        selection: tiers(roundRobin()),
        outlier: { consecutiveFailures: 1 },
        maxEjected: 1,
        panic: 'fail',
      },
    )
    const dead = new Set(['p1', 'p2'])
    const run = () =>
      pool.execute(async ({ target }) => (dead.has(target) ? Promise.reject(new Error(target)) : target))
    for (let i = 0; i < 10; i++) expect(await run()).toBe('s1')
    expect(pool.members.map(({ state }) => state)).toEqual(['ejected', 'ejected', 'up'])
    dead.add('s1')
    await run().catch(() => {})
    await expect(run()).rejects.toMatchObject({ code: 'HF_NO_MEMBER' })
  })

  it('refuses wrong options', () => {
    expect(() => tiers(random(), { overprovisioning: 0.5 })).toThrow(
      'tiers: overprovisioning must be a finite number >= 1, got 0.5',
    )
    expect(() => zones(random(), { zone: '' })).toThrow('zones: zone must be a non-empty string, got ""')
  })
})

describe('zones', () => {
  it('stays in its own zone while that can take it', () => {
    const list = ['a', 'a', 'a', 'a', 'b', 'b'].map((zone, i) => candidate(`${zone}${i}`, { zone, ordinal: i }))
    const at = (zone: string) =>
      Object.keys(ask(zones(random(), { zone }), { random: seededRandom(1) }).shares(list, 500))
    expect(at('a').every((name) => name.startsWith('a'))).toBe(true)
    expect(at('b').every((name) => name.startsWith('b'))).toBe(true)
    for (const each of list.slice(0, 2)) each.reach = 'none'
    const { b4 = 0, b5 = 0 } = ask(zones(random(), { zone: 'a' }), { random: seededRandom(1) }).shares(list, 5000)
    expect(b4 + b5).toBeCloseTo(0.3, 1)
  })
})
