import {
  type Candidate,
  consistentHash,
  failoverPool,
  type HashTable,
  ketama,
  type MemberSink,
  maglev,
  rendezvous,
  type Selection,
  sticky,
  subset,
  tiers,
} from 'holdfast/failover'
import { recorder, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../src/failover/hashing/crc32.ts'
import { hash } from '../../../src/failover/hashing/hash.ts'
import { fill } from '../../../src/failover/hashing/maglev.ts'
import { ask, candidate, candidates, keyless, type Made } from '../selection/candidates.ts'

const keys = Array.from({ length: 20_000 }, (_, i) => `key-${i}`)
const named = (count: number): Made[] =>
  Array.from({ length: count }, (_, i) => candidate(`10.0.0.${i}:80`, { ordinal: i }))

const always = (): boolean => true

/** Which member each key belongs to. */
function laid(table: HashTable, members: readonly Candidate[]): readonly string[] {
  const layout = table.lay(members)
  return keys.map((key) => members[layout.find(key, always)]?.name as string)
}

const shareOf = (owners: readonly string[], name: string): number =>
  owners.filter((owner) => owner === name).length / owners.length

const tables = { rendezvous, ketama, maglev }

describe.each(Object.entries(tables))('%s', (kind, make) => {
  const members = named(10)
  const before = laid(make(), members)

  it('gives every member a fair share of the keys', () => {
    for (const { name } of members) {
      expect(shareOf(before, name)).toBeGreaterThan(0.07)
      expect(shareOf(before, name)).toBeLessThan(0.13)
    }
  })

  it('moves few keys but those of a member that goes', () => {
    const after = laid(make(), members.slice(1))
    const gone = members[0]?.name
    const moved = keys.filter((_, i) => before[i] !== gone && before[i] !== after[i]).length / keys.length

    expect(moved).toBeLessThanOrEqual(kind === 'maglev' ? 0.08 : 0)
  })

  it('moves to a member that comes about its share', () => {
    const after = laid(make(), [...members, candidate('10.0.0.99:80')])
    const moved = keys.filter((_, i) => before[i] !== after[i])
    const toNew = shareOf(after, '10.0.0.99:80')

    expect(Math.abs(toNew - 1 / 11)).toBeLessThan(0.03)
    if (kind !== 'maglev') expect(moved.length / keys.length).toBeCloseTo(toNew, 9)
    else expect(moved.length / keys.length).toBeLessThan(0.2)
  })

  it('keeps to weights', () => {
    const weighted = candidates([2, 1, 1])
    const owners = laid(make(), weighted)

    expect(Math.abs(shareOf(owners, 'a') - 0.5)).toBeLessThan(kind === 'ketama' ? 0.06 : 0.02)
  })

  it('has for each key an order of its own in which others follow, through all members', () => {
    const layout = make().lay(members)
    const seconds = new Set<number>()
    for (const key of keys.slice(0, 500)) {
      const order: number[] = []
      for (let i = 0; i < members.length; i++) order.push(layout.find(key, (index) => !order.includes(index)))
      expect(order.toSorted((a, b) => a - b)).toEqual(members.map((_, i) => i))
      if (order[0] === 0) seconds.add(order[1] as number)
      expect(layout.find(key, () => false)).toBe(-1)
    }
    // The keys of one member do not all fall to one other.
    expect(seconds.size).toBeGreaterThan(5)
  })
})

describe('maglev', () => {
  const published = [
    { offset: 3, skip: 4, weight: 1 },
    { offset: 0, skip: 2, weight: 1 },
    { offset: 3, skip: 1, weight: 1 },
  ]

  it('fills the table of the paper', () => {
    expect([...fill(7, published)]).toEqual([1, 0, 1, 0, 2, 2, 0])
    expect([
      ...fill(
        7,
        published.filter((_, i) => i !== 1),
      ),
    ]).toEqual([0, 0, 0, 0, 1, 1, 1])
  })

  it('shares slots one to two as the weights are', () => {
    const slots = fill(65_537, [
      { offset: 7, skip: 11, weight: 1 },
      { offset: 5, skip: 3, weight: 2 },
    ])
    const first = slots.filter((owner) => owner === 0).length

    expect([first, 65_537 - first]).toEqual([21_846, 43_691])
  })

  it('takes a prime size alone', () => {
    expect(() => maglev({ size: 65_536 })).toThrow('maglev: size must be a prime number, got 65536')
    expect(() => maglev({ size: 1 })).toThrow('prime')
    expect(() => ketama({ points: 0 })).toThrow('ketama: points must be an integer >= 1, got 0')
  })
})

describe('hashes', () => {
  it('are CRC-32 over UTF-8', () => {
    expect(crc32('123456789').toString(16)).toBe('cbf43926')
    for (const text of ['', 'ä', '€', '😀', 'mixed ä€😀 text']) {
      let crc = 0xffffffff
      for (const byte of new TextEncoder().encode(text)) {
        crc ^= byte
        for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
      }
      expect(crc32(text)).toBe((crc ^ 0xffffffff) >>> 0)
    }
  })

  it('spread similar names over all bits', () => {
    const seen = new Set(keys.map((key) => hash(key) >>> 20))
    expect(seen.size).toBeGreaterThan(4000)
  })
})

describe('consistentHash', () => {
  it('sends a key to the same member, and calls without one by weight', () => {
    const list = candidates([1, 1, 1])
    const { pick, shares } = ask(consistentHash(), { random: seededRandom(1), all: list })
    for (const key of keys.slice(0, 100)) expect(pick(list, key)).toBe(pick(list, key))

    expect(shares(list, 3000)['b']).toBeCloseTo(1 / 3, 1)
  })

  it('moves only the keys of a member that is out, and back when it is in again', () => {
    const all = named(5)
    const { pick } = ask(consistentHash({ table: ketama() }), { all })
    const before = keys.slice(0, 500).map((key) => pick(all, key))
    const without = all.slice(1)
    const during = keys.slice(0, 500).map((key) => pick(without, key))
    const after = keys.slice(0, 500).map((key) => pick([...all], key))

    expect(after).toEqual(before)
    for (const [i, name] of before.entries()) if (name !== all[0]?.name) expect(during[i]).toBe(name)
  })

  it('goes on to the next ones of the key where some were tried', () => {
    const all = named(4)
    const { picker } = ask(consistentHash({ table: maglev() }), { all })
    const call = { ...keyless, key: 'k' }
    const tried: Candidate[] = [picker.pick(all, call, 0)]
    while (tried.length < 4) tried.push(picker.next?.(all, call, 0, tried) as Candidate)

    expect(new Set(tried).size).toBe(4)
    expect(picker.next?.(all, call, 0, tried)).toBeUndefined()
    expect(picker.next?.(all, keyless, 0, tried)).toBeUndefined()
  })

  it('takes what the call is about from a function', () => {
    const all = named(3)
    const { pick } = ask(consistentHash({ key: () => 'always' }), { all })
    expect(new Set(keys.slice(0, 50).map((key) => pick(all, key))).size).toBe(1)
  })

  it('lets no member have more than its bound under way', () => {
    const all = candidates([2, 1, 1, 1])
    const { pick } = ask(consistentHash({ balance: 1.25, key: () => 'one hot key' }), { all })
    for (let total = 0; total < 400; total++) {
      const name = pick(all)
      const member = all.find((each) => each.name === name) as Made
      member.pending++
      expect(member.pending).toBeLessThanOrEqual(Math.ceil((1.25 * (total + 1) * member.weight) / 5))
    }
  })

  it('refuses what is no table', () => {
    expect(() => consistentHash({ table: {} as never })).toThrow(
      'consistentHash: table must be a hash table, got an object',
    )
    expect(() => consistentHash({ balance: 0.9 })).toThrow(
      'consistentHash: balance must be a finite number >= 1, got 0.9',
    )
  })
})

describe('the points of a ketama ring', () => {
  const ring = (points?: number) => consistentHash({ table: points === undefined ? ketama() : ketama({ points }) })
  const tooMany = /^ketama: points of all members must be at most 4000000 together, got \d/

  it('are bounded for a unit of weight', () => {
    expect(() => ketama({ points: 4_000_001 })).toThrow('ketama: points must be at most 4000000, got 4000001')
    expect(ketama({ points: 4_000_000 }).kind).toBe('ketama')
  })

  it.each([
    ['consistentHash', (inner: Selection) => inner],
    ['sticky', (inner: Selection) => sticky(inner)],
    ['tiers', (inner: Selection) => tiers(inner)],
  ])('are bounded for all members together: %s', async (_, around) => {
    const selection = around(ring())
    expect(() => failoverPool([{ target: 'a', weight: 1e6 }], { selection })).toThrow(tooMany)
    const pool = failoverPool(['a', 'b'], { selection, clock: virtualClock() })
    expect(() => pool.add({ target: 'c', weight: 1e12 })).toThrow(tooMany)
    expect(() => pool.update('a', { weight: 1e5, admin: 'drain' })).toThrow(tooMany)

    expect(pool.members.map(({ name, weight, admin }) => [name, weight, admin])).toEqual([
      ['a', 1, 'ready'],
      ['b', 1, 'ready'],
    ])
    pool.update('a', { weight: 2 })
    expect(['a', 'b']).toContain(await pool.execute(({ target }) => target, { key: 'x' }))
  })

  it('are bounded for members that a source says, which keep what they had', async () => {
    let told = (_: readonly unknown[]): void => {}
    const source = {
      kind: 'told',
      watch: (sink: MemberSink) => {
        told = (members) => sink.update(members)
        return { close() {} }
      },
    }
    const clock = virtualClock()
    const pool = failoverPool(source, { selection: ring(), clock })
    const { of } = recorder(pool)
    void pool.ready()
    told([{ target: 'a', weight: 2 }])
    await clock.advance('1s')
    told([{ target: 'a', weight: 1e6 }, { target: 'b', weight: 1e6 }, 'c'])
    await clock.advance('1s')

    expect(of('fault').map(({ error }) => (error as Error).message)).toEqual([
      expect.stringMatching(tooMany),
      expect.stringMatching(tooMany),
    ])
    expect(pool.members.map(({ name, weight }) => [name, weight])).toEqual([
      ['a', 2],
      ['c', 1],
    ])
    told([{ target: 'a', weight: 3 }, 'c'])
    await clock.advance('1s')
    expect(pool.members[0]?.weight).toBe(3)
  })

  it('are bounded for the part of a subset, not for all members', async () => {
    const members = Array.from({ length: 10 }, (_, i) => ({ target: `m${i}`, weight: 3000 }))
    const few = failoverPool(members, { selection: subset(ring(), { size: 2, client: 0 }), clock: virtualClock() })
    const many = failoverPool(members, { selection: subset(ring(), { size: 9, client: 0 }), clock: virtualClock() })
    const faults = recorder(many)

    expect(await few.execute(({ target }) => target, { key: 'x' })).toMatch(/^m/)
    expect(await many.execute(({ target }) => target, { key: 'x' })).toBe('m0')
    expect(faults.of('fault')).toMatchObject([
      { source: 'selection', error: { message: expect.stringMatching(tooMany) } },
    ])
  }, 20_000)
})

it('maglev takes more members than a function takes arguments', () => {
  const members = Array.from({ length: 150_000 }, (_, i) => ({ offset: i, skip: 1 + (i % 10), weight: 1 }))

  expect(fill(11, members)).toHaveLength(11)
})
