import { describe, expect, it } from 'vitest'
import type { Block } from '../../../src/reliability/structures/block.ts'
import { component, kOfN, parallel, replicas, series, soft } from '../../../src/reliability/structures/blocks.ts'
import { network } from '../../../src/reliability/structures/network.ts'
import { whatIf } from '../../../src/reliability/structures/what-if.ts'
import { near } from '../../support/near.ts'

const stores = kOfN(1, replicas(2, component('store', 0.92)))

describe('one more replica', () => {
  it('joins the units of its gate', () => {
    const found = whatIf(stores, { component: 'store/1', replicas: 1 })

    near(found.before.unavailability, 0.08 ** 2, 'before', 1e-13)
    near(found.after.unavailability, 0.08 ** 3, 'after', 1e-13)
    expect(found.withBeta).toBeNull()
    expect(found.method).toBe('exact')
    expect(found.sentence).toBe(
      'One more replica of store/1 would have made 99.36% into 99.948%, if failures were independent.',
    )
    expect(found.assumptions).toEqual([
      'components fail independently of each other',
      'everything else stays as it was',
      'a new replica is as good as the one it is like, and takes over at once',
      'every unit is repaired by itself, without waiting for another',
    ])
  })

  it('shows the smaller gain if units fail together', () => {
    const found = whatIf(stores, { component: 'store/1', replicas: 1, beta: 0.1 })
    const beta = (units: number): number => kOfN(1, replicas(units, 0.92), { beta: 0.1 }).unavailability

    near(found.withBeta?.before.unavailability, beta(2), 'before', 1e-12)
    near(found.withBeta?.after.unavailability, beta(3), 'after', 1e-12)
    expect(found.sentence).toBe(
      'One more replica of store/1 would have made 99.36% into 99.948%, if failures were independent; with a beta of 0.1, 98.6% into 99.16%.',
    )
    expect(found.assumptions).toContain('with beta: 0.1 of the unavailability of the units is common to them')
  })

  it('leaves the number of needed units as it was', () => {
    const found = whatIf(kOfN(2, replicas(3, component('db', 0.99))), { component: 'db/2', replicas: 2 })

    near(found.after.unavailability, kOfN(2, replicas(5, 0.99)).unavailability, 'after', 1e-13)
    expect(found.sentence).toMatch(/^2 more replicas of db\/2 would have made 99\.970% into /)
  })

  it('makes a pair of a single component', () => {
    const service = series(component('gateway', 0.999), component('orders', 0.99))
    const found = whatIf(service, { component: 'orders', replicas: 1, beta: 0.1 })

    near(found.after.availability, 0.999 * 0.9999, 'after', 1e-14)
    near(found.withBeta?.before.availability, found.before.availability as number, 'alone', 1e-14)
    near(
      found.withBeta?.after.availability,
      0.999 * kOfN(1, replicas(2, 0.99), { beta: 0.1 }).availability,
      'beta',
      1e-14,
    )
    near(whatIf(component('db', 0.9), { component: 'db', replicas: 1 }).after.availability, 0.99)
    near(whatIf(series(0.9), { component: '#1', replicas: 1 }).after.availability, 0.99)
  })

  it('is added wherever its component appears', () => {
    const db = component('db', 0.99)
    const found = whatIf(parallel(series(0.9, db), series(0.8, db)), { component: 'db', replicas: 1 })

    near(found.after.availability, 0.9999 * (1 - 0.1 * 0.2), 'after', 1e-13)
  })

  it('joins the units, and not the structures next to them', () => {
    const block = parallel(component('a', 0.9), series(component('b', 0.9), component('a', 0.9)))
    near(whatIf(block, { component: 'a', replicas: 1 }).after.availability, 0.99, 'after', 1e-14)

    const mixed = parallel(component('a', 0.9), series(0.9, 0.9))
    const found = whatIf(mixed, { component: 'a', replicas: 1, beta: 0.1 })
    near(found.after.unavailability, 0.01 * 0.19, 'after', 1e-13)
    expect(found.withBeta).toEqual({
      beta: 0.1,
      before: { availability: null, unavailability: null },
      after: { availability: null, unavailability: null },
    })
    expect(found.sentence).toMatch(/; what a beta of 0\.1 would do cannot be said\.$/)
  })
})

