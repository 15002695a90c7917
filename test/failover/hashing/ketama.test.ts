import {
  consistentHash,
  failoverPool,
  ketama,
  type MemberSink,
  type Selection,
  sticky,
  subset,
  tiers,
} from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../../src/failover/hashing/ketama.ts'
import nginx from '../../data/nginx-golden.json'
import { ask, candidate } from '../selection/candidates.ts'

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

  it('are bounded for the members of a source, which keep their settings', async () => {
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

describe('ketama()', () => {
  const { servers, first_points: first, map } = nginx.cases.hash_consistent_ketama
  const addresses = Object.entries(servers)
  const nameOf = new Map(addresses.map(([name, address]) => [address, name]))

  it('has its points where Nginx has them', () => {
    const points = addresses.flatMap(([name, address]) =>
      [...pointsOf(address, 160)].map((point) => [point, name] as const),
    )
    points.sort(([one], [other]) => one - other)

    expect(points).toHaveLength(480)
    expect(points.slice(0, first.length)).toEqual(first)
  })

  it('gives each recorded key to the same server as Nginx', () => {
    const all = addresses.map(([, address], ordinal) => candidate(address, { ordinal }))
    const { pick } = ask(consistentHash({ table: ketama() }), { all })
    const found = Object.keys(map).map((key) => [key, nameOf.get(pick(all, key))])

    expect(found).toHaveLength(200)
    expect(Object.fromEntries(found)).toEqual(map)
  })
})
