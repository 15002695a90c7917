import { fleetReport, mergeTimelines, type ObservedTimeline } from 'holdfast/fleet'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

/** `count` observers with `length` transitions each, up and down in turn. */
function many(count: number, length: number): readonly ObservedTimeline[] {
  const random = seededRandom(1)
  return Array.from({ length: count }, (_, index) => {
    const steps = Array.from({ length }, () => 1 + Math.floor(1000 * random()))
    return {
      format: 'holdfast.timeline',
      version: 1,
      component: 'stock',
      observer: `web-${index}`,
      from: 0,
      to: 2_000_000,
      steps,
      states: '02'.repeat(length / 2),
      requests: null,
    }
  })
}

function fastest(work: () => unknown): number {
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now()
    work()
    return performance.now() - start
  })
  return Math.min(...times)
}

describe('a hundred timelines of two thousand transitions', () => {
  const list = many(100, 2000)

  it('keep every transition of the merged state', () => {
    const { states } = mergeTimelines(list, { mode: { quorum: 50 } })
    const { atLeast, service } = fleetReport(list, { mode: { quorum: 50 }, window: { from: 10_000, to: 900_000 } })

    expect(states.length).toBeGreaterThan(10_000)
    expect(mergeTimelines(list.slice(0, 20), { mode: { quorum: 10 } }).states.length).toBeGreaterThan(5000)
    expect(atLeast[49]).toBe(service.availability)
    expect(atLeast[0]).toBe(1)
  })

  it('merge in a small multiple of the time it takes to sort their instants', () => {
    const instants = Float64Array.from(
      list.flatMap(({ steps }) => {
        let time = 0
        return steps.map((gap) => {
          time += gap
          return time
        })
      }),
    )

    const sorting = fastest(() => [...instants].sort((one, other) => one - other))
    const merging = fastest(() => mergeTimelines(list, { mode: 'majority' }))
    expect(merging / sorting).toBeLessThan(10)
  })
})
