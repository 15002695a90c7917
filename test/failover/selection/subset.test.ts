import { consistentHash, random, roundRobin, subset } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { dealt, nearest } from '../../../src/failover/selection/subset.ts'
import { ask, candidate, keyless, type Made } from './candidates.ts'

const members = (count: number): Made[] =>
  Array.from({ length: count }, (_, i) => candidate(`m${String(i).padStart(4, '0')}`, { ordinal: i }))

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

  it('picks only in its part, and among all if its part is out', () => {
    const all = members(20)
    const { shares } = ask(subset(random(), { size: 4, client: 'me' }), { all, random: seededRandom(1) })
    const own = Object.keys(shares(all, 500))
    expect(own).toHaveLength(4)

    const rest = all.filter(({ name }) => !own.includes(name))
    expect(Object.keys(shares(rest, 2000))).toHaveLength(16)
  })

  it('deals a client the same part in any order of the members', () => {
    const all = members(12)
    const part = (list: readonly Made[], client: number): string[] => {
      const { picks } = ask(subset(roundRobin(), { size: 3, client }), { all: list })
      return (picks(list, 3).match(/m\d+/g) ?? []).sort()
    }
    const parts = [0, 1, 2, 3].map((client) => part(all, client))
    expect(new Set(parts.flat()).size).toBe(12)
    expect([0, 1, 2, 3].map((client) => part(all.toReversed(), client))).toEqual(parts)
  })

  it('uses all members if a subset would not be smaller', () => {
    expect(dealt(members(7), 4, 3)).toHaveLength(7)
  })

  it('wraps selections that know all members, and takes further tries', () => {
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
