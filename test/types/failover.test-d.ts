import {
  circuitBreaker,
  type EjectEvent,
  failoverPool,
  fallback,
  type OpenEvent,
  pipeline,
  retry,
  roundRobin,
  timeout,
} from 'holdfast'
import { describe, expectTypeOf, it } from 'vitest'

describe('the call of an operation in a pool', () => {
  it('has the target and the name of the member', () => {
    failoverPool(['http://a', 'http://b']).execute(({ target, member, signal }) => {
      expectTypeOf(target).toEqualTypeOf<string>()
      expectTypeOf(member).toEqualTypeOf<string>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
    })
    failoverPool([{ target: new URL('http://a'), weight: 2 }]).execute(({ target }) => {
      expectTypeOf(target).toEqualTypeOf<URL>()
    })
  })

  it('has them through a pipeline too', () => {
    const stock = pipeline('stock', retry(2), failoverPool([{ target: { port: 1 } }]), timeout('1s'))

    stock.execute(({ target, attempt }) => {
      expectTypeOf(target.port).toEqualTypeOf<number>()
      expectTypeOf(attempt).toEqualTypeOf<number>()
    })
    stock.execute(({ target }) => {
      // @ts-expect-error a target has a port only
      target.host
    })
  })

  it('is absent without a pool', () => {
    // @ts-expect-error no member of this pipeline is a pool
    pipeline(retry()).execute(({ target }) => target)
  })
})

describe('the guard of a pool', () => {
  it('adds its values and its events', () => {
    const guarded = failoverPool(['a'], { guard: () => pipeline(fallback({ value: null }), circuitBreaker()) })

    expectTypeOf(guarded.execute(async () => 1)).toEqualTypeOf<Promise<number | null>>()
    guarded.on('eject', (event) => expectTypeOf(event).toEqualTypeOf<EjectEvent>())
    guarded.on('open', (event) => expectTypeOf(event).toEqualTypeOf<OpenEvent>())
    // @ts-expect-error no guard has a timeout
    guarded.on('timeout', () => {})
  })

  it('must be a policy', () => {
    // @ts-expect-error a guard gives a policy
    failoverPool(['a'], { guard: () => 1 })
    // @ts-expect-error not an option
    failoverPool(['a'], { select: roundRobin() })
  })
})
