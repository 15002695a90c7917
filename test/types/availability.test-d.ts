import {
  availabilityTracker,
  type BurnEvent,
  type BurnTier,
  burnTiers,
  type ComponentState,
  circuitBreaker,
  component,
  exponential,
  failoverPool,
  type Objective,
  type OutageEvent,
  pipeline,
  type RecoveryEndEvent,
  retry,
  series,
  soft,
  type TierReport,
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

  it('reports null without data, never a number', () => {
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

  it('emits outages', () => {
    availabilityTracker().on('outageStart', (outage) => expectTypeOf(outage).toEqualTypeOf<OutageEvent>())
    // @ts-expect-error no such event
    availabilityTracker().on('outage', () => {})
  })
})

describe('an objective', () => {
  const tracker = availabilityTracker()

  it('has an indicator of one kind, with the fields of that kind', () => {
    const common = { name: 'a', target: 0.99, period: '30d' } as const
    tracker.objective({ ...common, indicator: { kind: 'time', component: 'db' } })
    tracker.objective({ ...common, indicator: { kind: 'requests', policy: retry() }, budget: { expected: 1000 } })
    tracker.objective({ ...common, period: { calendar: 'month' }, indicator: { kind: 'slices', sliceTarget: 0.95 } })
    // @ts-expect-error time has a component
    tracker.objective({ ...common, indicator: { kind: 'time' } })
    // @ts-expect-error slices have a target
    tracker.objective({ ...common, indicator: { kind: 'slices' } })
    // @ts-expect-error no such stretch
    tracker.objective({ ...common, period: { calendar: 'fortnight' }, indicator: { kind: 'requests' } })
  })

  it('reports null without data', () => {
    const objective = {} as Objective
    type Report = ReturnType<typeof objective.report>

    expectTypeOf<Report['sli']>().toEqualTypeOf<number | null>()
    expectTypeOf<Report['errorBudget']['remaining']>().toEqualTypeOf<number | null>()
    expectTypeOf<Report['exhaustionIn']>().toEqualTypeOf<number | null>()
    expectTypeOf<Report['tiers']>().toEqualTypeOf<readonly TierReport[]>()
  })

  it('emits burn rates', () => {
    tracker.on('burn', (event) => {
      expectTypeOf(event).toEqualTypeOf<BurnEvent>()
      expectTypeOf(event.state).toEqualTypeOf<'start' | 'end'>()
    })
    expectTypeOf(burnTiers('30d', 0.99).leftOut).toEqualTypeOf<readonly BurnTier[]>()
    // @ts-expect-error a tier has a long window
    burnTiers('30d', 0.99, { tiers: [{ name: 'a', factor: 2 }] })
  })
})
