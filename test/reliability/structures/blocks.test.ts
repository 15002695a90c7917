import { type AvailabilityReport, availabilityTracker } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { repairable } from '../../../src/reliability/markov/repairable.ts'
import type { Block } from '../../../src/reliability/structures/block.ts'
import { component, kOfN, parallel, replicas, series, soft } from '../../../src/reliability/structures/blocks.ts'
import { cutSetBounds, cutSets, pathSets } from '../../../src/reliability/structures/cut-sets.ts'
import { importance } from '../../../src/reliability/structures/importance.ts'
import { near } from '../../support/near.ts'

describe('a part', () => {
  it('can be a number, a report, the result of a model, or a structure', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const db = tracker.component('db')
    db.up()
    await clock.advance('99m')
    db.down()
    await clock.advance('1m')
    db.up()
    const report: AvailabilityReport = tracker.report()

    near(series(0.9, report).availability, 0.9 * 0.99)
    near(series(0.9, repairable({ mtbf: '9h', mttr: '1h' })).availability, 0.81)
    near(series(0.9, parallel(0.9, 0.9)).availability, 0.9 * 0.99)
    near(series(0.5, { availability: 0.5 }).availability, 0.25)
  })

  it('is the same component as another report about it', () => {
    const db = { component: 'db', availability: 0.999 }
    const twice = parallel(series(0.99, db), series(0.99, { ...db }))

    near(twice.availability, 0.9989001, 'shared', 1e-13)
    expect(cutSets(twice)).toEqual([['db'], ['#1', '#3']])
  })

  it('keeps a given unavailability, which can have more digits', () => {
    const good = { availability: 1 - 1e-12, unavailability: 1e-12 }

    expect(parallel(good, good).unavailability).toBe(1e-24)
    expect(series(0.9999999).unavailability).toBe(1e-7)
  })

  it('makes the whole unknown if it is null', () => {
    const block = parallel(0.99, series(0.9, null))

    expect([block.availability, block.unavailability, block.method]).toEqual([null, null, 'exact'])
    expect(parallel({ availability: null }).availability).toBeNull()
    expect(cutSets(block)).toEqual([
      ['#1', '#2'],
      ['#1', '#3'],
    ])
    expect(
      importance(block).map(({ component: name, availability, birnbaum }) => [name, availability, birnbaum]),
    ).toEqual([
      ['#1', 0.99, null],
      ['#2', 0.9, null],
      ['#3', null, null],
    ])
  })

  it('has the type of its availability', () => {
    const report = { availability: null } as AvailabilityReport
    expectTypeOf(series(0.9, parallel(0.9, { availability: 0.9 }))).toEqualTypeOf<Block<number>>()
    expectTypeOf(kOfN(1, [0.9, null])).toEqualTypeOf<Block<number | null>>()
    expectTypeOf(series(null)).toEqualTypeOf<Block<null>>()
    expectTypeOf(parallel(report, 0.9)).toEqualTypeOf<Block<number | null>>()
    expectTypeOf(component('a', 0.9)).toEqualTypeOf<Block<number>>()
    expectTypeOf(replicas(2, soft(0.5))).toEqualTypeOf<readonly Block<number>[]>()
    expectTypeOf(kOfN(2, replicas(3, report)).availability).toEqualTypeOf<number | null>()
  })

  it.each([
    ['above 1', 1.1, '1.1'],
    ['below 0', -0.1, '-0.1'],
    ['no number', Number.NaN, 'NaN'],
    ['a percentage in words', '99 %', '"99 %"'],
    ['an empty record', {}, 'an object'],
    ['left out', undefined, 'undefined'],
  ])('is refused where it is %s', (_what, part, got) => {
    const message = `series: part 2 must be a number from 0 to 1, null, a report or a structure, got ${got}`
    expect(() => series(0.9, part as number)).toThrow(message)
  })

  it('is refused if its measurement is invalid', () => {
    expect(() => parallel({ availability: 2 })).toThrow(
      'parallel: part 1 must be measured as a number from 0 to 1 or null',
    )
    expect(() => parallel({ availability: 0.9, unavailability: 0.2 })).toThrow(
      'an unavailability of 1 - availability, not 0.2',
    )
    expect(() => parallel({ availability: 0.9, unavailability: 2 })).toThrow(
      'an unavailability of 1 - availability, not 2',
    )
  })
})

