import {
  bulkhead,
  type Call,
  circuitBreaker,
  fallback,
  type OpenEvent,
  type Policy,
  pipeline,
  policy,
  protect,
  type RetryEvent,
  retry,
  timeout,
} from 'holdfast'
import { describe, expectTypeOf, it } from 'vitest'

interface Item {
  readonly id: string
  readonly stale: boolean
}

declare const load: (id: string) => Promise<Item>

describe('what a pipeline gives', () => {
  it('is what the operation gives, awaited', () => {
    expectTypeOf(pipeline(retry(2), timeout('1s')).execute(() => load('a'))).toEqualTypeOf<Promise<Item>>()
    expectTypeOf(pipeline('named', retry(2)).execute(() => 1)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(pipeline({ name: 'named' }).execute(async () => true)).toEqualTypeOf<Promise<boolean>>()
  })

  it('has the value of every fallback beside it', () => {
    const one = pipeline(fallback({ value: null }), retry(2))
    const two = pipeline(fallback({ value: 'none' as const }), timeout('1s'), fallback({ value: () => 0 }))

    expectTypeOf(one.execute(() => load('a'))).toEqualTypeOf<Promise<Item | null>>()
    expectTypeOf(two.execute(() => load('a'))).toEqualTypeOf<Promise<Item | 'none' | number>>()
  })

  it('keeps the types of a nested pipeline', () => {
    const inner = pipeline('inner', fallback({ value: null }), retry<Item>())
    const outer = pipeline('outer', timeout('1s'), inner)

    expectTypeOf(outer.execute(() => load('a'))).toEqualTypeOf<Promise<Item | null>>()
    // @ts-expect-error the inner retry accepts items only
    outer.execute(() => 1)
  })

  it('must not lose the fallback', () => {
    const orNull = pipeline(fallback({ value: null }))

    // @ts-expect-error null is part of the result
    const wrong: Promise<Item> = orNull.execute(() => load('a'))
    expectTypeOf(wrong).resolves.toEqualTypeOf<Item>()
  })
})

describe('what a pipeline accepts', () => {
  it('is the meet of what its members accept', () => {
    const items = pipeline(
      retry<Item>({ when: (outcome) => outcome.ok && outcome.value.stale }),
      circuitBreaker<{ readonly id: string }>({ when: (outcome) => outcome.ok && outcome.value.id === '' }),
    )

    expectTypeOf(items.execute(() => load('a'))).toEqualTypeOf<Promise<Item>>()
    // @ts-expect-error has an id, but is no item
    items.execute(async () => ({ id: 'a' }))
    // @ts-expect-error is a number
    items.execute(async () => 1)
  })

  it('must be policies, after a name', () => {
    // @ts-expect-error a function is no policy
    pipeline(() => 1)
    // @ts-expect-error the name stands first
    pipeline(retry(), 'late')
    // @ts-expect-error not an option of a pipeline
    pipeline({ nome: 'x' }, retry())
  })
})

describe('what a pipeline gives to the operation', () => {
  it('is the call, and what its members add', () => {
    const traced = policy<unknown, never, { readonly trace: string }>('traced', (call, next) =>
      next(call.with({ trace: 'abc' })),
    )
    const both = pipeline(retry(), traced)

    both.execute((call) => {
      expectTypeOf(call).toExtend<Call>()
      expectTypeOf(call.trace).toEqualTypeOf<string>()
      expectTypeOf(call.signal).toEqualTypeOf<AbortSignal>()
    })
    pipeline(retry()).execute((call) => {
      // @ts-expect-error no member gives a trace
      call.trace
    })
  })

  it('must not be changed by the operation', () => {
    pipeline(retry()).execute((call) => {
      // @ts-expect-error readonly
      call.attempt = 2
    })
  })
})

describe('the events of a pipeline', () => {
  it('are those of its members, and its own', () => {
    const both = pipeline(retry(), circuitBreaker(), bulkhead(1))

    both.on('retry', (event) => expectTypeOf(event).toEqualTypeOf<RetryEvent>())
    both.on('open', (event) => expectTypeOf(event).toEqualTypeOf<OpenEvent>())
    both.on('call', ({ ok, attempts }) => expectTypeOf([ok, attempts]).toEqualTypeOf<(boolean | number)[]>())
    both.on('reject', ({ error }) => expectTypeOf(error.code).toExtend<string>())
    // @ts-expect-error no member has a timeout
    both.on('timeout', () => {})
  })
})

describe('wrap', () => {
  it('keeps parameters and this', () => {
    class Store {
      readonly #items = new Map<string, Item>()
      get = retry().wrap(function (this: Store, id: string, fresh?: boolean): Item | undefined {
        return fresh ? undefined : this.#items.get(id)
      })
    }
    const wrapped = retry().wrap((id: string, count: number) => [id, count] as const)

    expectTypeOf(wrapped).parameters.toEqualTypeOf<[id: string, count: number]>()
    expectTypeOf(wrapped).returns.toEqualTypeOf<Promise<readonly [string, number]>>()
    expectTypeOf(new Store().get('a', true)).toEqualTypeOf<Promise<Item | undefined>>()
    expectTypeOf<Store['get']>().thisParameter.toEqualTypeOf<Store>()
  })

  it('maps the arguments to options of the call', () => {
    const wrapped = fallback({ value: null }).wrap(load, (id) => ({ key: id, idempotent: false }))

    expectTypeOf(wrapped).toBeCallableWith('a')
    expectTypeOf(wrapped('a')).toEqualTypeOf<Promise<Item | null>>()
    // @ts-expect-error an id is a string
    wrapped(1)
    // @ts-expect-error not an option of a call
    retry().wrap(load, (id) => ({ kee: id }))
  })
})

describe('protect', () => {
  it('keeps the signature and lets predicates see the result', () => {
    const safely = protect(
      load,
      retry({ when: (outcome) => outcome.ok && outcome.value.stale }),
      circuitBreaker({ when: (outcome) => !outcome.ok || outcome.value.id === '' }),
    )

    expectTypeOf(safely).toEqualTypeOf<(this: unknown, id: string) => Promise<Item>>()
  })

  it('adds the value of a fallback', () => {
    expectTypeOf(protect(load, fallback({ value: null }), retry())('a')).toEqualTypeOf<Promise<Item | null>>()
  })

  it('must refuse a policy for another result', () => {
    // @ts-expect-error an item has no such field
    protect(load, retry({ when: (outcome) => outcome.ok && outcome.value.rotten }))
    // @ts-expect-error that policy accepts numbers only
    protect(load, retry<number>())
  })
})

describe('Policy', () => {
  it('is what functions over policies take', () => {
    const guard = (wanted: Policy): Policy => pipeline(wanted, timeout('1s'))

    expectTypeOf(guard).toBeCallableWith(retry())
    expectTypeOf(guard).toBeCallableWith(pipeline(bulkhead(1)))
  })
})
