import { availabilityTracker, circuitBreaker, failoverPool, type OutageEvent, pipeline, retry } from 'holdfast'
import { describe, expectTypeOf, it } from 'vitest'

describe('the tracker', () => {
  it('watches any policy', () => {
    const availability = availabilityTracker()

    availability.watch(circuitBreaker())
    availability.watch(pipeline('stock', retry<string>(), failoverPool(['a'])), { component: 'stock' })
    // @ts-expect-error a function is no policy
    availability.watch(() => 1)
    // @ts-expect-error not an option
    availability.watch(retry(), { name: 'stock' })
  })

  it('reports null where there is no data, never a number in its place', () => {
    const { availability, mtbf, mttr, requests } = availabilityTracker().report({ window: '24h' })

    expectTypeOf(availability).toEqualTypeOf<number | null>()
    expectTypeOf(mtbf).toEqualTypeOf<number | null>()
    expectTypeOf(mttr.recovery).toEqualTypeOf<number | null>()
    expectTypeOf(requests.savedBy).toExtend<Readonly<Record<string, number>>>()
    // @ts-expect-error may be null
    const wrong: number = mtbf
    expectTypeOf(wrong).toBeNumber()
  })

  it('tells of outages', () => {
    availabilityTracker().on('outageStart', (outage) => expectTypeOf(outage).toEqualTypeOf<OutageEvent>())
    // @ts-expect-error no such event
    availabilityTracker().on('outage', () => {})
  })
})
