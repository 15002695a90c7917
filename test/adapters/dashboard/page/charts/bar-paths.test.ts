import { describe, expect, it } from 'vitest'
import { barPaths } from '../../../../../src/adapters/dashboard/page/charts/bar-paths.ts'
import type { BarSlice } from '../../../../../src/adapters/dashboard/wire/details.ts'

const slice = (times: Partial<Pick<BarSlice, 'up' | 'down' | 'degraded' | 'maintenance'>>): BarSlice => ({
  from: 0,
  to: 100,
  availability: 1,
  up: 0,
  degraded: 0,
  down: 0,
  maintenance: 0,
  failures: 0,
  ...times,
})

/** From where to where the column of a tone reaches, of the only slice. */
const reach = (given: BarSlice) =>
  Object.fromEntries(
    barPaths([given]).map(([tone, path]) => {
      const [, top, bottom] = /M\S+ (\S+?)h\S+?V(\S+?)h/.exec(path) ?? []
      return [tone, [Number(top), Number(bottom)]]
    }),
  )

describe('a bar', () => {
  it('is all good if nothing happened', () => {
    expect(reach(slice({ up: 100 }))).toEqual({ good: [0, 1] })
  })

  it('shows a short outage at the top, thick enough to be visible', () => {
    expect(reach(slice({ up: 99.9, down: 0.1 }))).toEqual({ bad: [0, 0.2], good: [0.2, 1] })
  })

  it('shows a long outage by its share', () => {
    expect(reach(slice({ up: 40, down: 60 }))).toEqual({ bad: [0, 0.6], good: [0.6, 1] })
  })

  it('puts the worst at the top, and all parts fit', () => {
    const all = reach(slice({ up: 1, down: 96, degraded: 2, maintenance: 1 }))

    expect(all).toEqual({ bad: [0, 0.96], weak: [0.96, 1], planned: [1, 1] })
  })

  it('is low if nothing is known', () => {
    expect(reach(slice({}))).toEqual({ none: [0.8, 1] })
  })

  it('is one path per tone, for any number of slices', () => {
    const many = Array.from({ length: 90 }, (_, index) => slice(index % 2 === 0 ? { up: 1 } : { down: 1 }))
    const paths = barPaths(many)

    expect(paths.map(([tone]) => tone)).toEqual(['good', 'bad'])
    expect(paths[0]?.[1].match(/M/g)).toHaveLength(45)
  })
})
