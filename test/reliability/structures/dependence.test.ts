import { describe, expect, it } from 'vitest'
import type { Block } from '../../../src/reliability/structures/block.ts'
import { component, parallel, series, soft } from '../../../src/reliability/structures/blocks.ts'
import { dependenceIndex } from '../../../src/reliability/structures/dependence.ts'
import { near } from '../../support/near.ts'

const pool = parallel(
  { component: 'a', availability: 0.99, failures: 4 },
  { component: 'b', availability: 0.99, failures: 7 },
)

describe('the dependence index', () => {
  it('is observed / predicted unavailability, with the failure counts', () => {
    const found = dependenceIndex(pool, { availability: 0.999, failures: 2 })

    near(found.index, 10, 'index', 1e-12)
    near(found.independent.unavailability, 1e-4, 'independent', 1e-12)
    expect(found.observed).toEqual({ availability: 0.999, unavailability: 0.001 })
    expect(found.failures).toEqual({ observed: 2, components: { a: 4, b: 7 } })
    expect(found.sentence).toBe(
      '99.90% was observed, 99.990% if failures were independent: 10 times the unavailability, from 2 failures.',
    )
    expect(dependenceIndex(pool, { availability: 0.999, failures: 1 }).sentence).toMatch(/, from 1 failure\.$/)
  })

  it('counts only components', () => {
    const found = dependenceIndex(series(component('a', 0.9), soft(component('cache', 0.9), 0.5)), 0.9)

    expect(found.failures).toEqual({ observed: null, components: { a: null, cache: null } })
    expect(found.index).toBeLessThan(1)
    expect(found.sentence).toMatch(/times the unavailability\.$/)
  })

  it('is null if independence predicts no failures, or something is unknown', () => {
    expect(dependenceIndex(series(1), 0.99)).toMatchObject({
      index: null,
      sentence: '99.0% was observed, 100% if failures were independent.',
    })
    const unknown = { index: null, sentence: 'Nothing can be said: an availability is not known.' }
    expect(dependenceIndex(series(null), 0.99)).toMatchObject({ ...unknown, independent: { availability: null } })
    expect(dependenceIndex(pool, null)).toMatchObject({ ...unknown, observed: { availability: null } })
  })

  it('takes a structure and a measurement', () => {
    expect(() => dependenceIndex({} as Block, 0.9)).toThrow('dependenceIndex: block must be a structure, got an object')
    expect(() => dependenceIndex(pool, 9)).toThrow('dependenceIndex: observed must be a number from 0 to 1')
  })
})
