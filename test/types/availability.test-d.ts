import {
  availabilityTracker,
  type ComponentState,
  circuitBreaker,
  component,
  exponential,
  failoverPool,
  type OutageEvent,
  pipeline,
  type RecoveryEndEvent,
  retry,
  series,
  soft,
} from 'holdfast'
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

  it('probes, recovers and knows systems made of components', () => {
    const availability = availabilityTracker({ random: () => 0.5 })
    availability.probe('db', ({ signal }) => signal.aborted || 'degraded', {
      fast: '1s',
      jitter: 0.2,
      recover: ({ component: name, attempt, since, signal, error }) => {
        expectTypeOf({ name, attempt, since, signal, error }).toEqualTypeOf<{
          name: string
          attempt: number
          since: number
          signal: AbortSignal
          error: unknown
        }>()
      },
    })
    availability.probe('db', () => true, {
      recover: { run: () => {}, policy: pipeline(retry()), backoff: exponential() },
    })
    // @ts-expect-error not an option
    availability.probe('db', () => true, { recover: { run: () => {}, retries: 1 } })
    availability.on('recoveryEnd', (event) => expectTypeOf(event).toEqualTypeOf<RecoveryEndEvent>())
    availability.on('recoveryGiveUp', ({ attempts }) => expectTypeOf(attempts).toBeNumber())
    availability.system('shop', series(component('db'), soft(component('cache'))), { maintenance: 'up' })
    // @ts-expect-error a ratio is no structure
    availability.system('shop', 0.99)
    expectTypeOf(availability.state('shop')).toEqualTypeOf<ComponentState>()
  })

  it('tells of outages', () => {
    availabilityTracker().on('outageStart', (outage) => expectTypeOf(outage).toEqualTypeOf<OutageEvent>())
    // @ts-expect-error no such event
    availabilityTracker().on('outage', () => {})
  })
})
