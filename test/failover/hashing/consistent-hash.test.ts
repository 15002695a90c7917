import { type Candidate, consistentHash, ketama, maglev } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ask, candidate, candidates, keyless, type Made } from '../selection/candidates.ts'

const keys = Array.from({ length: 20_000 }, (_, i) => `key-${i}`)
const named = (count: number): Made[] =>
  Array.from({ length: count }, (_, i) => candidate(`10.0.0.${i}:80`, { ordinal: i }))

describe('consistentHash', () => {
  it('sends a key to the same member, and calls without one by weight', () => {
    const list = candidates([1, 1, 1])
    const { pick, shares } = ask(consistentHash(), { random: seededRandom(1), all: list })
    for (const key of keys.slice(0, 100)) expect(pick(list, key)).toBe(pick(list, key))

    expect(shares(list, 3000)['b']).toBeCloseTo(1 / 3, 1)
  })

  it('moves only the keys of an absent member, and moves them back when it returns', () => {
    const all = named(5)
    const { pick } = ask(consistentHash({ table: ketama() }), { all })
    const before = keys.slice(0, 500).map((key) => pick(all, key))
    const without = all.slice(1)
    const during = keys.slice(0, 500).map((key) => pick(without, key))
    const after = keys.slice(0, 500).map((key) => pick([...all], key))

    expect(after).toEqual(before)
    for (const [i, name] of before.entries()) if (name !== all[0]?.name) expect(during[i]).toBe(name)
  })

  it('continues with the next members for the key where some were tried', () => {
    const all = named(4)
    const { picker } = ask(consistentHash({ table: maglev() }), { all })
    const call = { ...keyless, key: 'k' }
    const tried: Candidate[] = [picker.pick(all, call, 0)]
    while (tried.length < 4) tried.push(picker.next?.(all, call, 0, tried) as Candidate)

    expect(new Set(tried).size).toBe(4)
    expect(picker.next?.(all, call, 0, tried)).toBeUndefined()
    expect(picker.next?.(all, keyless, 0, tried)).toBeUndefined()
  })

  it('takes the key from a function', () => {
    const all = named(3)
    const { pick } = ask(consistentHash({ key: () => 'always' }), { all })
    expect(new Set(keys.slice(0, 50).map((key) => pick(all, key))).size).toBe(1)
  })

  it('gives no member more tries under way than its bound', () => {
    const all = candidates([2, 1, 1, 1])
    const { pick } = ask(consistentHash({ balance: 1.25, key: () => 'one hot key' }), { all })
    for (let total = 0; total < 400; total++) {
      const name = pick(all)
      const member = all.find((each) => each.name === name) as Made
      member.pending++
      expect(member.pending).toBeLessThanOrEqual(Math.ceil((1.25 * (total + 1) * member.weight) / 5))
    }
  })

  it('refuses a value that is not a table', () => {
    expect(() => consistentHash({ table: {} as never })).toThrow(
      'consistentHash: table must be a hash table, got an object',
    )
    expect(() => consistentHash({ balance: 0.9 })).toThrow(
      'consistentHash: balance must be a finite number >= 1, got 0.9',
    )
  })
})
