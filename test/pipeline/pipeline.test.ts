import {
  type Backoff,
  bulkhead,
  circuitBreaker,
  delays,
  exponential,
  fallback,
  pipeline,
  policy,
  protect,
  retry,
  timeout,
} from 'holdfast'
import { failoverPool } from 'holdfast/failover'
import { recorder, scripted, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const down = new Error('down')
const fail = () => Promise.reject(down)
const traced = (name: string, into: string[]) =>
  policy(name, async (_call, next) => {
    into.push(`>${name}`)
    const value = await next()
    into.push(`<${name}`)
    return value
  })

describe('pipeline', () => {
  it('is outermost first, and a policy itself', async () => {
    const order: string[] = []
    const all = pipeline('all', traced('a', order), pipeline('inner', traced('b', order), traced('c', order)))
    expect(await all.execute(() => 'value')).toBe('value')
    expect(order).toEqual(['>a', '>b', '>c', '<c', '<b', '<a'])
    expect([all.name, all.kind]).toEqual(['all', 'pipeline'])
  })

  it('runs the operation as it is where it has no policies', async () => {
    const none = pipeline()
    expect([none.name, await none.execute(() => 5)]).toEqual(['pipeline', 5])
    expect(await ended(none.execute(fail))).toEqual({ ok: false, error: down })
  })

  it('starts the operation before execute returns, through every policy', () => {
    let ran = 0
    const all = pipeline(
      fallback({ value: 0 }),
      timeout('1s'),
      retry(1),
      bulkhead({ limit: 1, queue: 1 }),
      circuitBreaker(),
      policy('mine', (_call, next) => next()),
    )
    void all.execute(() => ran++)
    expect(ran).toBe(1)
  })

  it('gives its clock and random to members without, and their own stay', async () => {
    const [clock, own] = [virtualClock(), virtualClock()]
    const theirs = timeout({ after: 10, clock: own })
    const inner = retry({ retries: 1 })
    const all = pipeline({ clock, random: seededRandom(3), name: 'all' }, theirs, pipeline('nested', inner))
    void ended(all.execute(() => new Promise(() => {})))
    expect([clock.pending, own.pending]).toEqual([0, 1])
    await own.advance(10)
    const drawn = recorder(inner)
    void ended(inner.execute(fail))
    await clock.advance(0)
    expect(drawn.of('retry')).toMatchObject([{ delay: 100 * seededRandom(3)(), time: 0 }])
    expect(clock.pending).toBe(1)
  })

  it('refuses a member that has taken another clock, and changes no other then', async () => {
    const [one, two] = [virtualClock(), virtualClock()]
    const member = timeout(10)
    const fresh = timeout({ after: 10, name: 'fresh' })
    pipeline({ clock: one }, member)
    expect(() => pipeline({ clock: two }, fresh, pipeline('nested', member))).toThrow(
      'timeout: "timeout" already has another clock',
    )
    pipeline({ clock: one }, fresh, member)
    const used = retry({ retries: 0 })
    await used.execute(() => 1)
    used.on('call', () => {})
    await used.execute(() => 1)
    expect(() => pipeline({ clock: one }, used)).toThrow('retry: "retry" already has another clock')
  })

  it('passes on the events of its policies while it has a listener', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, name: 'db' })
    const all = pipeline({ clock, name: 'outer' }, pipeline('nested', guarded))
    const heard: unknown[] = []
    const listener = (event: { policy: string; kind: string }): void => void heard.push([event.policy, event.kind])
    all.on('open', listener)
    await ended(all.execute(fail))
    expect(heard).toEqual([['db', 'circuitBreaker']])
    all.off('open', listener)
    guarded.reset()
    await ended(all.execute(fail))
    expect(heard.length).toBe(1)
    all.on('open', listener)
    all.on('open', () => {})
    guarded.reset()
    await ended(guarded.execute(fail))
    expect(heard.length).toBe(2)
  })

  it('passes on an event once if its policy is in the pipeline twice', async () => {
    const guarded = circuitBreaker({ consecutiveFailures: 1 })
    const twice = pipeline(guarded, retry(0), guarded)
    let opened = 0
    twice.on('open', () => opened++)
    await ended(twice.execute(fail))
    expect(opened).toBe(1)
  })

  it('emits `call` for its own calls only', async () => {
    const inner = pipeline('inner', retry(0))
    const outer = pipeline('outer', inner)
    const calls: string[] = []
    inner.on('call', ({ policy }) => calls.push(policy))
    outer.on('call', ({ policy }) => calls.push(policy))
    await outer.execute(() => 1)
    await inner.execute(() => 1)
    expect(calls).toEqual(['outer', 'inner'])
  })

  it('emits faults of its policies and of its own listeners', async () => {
    const all = pipeline('all', retry({ retries: 0, when: () => 5 as never }))
    const { of } = recorder(all)
    all.on('call', () => {
      throw down
    })
    await all.execute(() => 1)
    expect(of('fault').map(({ policy, source }) => [policy, source])).toEqual([
      ['retry', 'when'],
      ['all', 'listener:call'],
    ])
  })

  it('accepts that a listener is removed twice, and subscribes to nothing then', async () => {
    const guarded = circuitBreaker({ consecutiveFailures: 1 })
    const all = pipeline(guarded)
    let heard = 0
    all
      .on('open', () => heard++)
      .off('open')
      .off('open')
    await ended(all.execute(fail))
    expect(heard).toBe(0)
  })

  it('can be stopped listening to', async () => {
    const again = retry(0)
    const record = recorder(pipeline(again))
    record.stop()
    await ended(again.execute(fail))
    expect(record.events).toEqual([])
  })

  it('labels its events by the clock of a member where it has none', async () => {
    const clock = virtualClock({ wall: 77 })
    const all = pipeline(retry({ retries: 0, clock }))
    const { of } = recorder(all)
    await all.execute(() => 1)
    expect(of('call')).toMatchObject([{ at: 77, time: 0 }])
  })
})