describe('a component', () => {
  it('is the same wherever its name appears: two replicas on one database are not two systems', () => {
    const db = component('db', 0.999)
    const exact = parallel(series(0.99, db), series(0.99, db))
    const naive = parallel(series(0.99, 0.999), series(0.99, 0.999))

    near(exact.availability, 0.9989001, 'exact', 1e-13)
    near(naive.availability, 0.9998792, 'naive', 1e-7)
    expect(pathSets(exact)).toEqual([
      ['#1', 'db'],
      ['db', '#3'],
    ])
  })

  it('without a name is the same wherever the same object appears', () => {
    const web = parallel(0.9, 0.9)

    near(series(web, web).availability, 0.99)
    near(series(web, parallel(0.9, 0.9)).availability, 0.99 ** 2)
  })

  it('has one availability', () => {
    expect(() => series(component('db', 0.9), parallel(component('db', 0.99), 0.5))).toThrow(
      'series: component "db" must have one availability, got 0.9 and 0.99',
    )
    expect(() => series(component('db', 0.9), component('db', null))).toThrow('got 0.9 and null')
  })

  it('has a name, and is not a structure', () => {
    expect(() => component('', 0.9)).toThrow('component: name must be a non-empty string, got ""')
    expect(() => component('a', parallel(0.9))).toThrow(
      'component: part must be a number from 0 to 1, null or a report',
    )
    expect(() => component('a', 7)).toThrow('component: part must be a number from 0 to 1')
  })

  it('is unknown with only a name', () => {
    expect(component('a').availability).toBe(null)
    expectTypeOf(component('a')).toEqualTypeOf<Block<null>>()
    expect(cutSets(series(component('a'), component('b')))).toEqual([['a'], ['b']])
  })
})

describe('k of n', () => {
  it('needs at most as many as there are parts', () => {
    expect(() => kOfN(0, [0.9])).toThrow('kOfN: needed must be an integer from 1 to 1, got 0')
    expect(() => kOfN(3, [0.9, 0.9])).toThrow('kOfN: needed must be an integer from 1 to 2, got 3')
    expect(() => kOfN(1.5, [0.9, 0.9])).toThrow('kOfN: needed must be an integer from 1 to 2, got 1.5')
  })

  it('takes a list; series and parallel take at least one part', () => {
    expect(() => kOfN(1, 0.9 as unknown as number[])).toThrow('kOfN: parts must be a list of one or more, got 0.9')
    expect(() => kOfN(1, [])).toThrow('kOfN: parts must be a list of one or more, got none')
    expect(() => series()).toThrow('series: parts must be a list of one or more, got none')
    expect(() => parallel()).toThrow('parallel: parts must be a list of one or more, got none')
  })
})

describe('replicas', () => {
  it('have names of their own', () => {
    const store = replicas(2, component('store', 0.9))

    near(parallel(...store).availability, 0.99)
    expect(cutSets(parallel(...store))).toEqual([['store/1', 'store/2']])
    expect(cutSets(parallel(...replicas(2, { component: 'db', availability: 0.9 })))).toEqual([['db/1', 'db/2']])
  })

  it('of a structure have their own components, and share inside it what the original shared', () => {
    const disk = component('disk', 0.9)
    const node = parallel(series(0.9, disk), disk)

    near(node.availability, 0.9)
    near(parallel(...replicas(2, node)).availability, 0.99)
    near(kOfN(2, replicas(3, node)).availability, kOfN(2, replicas(3, 0.9)).availability)
  })

  it('are at least one', () => {
    expect(() => replicas(0, 0.9)).toThrow('replicas: count must be an integer >= 1, got 0')
    expect(() => replicas(1, 'x' as unknown as number)).toThrow('replicas: part must be a number from 0 to 1')
  })
})

describe('a soft dependency', () => {
  it('costs what the requests that need it lose', () => {
    const [service, dependency, share] = [0.999, 0.9, 0.2]

    near(series(service, soft(dependency, share)).availability, service * (1 - share + share * dependency), 'A', 1e-14)
    near(series(service, soft(dependency)).availability, service)
    near(series(service, soft(dependency, 1)).availability, service * dependency)
  })

  it('takes nothing down, and can still be worth fixing', () => {
    const block = series(component('service', 0.999), soft(component('cache', 0.9), 0.2))

    expect(cutSets(block)).toEqual([['service']])
    expect(pathSets(block)).toEqual([['service']])
    expect(importance(block).map(({ component: name }) => name)).toEqual(['cache', 'service'])
    near(importance(block)[0]?.gain, 0.999 * 0.2 * 0.1)
  })

  it('has a share from 0 to 1', () => {
    expect(() => soft(0.9, 2)).toThrow('soft: share must be a number from 0 to 1, got 2')
    expect(() => soft('x' as unknown as number)).toThrow('soft: part must be a number from 0 to 1')
  })
})

describe('the sets', () => {
  it('have no bounds if a component is unknown', () => {
    expect(cutSetBounds(parallel(0.9, null))).toEqual({ availability: null, unavailability: null, rareEvent: null })
  })

  it('need a structure, and options within bounds', () => {
    expect(() => cutSets(0.9 as unknown as Block)).toThrow('cutSets: block must be a structure, got 0.9')
    expect(() => pathSets({} as Block)).toThrow('pathSets: block must be a structure, got an object')
    expect(() => cutSets(series(0.9), { largest: 0 })).toThrow('cutSets: largest must be an integer >= 1, got 0')
  })

  it('are refused if there are too many, except for the small ones', () => {
    const many = kOfN(15, replicas(30, 0.9))
    const block = series(many, component('gateway', 0.999))

    expect(() => cutSets(block)).toThrow(
      new RangeError('cutSets: there are too many cut sets; the small ones can be had, by largest'),
    )
    expect(cutSets(block, { largest: 2 })).toEqual([['gateway']])
  })
})
