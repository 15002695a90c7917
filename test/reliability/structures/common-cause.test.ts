import { describe, expect, it } from 'vitest'
import { component, kOfN, parallel, replicas, series } from '../../../src/reliability/structures/blocks.ts'
import { cutSets } from '../../../src/reliability/structures/cut-sets.ts'
import { importance } from '../../../src/reliability/structures/importance.ts'
import { near } from '../../support/near.ts'

describe('a common cause', () => {
  it('is a lower limit for the unavailability of any number of replicas', () => {
    const q = 0.01
    const at = (count: number): number => kOfN(1, replicas(count, 1 - q), { beta: 0.1 }).unavailability

    near(at(2), 1.0809e-3, 'two', 1e-4)
    near(at(2), 1 - (1 - 0.1 * q) * (1 - (0.9 * q) ** 2), 'two, by formula', 1e-12)
    near(at(20), 0.1 * q, 'twenty', 1e-12)
  })

  it('of 0 changes nothing, and of 1 is everything', () => {
    near(kOfN(2, replicas(3, 0.9), { beta: 0 }).availability, kOfN(2, replicas(3, 0.9)).availability, 'none', 1e-15)
    near(kOfN(2, replicas(3, 0.9), { beta: 1 }).availability, 0.9, 'all', 1e-15)
  })

  it('appears in the cut sets and in the importances', () => {
    const pool = kOfN(1, replicas(2, component('db', 0.99)), { beta: 0.05 })

    expect(cutSets(pool)).toEqual([['common cause of db/1, db/2'], ['db/1', 'db/2']])
    expect(importance(pool)[0]?.component).toBe('common cause of db/1, db/2')
    expect(cutSets(kOfN(1, replicas(2, 0.9), { beta: 0.05 }))[0]).toEqual(['common cause'])
  })

  it('of unlike units uses the geometric mean', () => {
    const block = kOfN(1, [0.9, 0.999], { beta: 0.1 })

    near(block.unavailability, 1 - (1 - 0.1 * 0.01) * (1 - 0.09 * 0.0009), 'U', 1e-12)
    near(kOfN(1, [1, 0.9], { beta: 0.1 }).availability, 1, 'with a perfect one', 1e-15)
  })

  it('is unknown if a unit is', () => {
    expect(kOfN(1, [0.9, null], { beta: 0.1 }).availability).toBeNull()
  })

  it('needs single components that appear nowhere else', () => {
    expect(() => kOfN(1, [0.9, parallel(0.9)], { beta: 0.1 })).toThrow(
      'kOfN: parts must be single components where there is a beta, got a structure',
    )
    const db = component('db', 0.9)
    expect(() => series(kOfN(1, [db, 0.9], { beta: 0.1 }), db)).toThrow(
      'series: component "db" must have one availability',
    )
    expect(() => kOfN(1, [0.9], { beta: 1.5 })).toThrow('kOfN: beta must be a number from 0 to 1, got 1.5')
  })
})