describe('explain', () => {
  it('gives the resolved options, outermost first, as data and text', () => {
    const all = pipeline(
      'stock',
      timeout('3s'),
      pipeline('nested', retry({ retries: 1, backoff: delays([1, 2]) })),
      bulkhead({ limit: 2, name: 'few' }),
      circuitBreaker({ window: { calls: 5 }, failureRate: 0.5 }),
      policy('mine', (_call, next) => next()),
    )
    const explained = all.explain()
    expect(explained.policies.map(({ kind, name }) => [kind, name])).toEqual([
      ['timeout', 'timeout'],
      ['retry', 'retry'],
      ['bulkhead', 'few'],
      ['circuitBreaker', 'circuitBreaker'],
      ['policy', 'mine'],
    ])
    expect(explained.policies[0]?.options).toEqual({ after: 3000 })
    expect(String(explained)).toBe(explained.text)
    expect(explained.text).toMatchInlineSnapshot(`
      "stock
        1. timeout: after 3000
        2. retry: retries 1; backoff delays(list 1 2); maxRetryAfter 60000
        3. bulkhead "few": limit 2; queue 0
        4. circuitBreaker: failureRate 0.5; window { calls 5 }; minimumCalls 5; openFor constant(delay 30000); probes 1
        5. policy "mine"
      worst case: 3000 ms, no bound on attempts
      ! retry-without-budget: 2. retry
          in an outage all calls are repeated, which multiplies the load
          give it budget: true"
    `)
  })

  it('names the members of a pool', () => {
    const text = pipeline(failoverPool(['http://a', 'http://b'])).explain().text
    expect(text).toMatch(/members http:\/\/a, http:\/\/b$/m)
  })

  it('names the first ten members of a large pool in its text, and all as data', () => {
    const members = Array.from({ length: 1000 }, (_, i) => `m${i}`)
    const { text, policies } = pipeline(failoverPool(members)).explain()
    expect(text).toMatch(/members m0, m1, m2, m3, m4, m5, m6, m7, m8, m9 and 990 more$/m)
    expect(policies[0]?.members).toEqual(members)
  })

  it('shows functions and odd values safely', () => {
    const odd: Backoff = { kind: 'constant', options: { list: [1], at: () => 1 }, delay: () => 1 }
    const text = pipeline(
      fallback({ value: () => 1 }),
      fallback({ value: [1, 2], name: 'list' }),
      fallback({ value: new Map(), name: 'map' }),
      retry({ backoff: odd, when: () => true }),
      retry({ backoff: exponential() }),
    ).explain().text
    expect(text).toContain('1. fallback: value a function')
    expect(text).toContain('value an array')
    expect(text).toContain('value an object')
    expect(text).toContain('backoff constant(list 1, at a function); when a function')
  })
})

describe('wrap and protect', () => {
  it('keep parameters, `this` and the name', async () => {
    const store = {
      base: 10,
      add: pipeline(retry(0)).wrap(function add(this: { base: number }, a: number, b: number) {
        return this.base + a + b
      }),
    }
    expect(await store.add(1, 2)).toBe(13)
    expect(store.add.name).toBe('add')
    const load = async (id: string) => ({ id })
    expect(await protect(load, retry(1))('a')).toEqual({ id: 'a' })
    expect(protect(load).name).toBe('load')
    expect(await protect(() => 1)()).toBe(1)
  })

  it('take the options of a call from its arguments', async () => {
    const seen: unknown[] = []
    const keyed = policy('keyed', (call, next) => {
      seen.push(call.key)
      return next()
    })
    const get = keyed.wrap(
      (id: string) => id,
      (id) => ({ key: id }),
    )
    expect(await get('a')).toBe('a')
    const bare = keyed.wrap(
      (id: string) => id,
      () => undefined,
    )
    await bare('b')
    expect(seen).toEqual(['a', undefined])
    const throwing = keyed.wrap(
      (id: string) => id,
      () => {
        throw down
      },
    )
    expect(await ended(throwing('c'))).toEqual({ ok: false, error: down })
  })

  it('reject where the function throws', async () => {
    const wrapped = retry(0).wrap(() => {
      throw down
    })
    expect(await ended(wrapped())).toEqual({ ok: false, error: down })
  })
})

