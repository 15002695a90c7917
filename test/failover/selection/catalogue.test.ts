import * as failover from 'holdfast/failover'
import { expect, it } from 'vitest'
import { catalogueOf } from '../../../bench/selections/catalogue.mjs'

/** What the room exports beside selections. */
const others = ['failoverPool', 'ketama', 'maglev', 'rendezvous', 'polled', 'readLoadReport']

it('has every selection, so that simulations, models, faults and benchmarks cover each', () => {
  const tried = new Set(catalogueOf(failover).map(({ name }) => name.replace(/\(.*/, '')))
  const exported = Object.entries(failover).filter(([, value]) => typeof value === 'function')

  expect([...tried].sort()).toEqual(
    exported
      .map(([name]) => name)
      .filter((name) => !others.includes(name))
      .sort(),
  )
})

it('gives each a unique id', () => {
  const ids = catalogueOf(failover).map(({ id }) => id)

  expect(new Set(ids).size).toBe(ids.length)
})