describe('better times', () => {
  const db = { component: 'db', availability: 0.98, mttd: 300_000, mttr: { recovery: 1_200_000 } }

  it('scale the odds: half the MTTR, or twice the MTBF', () => {
    const half = whatIf(series(db), { component: 'db', times: { mttr: 0.5 } })
    const twice = whatIf(series(db), { component: 'db', times: { mtbf: 2 } })

    near(half.after.availability, 98 / 99, 'half', 1e-14)
    near(twice.after.unavailability, 1 / 99, 'twice', 1e-14)
    expect(half.sentence).toBe('MTTR × 0.5 of db would have made 98.0% into 98.9%, if failures were independent.')
    expect(half.assumptions).toContain('availability is MTBF / (MTBF + MTTR)')
  })

  it('of detection need the share of detection in the recovery', () => {
    const found = whatIf(series(db), { component: 'db', times: { mttd: 0.2 } })

    // 5 of 20 minutes are detection; 1 is left of them.
    near(found.after.unavailability, (0.02 * 0.8) / (0.98 + 0.02 * 0.8), 'after', 1e-13)
    expect(found.assumptions).toContain('the MTTD is a part of the MTTR, and the rest of it stays')
    near(
      whatIf(series({ ...db, mttr: 1_200_000 }), { component: 'db', times: { mttd: 0.2 } }).after.unavailability,
      found.after.unavailability as number,
    )
    for (const wrong of [
      { mttd: null },
      { mttr: null },
      { mttd: 2_000_000 },
      { mttr: 0 },
      { mttr: { recovery: null } },
    ]) {
      const nothing = whatIf(series({ ...db, ...wrong }), { component: 'db', times: { mttd: 0.2 } })
      expect(nothing.after).toEqual({ availability: null, unavailability: null })
      expect(nothing.before.availability).toBe(0.98)
      expect(nothing.sentence).toBe('Nothing can be said: which part of the MTTR of db is detection is not known.')
    }
  })

  it('can be combined with replicas, which get them too', () => {
    const found = whatIf(series(db), { component: 'db', replicas: 1, times: { mttr: 0.5, mttd: 1 } })

    near(found.after.unavailability, (1 / 99) ** 2, 'after', 1e-12)
    expect(found.sentence).toMatch(
      /^One more replica and MTTR × 0\.5 and MTTD × 1 of db would have made 98\.0% into 99\.98/,
    )
  })
})

describe('an unknown result', () => {
  it('is null if the input is null', () => {
    const block = series(component('db', null), component('cache', null), 0.9)
    const found = whatIf(block, { component: 'db', replicas: 1, beta: 0.1 })
    const nothing = { availability: null, unavailability: null }

    expect([found.before, found.after, found.withBeta]).toEqual([
      nothing,
      nothing,
      { beta: 0.1, before: nothing, after: nothing },
    ])
    expect(found.sentence).toBe('Nothing can be said: the availability of db, cache is not known.')
  })

  it('differs from a bound, which says that it is one', () => {
    const shared = Array.from({ length: 60 }, (_, index) => component(`s${index}`, 0.999))
    const at = (index: number): Block<number> => shared[index % shared.length] as Block<number>
    const rows = Array.from({ length: 120 }, (_, index) =>
      parallel(at(index * 7), at(index * 11 + 3), at(index * 13 + 5)),
    )
    const found = whatIf(series(...rows), { component: 's1', times: { mttr: 0.5 } })

    expect(found.method).toBe('bound')
    expect(found.sentence).toMatch(/^MTTR × 0\.5 of s1 would have made at least 99\.99\d+% into at least 99\.99\d+%/)
    expect(found.assumptions.at(-1)).toMatch(/^availabilities are lower bounds/)
    expect(found.after.availability as number).toBeGreaterThan(found.before.availability as number)
  })

  it.each([
    [{}, 'whatIf: component must be one of gw, #2, got undefined'],
    [{ component: 'gone', replicas: 1 }, 'whatIf: component must be one of gw, #2, got "gone"'],
    [{ component: '#3', replicas: 1 }, 'whatIf: component must be one of gw, #2, got "#3"'],
    [{ component: 'gw' }, 'whatIf: change must have replicas or times, got neither'],
    [{ component: 'gw', times: {} }, 'whatIf: change must have replicas or times, got neither'],
    [{ component: 'gw', replicas: 0 }, 'whatIf: replicas must be an integer >= 1, got 0'],
    [{ component: 'gw', times: { mttr: 0 } }, 'whatIf: mttr must be a finite number > 0, got 0'],
    [{ component: 'gw', times: { mttx: 1 } }, 'whatIf: "mttx" is not an option, did you mean mttr?'],
    [{ component: 'gw', times: 1 }, 'whatIf: options must be an object, got 1'],
    [{ component: 'gw', replicas: 1, beta: 2 }, 'whatIf: beta must be a number from 0 to 1, got 2'],
  ])('refuses %j', (change, message) => {
    const block = series(component('gw', 0.9), soft(0.9, 0.5))
    expect(() => whatIf(block, change as { component: string })).toThrow(message)
  })

  it('needs a structure, such as a network', () => {
    expect(() => whatIf(0.9 as unknown as Block, { component: 'a' })).toThrow(
      'whatIf: block must be a structure, got 0.9',
    )
    const graph = network({ source: 's', sink: 't', edges: [{ from: 's', to: 't', part: 0.9 }] })
    near(whatIf(graph, { component: 's-t', replicas: 1 }).after.availability, 0.99)
  })
})