describe('withCall', () => {
  it('gives the call first, and keeps parameters, `this` and the name', async () => {
    const store = {
      base: 10,
      add: pipeline(retry(0)).withCall(function add(this: { base: number }, call, a: number, b: number) {
        return [this.base + a + b, call.attempt, call.signal instanceof AbortSignal]
      }),
    }
    expect(await store.add(1, 2)).toEqual([13, 1, true])
    expect(store.add.name).toBe('add')
  })

  it('passes a signal on that our own timeout aborts', async () => {
    const clock = virtualClock()
    const reasons: unknown[] = []
    const load = timeout({ after: 50, clock }).withCall((call, id: string) => {
      return new Promise((_resolve, reject) => {
        call.signal.addEventListener('abort', () => {
          reasons.push((call.signal.reason as Error).name)
          reject(new Error(id))
        })
      })
    })
    expect(await clock.settle(ended(load('a')))).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    expect(reasons).toEqual(['TimeoutError'])
  })

  it('takes the options of a call from its arguments, without the call', async () => {
    const get = retry(0).withCall(
      (call, id: string) => [id, call.key],
      (id) => ({ key: `key of ${id}` }),
    )
    expect(await get('a')).toEqual(['a', 'key of a'])
    const throwing = retry(0).withCall(
      () => 1,
      () => {
        throw down
      },
    )
    expect(await ended(throwing())).toEqual({ ok: false, error: down })
  })

  it('gives the target of a pool', async () => {
    const read = failoverPool(['a', 'b']).withCall(({ target }, id: number) => `${target}${id}`)
    expect(await read(5)).toMatch(/^[ab]5$/)
  })

  it('refuses what is no function', () => {
    expect(() => retry().withCall(5 as never)).toThrow("retry: withCall's first argument must be a function, got 5")
    expect(() => retry().withCall(() => 1, {} as never)).toThrow(
      "retry: withCall's second argument must be a function, got an object",
    )
  })
})

describe('a call', () => {
  it('shows the operation what the caller said', async () => {
    const { signal } = new AbortController()
    const seen = await retry(0).execute(
      ({ attempt, key, priority, idempotent, signal: own, deadline }) => ({
        attempt,
        key,
        priority,
        idempotent,
        same: own === signal,
        deadline,
      }),
      { signal, key: 'k', priority: 3, idempotent: false },
    )
    expect(seen).toEqual({ attempt: 1, key: 'k', priority: 3, idempotent: false, same: true, deadline: undefined })
    const bare = await retry(0).execute(({ key, priority, idempotent, signal: own }) => [
      key,
      priority,
      idempotent,
      own.aborted,
    ])
    expect(bare).toEqual([undefined, 0, true, false])
  })

  it('can be passed on as the options of another', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const outer = timeout({ after: 100, clock })
    const inner = retry({ retries: 5, backoff: 60, clock })
    const operation = scripted(down)
    const call = ended(outer.execute((given) => inner.execute(operation, given), { signal: controller.signal }))
    expect(await clock.settle(call)).toEqual({ ok: false, error: down })
    expect([operation.calls.length, clock.now()]).toEqual([2, 60])
    const hang = ended(outer.execute((given) => inner.execute(() => new Promise(() => {}), given)))
    expect(await clock.settle(hang)).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    expect(clock.pending).toBe(0)
  })

  it('aborted before it starts runs nothing', async () => {
    const operation = scripted('never')
    const few = bulkhead(1)
    const end = await ended(pipeline(timeout(5), few).execute(operation, { signal: AbortSignal.abort('early') }))
    expect(end).toEqual({ ok: false, error: 'early' })
    expect([operation.calls.length, few.active]).toEqual([0, 0])
  })

  it('aborted by its own operation ends with the reason', async () => {
    const controller = new AbortController()
    const gate = deferred()
    const call = ended(
      retry(3).execute(
        () => {
          controller.abort('inside')
          return gate.promise
        },
        { signal: controller.signal },
      ),
    )
    expect(await call).toEqual({ ok: false, error: 'inside' })
    gate.reject(down)
  })

  it('keeps a result that came before it noticed the abort', async () => {
    const controller = new AbortController()
    const call = ended(bulkhead(1).execute(() => 'value', { signal: controller.signal }))
    controller.abort('too late')
    expect(await call).toEqual({ ok: true, value: 'value' })
  })
})
