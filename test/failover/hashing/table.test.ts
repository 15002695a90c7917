import { type Candidate, type HashTable, ketama, maglev, rendezvous } from 'holdfast/failover'
import { describe, expect, it } from 'vitest'
import { candidate, candidates, type Made } from '../selection/candidates.ts'

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

  it('moves few keys except those of a removed member', () => {
    const after = laid(make(), members.slice(1))
    const gone = members[0]?.name
    const moved = keys.filter((_, i) => before[i] !== gone && before[i] !== after[i]).length / keys.length

    expect(moved).toBeLessThanOrEqual(kind === 'maglev' ? 0.08 : 0)
  })

  it('moves about its share of the keys to a new member', () => {
    const after = laid(make(), [...members, candidate('10.0.0.99:80')])
    const moved = keys.filter((_, i) => before[i] !== after[i])
    const toNew = shareOf(after, '10.0.0.99:80')

    expect(Math.abs(toNew - 1 / 11)).toBeLessThan(0.03)
    if (kind !== 'maglev') expect(moved.length / keys.length).toBeCloseTo(toNew, 9)
    else expect(moved.length / keys.length).toBeLessThan(0.2)
  })

  it('follows weights', () => {
    const weighted = candidates([2, 1, 1])
    const owners = laid(make(), weighted)

    expect(Math.abs(shareOf(owners, 'a') - 0.5)).toBeLessThan(kind === 'ketama' ? 0.06 : 0.02)
  })

  it('has an order of all members for each key', () => {
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
