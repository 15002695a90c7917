import {
  type Candidate,
  consistentHash,
  failoverPool,
  ordered,
  random,
  roundRobin,
  sticky,
  subset,
  tiers,
  twoChoices,
  zones,
} from 'holdfast/failover'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { dealt, nearest } from '../../../src/failover/selection/subset.ts'
import { loadsOf } from '../../../src/failover/selection/tiers.ts'
import { ask, candidate, candidates, keyless, type Made } from './candidates.ts'

const members = (count: number): Made[] =>
  Array.from({ length: count }, (_, i) => candidate(`m${String(i).padStart(4, '0')}`, { ordinal: i }))

describe('sticky', () => {
  it('keeps a key with its member while that serves, also while it drains', () => {
    const list = candidates([1, 1, 1])
    const { pick } = ask(sticky(roundRobin()))
    expect([pick(list, 'x'), pick(list, 'y'), pick(list, 'x'), pick(list)]).toEqual(['a', 'b', 'a', 'c'])
    ;(list[0] as Made).reach = 'sticky'
    expect(pick(list.slice(1), 'x')).toBe('a')
  })

  it('moves a key whose member is out, and leaves it there', () => {
    const list = candidates([1, 1])
    const { pick } = ask(sticky(roundRobin()))
    pick(list, 'x')
    ;(list[0] as Made).reach = 'none'
    expect(pick(list.slice(1), 'x')).toBe('b')
    ;(list[0] as Made).reach = 'all'
    expect(pick(list, 'x')).toBe('b')
  })

  it('forgets the keys that were not used for longest', () => {
    const list = candidates([1, 1, 1])
    const { pick } = ask(sticky(roundRobin(), { max: 2 }))
    expect([pick(list, 'x'), pick(list, 'y'), pick(list, 'x'), pick(list, 'z')]).toEqual(['a', 'b', 'a', 'c'])
    expect(pick(list, 'x')).toBe('a')
    expect(pick(list, 'y')).toBe('a')
  })

  it('serves a key elsewhere for the moment where its member is too busy', () => {
    const list = candidates([1, 1])
    const { pick } = ask(sticky(ordered(), { balance: 1.25 }))
    pick(list, 'x')
    const b = sticky(roundRobin(), { balance: 1.25 })
    const hot = ask(b)
    expect(hot.pick(list, 'x')).toBe('a')
    ;(list[0] as Made).pending = 5
    expect(hot.pick(list, 'x')).toBe('b')
    ;(list[0] as Made).pending = 0
    expect(hot.pick(list, 'x')).toBe('a')
  })

  it('hands further tries and what became of them on', () => {
    const list = candidates([1, 1])
    expect(
      ask(sticky(twoChoices()), { random: seededRandom(1) }).picker.next?.(list, keyless, 0, list.slice(0, 1))?.name,
    ).toBe('b')
    const again = ask(sticky(roundRobin()))
    again.pick(list, 'x')
    expect(again.picker.next?.(list, { ...keyless, key: 'x' }, 0, list.slice(0, 1))?.name).toBe('b')
    expect(again.picker.next?.(list, keyless, 0, list)).toBeUndefined()
    expect(() => sticky({} as never)).toThrow('sticky: selection must be a selection, got an object')
    expect(() => sticky(roundRobin(), { max: 0 })).toThrow('sticky: max must be an integer >= 1, got 0')
  })

  it('sends stuck calls to a draining member of a pool, and no others', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], { clock, random: () => 0, selection: sticky(roundRobin()) })
    const at = (key?: string) => pool.execute(({ target }) => target, key === undefined ? {} : { key })
    expect(await at('session')).toBe('a')
    await pool.drain('a')
    expect([await at('session'), await at(), await at('new')]).toEqual(['a', 'b', 'b'])
    pool.remove('a')
    expect(await at('session')).toBe('b')
  })
})

describe('subset', () => {
  it('deals the members out evenly: 300 clients of 10 each give every one of 300 members 10', () => {
    const all = members(300)
    const counts = new Map<string, number>()
    for (let client = 0; client < 300; client++) {
      const part = dealt(all, 10, client)
      expect(new Set(part).size).toBe(10)
      for (const { name } of part) counts.set(name, (counts.get(name) ?? 0) + 1)
    }

    expect([...counts.values()].every((count) => count === 10)).toBe(true)
    expect(counts.size).toBe(300)
  })

  it('by name: one change of membership changes one member at most', () => {
    const all = members(100)
    for (let client = 0; client < 50; client++) {
      const before = new Set(nearest(all, 10, `client-${client}`))
      const after = nearest(all.slice(1), 10, `client-${client}`)
      expect(after.filter((member) => !before.has(member)).length).toBeLessThanOrEqual(1)
    }
  })

  it('picks in its part alone, and in all where its part is out', () => {
    const all = members(20)
    const { shares } = ask(subset(random(), { size: 4, client: 'me' }), { all, random: seededRandom(1) })
    const own = Object.keys(shares(all, 500))
    expect(own).toHaveLength(4)

    const rest = all.filter(({ name }) => !own.includes(name))
    expect(Object.keys(shares(rest, 2000))).toHaveLength(16)
  })

  it('uses all where a subset would not be smaller', () => {
    expect(dealt(members(7), 4, 3)).toHaveLength(7)
  })

  it('stands around selections that know all members, and takes further tries', () => {
    const all = members(9)
    const { pick, picker } = ask(subset(consistentHash(), { size: 3, client: 1 }), { all })
    expect(new Set(Array.from({ length: 200 }, (_, i) => pick(all, `k${i}`))).size).toBe(3)
    const first = picker.pick(all, { ...keyless, key: 'k' }, 0)
    expect(picker.next?.(all, { ...keyless, key: 'k' }, 0, [first])).not.toBe(first)
    expect(ask(subset(roundRobin(), { size: 3, client: 1 }), { all }).picker.next).toBeUndefined()
  })

  it('refuses a client without number or name', () => {
    expect(() => subset(random(), { size: 1, client: -1 })).toThrow(
      'subset: client must be an integer >= 0 or a name, got -1',
    )
    expect(() => subset(random(), { size: 1, client: '' })).toThrow('subset: client must be a non-empty string, got ""')
    expect(() => subset(random(), { size: 0, client: 1 })).toThrow('subset: size must be an integer >= 1, got 0')
  })
})

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

  it('spills what a tier cannot take', () => {
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

  it('tells each tier what became of its tries', () => {
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

  it('in a pool: fails over to the next tier at once, and nobody is tried who may not be', async () => {
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

  it('refuses what is wrong', () => {
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
