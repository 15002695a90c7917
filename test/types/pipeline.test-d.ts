import {
  bulkhead,
  type Call,
  circuitBreaker,
  failoverPool,
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

describe('policy', () => {
  it('adds what its function gives in place of the value', () => {
    const cached = policy('cached', async (_call, next) => (await next()) ?? 'none')
    expectTypeOf(cached.execute(() => 5)).toEqualTypeOf<Promise<number | 'none'>>()
    const nulling = policy('nulling', async (call, next) => {
      if (call.priority < 0) return null
      return await next(call)
    })
    expectTypeOf(pipeline(nulling, retry()).execute(() => 5)).toEqualTypeOf<Promise<number | null>>()
    const fixed = policy('fixed', () => 5 as const)
    expectTypeOf(fixed.execute(() => 'a')).toEqualTypeOf<Promise<string | 5>>()
    const either = policy('either', async (_call, next) => (await next()) || false)
    expectTypeOf(either.execute(() => 'a')).toEqualTypeOf<Promise<string | false>>()
  })

  it('adds nothing where it hands on what is inside', () => {
    const plain = policy('plain', (call, next) => next(call))
    expectTypeOf(plain.execute(() => 5)).toEqualTypeOf<Promise<number>>()
    const again = policy('again', (_call, next) => next().catch(() => next()))
    expectTypeOf(again.execute(() => 'a')).toEqualTypeOf<Promise<string>>()
    const race = policy('race', async (_call, next) => await Promise.race([next(), next()]))
    expectTypeOf(race.execute(() => 'a')).toEqualTypeOf<Promise<string>>()
    const looking = policy('looking', async (_call, next) => {
      const value: unknown = await next()
      return typeof value === 'string' ? value : value
    })
    expectTypeOf(looking.execute(() => 5)).toEqualTypeOf<Promise<number>>()
    const throwing = policy('throwing', () => {
      throw new Error('never')
    })
    expectTypeOf(throwing.execute(() => 5)).toEqualTypeOf<Promise<number>>()
  })

  it('adds what is named, where types are named', () => {
    const named = policy<number, 'none'>('named', async (_call, next) => (await next()) ?? 'none')
    expectTypeOf(named.execute(() => Number('5'))).toEqualTypeOf<Promise<number | 'none'>>()
  })
})

describe('withCall', () => {
  it('takes the call away from the parameters, and keeps `this`, the result and the options', () => {
    const get = retry().withCall(async (call, id: string, count?: number) => {
      expectTypeOf(call.signal).toEqualTypeOf<AbortSignal>()
      return { id, count }
    })
    expectTypeOf(get('a', 1)).toEqualTypeOf<Promise<{ id: string; count: number | undefined }>>()
    expectTypeOf(get).parameters.toEqualTypeOf<[id: string, count?: number]>()
    const orNull = fallback({ value: null }).withCall(
      (_call, id: string) => id.length,
      (id) => ({ key: id }),
    )
    expectTypeOf(orNull('a')).toEqualTypeOf<Promise<number | null>>()
    const store = {
      base: 1,
      add: timeout('1s').withCall(function (this: { base: number }, call, by: number) {
        return this.base + by + call.attempt
      }),
    }
    expectTypeOf(store.add(2)).toEqualTypeOf<Promise<number>>()
    // @ts-expect-error an id is a string
    get(5)
    retry().withCall(
      (_call, id: string) => id,
      // @ts-expect-error not an option of a call
      (id) => ({ kee: id }),
    )
  })

  it('gives what the policy gives: the target of a pool', () => {
    const read = pipeline(retry(), failoverPool(['a', 'b'])).withCall(({ target, member }, id: string) => {
      expectTypeOf(target).toEqualTypeOf<string>()
      expectTypeOf(member).toEqualTypeOf<string>()
      return id
    })
    expectTypeOf(read('a')).toEqualTypeOf<Promise<string>>()
  })
})
