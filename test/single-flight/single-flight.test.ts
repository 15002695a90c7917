import { AsyncLocalStorage } from 'node:async_hooks'
import { getEventListeners } from 'node:events'
import { type Call, circuitBreaker, failoverPool, fallback, pipeline, singleFlight } from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const flush = () => virtualClock().advance(0)
const key = 'k'

describe('singleFlight', () => {
  it('runs equal calls at the same time once, and gives all the same object', async () => {
    const once = singleFlight()
    const { of } = recorder(once)
    const gate = deferred<object>()
    const operation = scripted(() => gate.promise)
    const calls = [1, 2, 3].map(() => once.execute(operation, { key }))
    expect([operation.calls.length, once.keys, once.joined]).toEqual([1, 1, 2])
    const value = {}
    gate.resolve(value)
    for (const got of await Promise.all(calls)) expect(got).toBe(value)
    expect(of('lead')).toMatchObject([{ key }])
    expect(of('join')).toMatchObject([
      { key, waiting: 2 },
      { key, waiting: 3 },
    ])
    expect(once.snapshot()).toEqual({ keys: 0, led: 1, joined: 2, abandoned: 0 })
  })

  it('gives all the same error, whatever it is', async () => {
    const once = singleFlight()
    for (const error of [new Error('down'), undefined, 'text', Object.freeze({})]) {
      const gate = deferred()
      const calls = [1, 2].map(() => ended(once.execute(() => gate.promise, { key })))
      gate.reject(error)
      for (const end of await Promise.all(calls)) {
        expect(end.ok).toBe(false)
        expect(!end.ok && end.error).toBe(error)
      }
    }
  })

  it('keeps other keys apart, and lets calls without a key pass', async () => {
    const once = singleFlight()
    const gate = deferred()
    let runs = 0
    const operation = () => {
      runs++
      return gate.promise
    }
    const options = [{ key: 'a' }, { key: 'b' }, { key: '' }, { key: '' }, {}, undefined, undefined]
    const calls = options.map((given) => once.execute(operation, given))
    expect([runs, once.keys]).toEqual([6, 3])
    gate.resolve(1)
    await Promise.all(calls)
    const controller = new AbortController()
    const passing = ended(once.execute(() => new Promise(() => {}), { signal: controller.signal }))
    controller.abort('left')
    expect(await passing).toEqual({ ok: false, error: 'left' })
  })

  it('starts new work for a call that comes while members get the outcome, as nothing is kept', async () => {
    const once = singleFlight()
    const gate = deferred<number>()
    let runs = 0
    const later: Promise<unknown>[] = []
    const run = () => {
      runs++
      return runs === 1 ? gate.promise : runs
    }
    once.on('call', () => {
      if (runs === 1) later.push(once.execute(run, { key }))
    })
    const calls = [once.execute(run, { key }), once.execute(run, { key })]
    gate.resolve(1)
    expect(await Promise.all(calls)).toEqual([1, 1])
    expect(await later[0]).toBe(2)
    expect(await once.execute(run, { key })).toBe(3)
  })

  it('takes values and errors that come at once, from operations that return or throw', async () => {
    const once = singleFlight()
    expect(await once.execute(() => 1, { key })).toBe(1)
    const error = new Error('thrown')
    const end = await ended(
      once.execute(
        () => {
          throw error
        },
        { key },
      ),
    )
    expect(end).toEqual({ ok: false, error })
    expect(once.keys).toBe(0)
  })

  it('ends a member that aborts at once and alone, also the leader', async () => {
    const once = singleFlight()
    const gate = deferred<number>()
    const controllers = [new AbortController(), new AbortController(), new AbortController()]
    let seen: AbortSignal | undefined
    const calls = controllers.map(({ signal }) =>
      ended(
        once.execute(
          ({ signal: own }) => {
            seen = own
            return gate.promise
          },
          { key, signal },
        ),
      ),
    )
    controllers[0]?.abort('leader')
    expect(await calls[0]).toEqual({ ok: false, error: 'leader' })
    controllers[1]?.abort('joiner')
    expect(await calls[1]).toEqual({ ok: false, error: 'joiner' })
    expect(seen?.aborted).toBe(false)
    gate.resolve(7)
    expect(await calls[2]).toEqual({ ok: true, value: 7 })
    for (const { signal } of controllers) expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('aborts the work when the last member has left, and new work does not meet it', async () => {
    const once = singleFlight()
    const { of } = recorder(once)
    const controllers = [new AbortController(), new AbortController()]
    let seen: AbortSignal | undefined
    const gate = deferred()
    const calls = controllers.map(({ signal }) =>
      ended(
        once.execute(
          (call) => {
            seen = call.signal
            return gate.promise
          },
          { key, signal },
        ),
      ),
    )
    controllers[0]?.abort('first')
    expect(seen?.aborted).toBe(false)
    controllers[1]?.abort('last')
    expect([seen?.aborted, seen?.reason]).toEqual([true, 'last'])
    expect(of('abandon')).toMatchObject([{ key, error: 'last' }])
    expect(await once.execute(() => 'new', { key })).toBe('new')
    gate.resolve('late')
    await Promise.all(calls)
    expect(once.snapshot()).toEqual({ keys: 0, led: 2, joined: 1, abandoned: 1 })
  })

  it('does not start work that a listener to `lead` has aborted, unless another call joined', async () => {
    const once = singleFlight()
    const controller = new AbortController()
    const operation = scripted('value')
    once.once('lead', () => controller.abort('no'))
    expect(await ended(once.execute(operation, { key, signal: controller.signal }))).toEqual({ ok: false, error: 'no' })
    expect(operation.calls.length).toBe(0)

    const second = new AbortController()
    let joined: Promise<unknown> | undefined
    once.once('lead', () => {
      joined = once.execute(operation, { key })
      second.abort('no')
    })
    expect(await ended(once.execute(operation, { key, signal: second.signal }))).toEqual({ ok: false, error: 'no' })
    expect(await joined).toBe('value')
  })

  it('leaves at once where a listener to `join` aborts the call', async () => {
    const once = singleFlight()
    const gate = deferred()
    const leader = once.execute(() => gate.promise, { key })
    const controller = new AbortController()
    once.on('join', () => controller.abort('no'))
    expect(await ended(once.execute(() => 1, { key, signal: controller.signal }))).toEqual({ ok: false, error: 'no' })
    gate.resolve(1)
    expect(await leader).toBe(1)
  })

  it('lets a call that is aborted by one before it leave while members get the outcome', async () => {
    const once = singleFlight()
    const gate = deferred<number>()
    const controller = new AbortController()
    once.once('call', () => controller.abort('mid'))
    const calls = [
      ended(once.execute(() => gate.promise, { key })),
      ended(once.execute(() => 2, { key, signal: controller.signal })),
    ]
    gate.resolve(1)
    expect(await Promise.all(calls)).toEqual([
      { ok: true, value: 1 },
      { ok: false, error: 'mid' },
    ])
    expect(once.snapshot().abandoned).toBe(0)
  })

  it('gives ten thousand members their outcome without growing the stack', async () => {
    const once = singleFlight()
    const gate = deferred<number>()
    const calls = Array.from({ length: 10_000 }, () => once.execute(() => gate.promise, { key }))
    gate.resolve(1)
    expect((await Promise.all(calls)).every((value) => value === 1)).toBe(true)
  })
})

describe('options of a single-flight', () => {
  it('`key` decides which calls are equal; what it throws, or nonsense, is a fault and the call runs on its own', async () => {
    const answers: unknown[] = ['a', 'a', undefined, 5, Promise.reject(new Error('async'))]
    const once = singleFlight({
      key: () => {
        if (answers.length === 0) throw new Error('bad key')
        return answers.shift() as string
      },
    })
    const { of } = recorder(once)
    const operation = scripted('value')
    const results = await Promise.all([1, 2, 3, 4, 5, 6].map(() => once.execute(operation)))
    expect(results).toEqual(results.map(() => 'value'))
    expect(operation.calls.length).toBe(5)
    expect(of('fault').map(({ source }) => source)).toEqual(['key', 'key', 'key'])
  })

  it('`key` may abort the call it is asked about', async () => {
    const controller = new AbortController()
    const once = singleFlight({
      key: () => {
        controller.abort('no')
        return 'k'
      },
    })
    expect(await ended(once.execute(() => 1, { signal: controller.signal }))).toEqual({ ok: false, error: 'no' })
    expect(once.keys).toBe(0)
  })

  it('`maxAge` starts work beside work that is older, which still serves its members', async () => {
    const clock = virtualClock()
    const once = singleFlight({ maxAge: 100, clock })
    const gates = [deferred<number>(), deferred<number>()]
    let runs = 0
    const run = () => (gates[runs++] as (typeof gates)[0]).promise
    const old = [once.execute(run, { key }), once.execute(run, { key })]
    await clock.advance(99)
    old.push(once.execute(run, { key }))
    await clock.advance(1)
    const young = [once.execute(run, { key }), once.execute(run, { key })]
    expect([runs, once.keys]).toEqual([2, 1])
    gates[0]?.resolve(1)
    expect(await Promise.all(old)).toEqual([1, 1, 1])
    expect(once.keys).toBe(1)
    gates[1]?.resolve(2)
    expect(await Promise.all(young)).toEqual([2, 2])
    expect(once.keys).toBe(0)
  })

  it('`maxKeys` bounds the keys at once: further ones run on their own', async () => {
    const clock = virtualClock()
    const once = singleFlight({ maxKeys: 1, maxAge: 10, clock })
    const gate = deferred()
    let runs = 0
    const run = () => {
      runs++
      return gate.promise
    }
    const calls = ['a', 'b', 'b', 'a'].map((name) => once.execute(run, { key: name }))
    expect([runs, once.keys]).toEqual([3, 1])
    await clock.advance(10)
    calls.push(once.execute(run, { key: 'a' }), once.execute(run, { key: 'a' }))
    expect([runs, once.keys]).toEqual([4, 1])
    gate.resolve(1)
    await Promise.all(calls)
  })
})

describe('the work of a flight', () => {
  it('has the highest priority of its members, and is idempotent if all are', async () => {
    const once = singleFlight()
    const gate = deferred()
    let call: Call | undefined
    const calls = [
      once.execute(
        (given) => {
          call = given
          return gate.promise
        },
        { key, priority: 1 },
      ),
    ]
    expect([call?.key, call?.priority, call?.idempotent, call?.attempt]).toEqual(['k', 1, true, 1])
    calls.push(
      once.execute(() => 1, { key, priority: 5 }),
      once.execute(() => 1, { key, priority: 2 }),
    )
    expect([call?.priority, call?.idempotent]).toEqual([5, true])
    calls.push(once.execute(() => 1, { key, idempotent: false }))
    expect([call?.priority, call?.idempotent]).toEqual([5, false])
    gate.resolve(1)
    await Promise.all(calls)
  })

  it('has the latest deadline of its members, which ends none but its own member', async () => {
    const clock = virtualClock()
    const once = singleFlight({ clock })
    const gate = deferred()
    let call: Call | undefined
    const run = (given: Call) => {
      call = given
      return gate.promise
    }
    const first = ended(once.execute(run, { key, deadline: 100 }))
    expect(call?.deadline?.getTime()).toBe(100)
    const second = ended(once.execute(run, { key, deadline: 300 }))
    expect(call?.deadline?.getTime()).toBe(300)
    const third = ended(once.execute(run, { key, deadline: 200 }))
    expect(call?.deadline?.getTime()).toBe(300)
    await clock.advance(100)
    expect(await first).toMatchObject({ ok: false, error: { code: 'HF_TIMEOUT', after: 100, policy: 'singleFlight' } })
    await clock.advance(100)
    expect(await third).toMatchObject({ ok: false, error: { after: 200 } })
    const last = ended(once.execute(run, { key }))
    expect([call?.deadline, clock.pending]).toEqual([undefined, 1])
    gate.resolve('value')
    expect(await Promise.all([second, last])).toEqual([
      { ok: true, value: 'value' },
      { ok: true, value: 'value' },
    ])
    expect(clock.pending).toBe(0)
  })

  it('has no timer for a deadline of Infinity, and ends at once a member whose deadline has passed', async () => {
    const clock = virtualClock()
    const once = singleFlight({ clock })
    const gate = deferred()
    const leader = once.execute(() => gate.promise, { key, deadline: Number.POSITIVE_INFINITY })
    expect(clock.pending).toBe(0)
    const late = ended(once.execute(() => 1, { key, deadline: new Date(-5) }))
    await clock.advance(0)
    expect(await late).toMatchObject({ error: { code: 'HF_TIMEOUT', after: 0 } })
    gate.resolve(1)
    expect(await leader).toBe(1)
  })

  it('is given up when the deadline of the last member passes; a late result changes nothing', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ consecutiveFailures: 1 })
    const once = pipeline({ clock }, singleFlight(), breaker)
    const controller = new AbortController()
    let signal: AbortSignal | undefined
    const gate = deferred()
    const calls = [
      ended(
        once.execute(
          (call) => {
            signal = call.signal
            return gate.promise
          },
          { key, deadline: 50 },
        ),
      ),
      ended(once.execute(() => 1, { key, signal: controller.signal })),
    ]
    await clock.advance(50)
    expect([signal?.aborted, breaker.state]).toEqual([false, 'closed'])
    controller.abort('left')
    // The timeout of a member was a failure of the work, though the last one left by itself.
    expect([signal?.aborted, breaker.state]).toEqual([true, 'open'])
    expect(signal?.reason).toMatchObject({ code: 'HF_TIMEOUT' })
    gate.resolve(1)
    await Promise.all(calls)
  })

  it('may end a call that a listener aborts as its deadline passes', async () => {
    const clock = virtualClock()
    const once = singleFlight({ clock })
    const controller = new AbortController()
    once.on('abandon', () => controller.abort('listener'))
    const call = ended(once.execute(() => new Promise(() => {}), { key, deadline: 10, signal: controller.signal }))
    await clock.advance(10)
    expect(await call).toEqual({ ok: false, error: 'listener' })
  })

  it('runs in the context of the leader, and each member goes on in its own', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: string[] = []
    const clock = virtualClock()
    const all = pipeline(
      { clock },
      fallback({
        value: () => {
          seen.push(`fallback ${storage.getStore()}`)
          return 'instead'
        },
      }),
      singleFlight(),
    )
    const gate = deferred()
    const run = async ({ signal }: Call) => {
      signal.addEventListener('abort', () => seen.push(`abort ${storage.getStore()}`))
      seen.push(`run ${storage.getStore()}`)
      await gate.promise
    }
    const calls = ['a', 'b', 'c'].map((name) =>
      storage.run(name, () => all.execute(run, { key, ...(name === 'c' ? { deadline: 5 } : {}) })),
    )
    await clock.advance(5)
    gate.reject(new Error('down'))
    await Promise.all(calls)
    expect(seen).toEqual(['run a', 'fallback c', 'fallback a', 'fallback b'])

    seen.length = 0
    const controllers = ['d', 'e'].map((name) => {
      const controller = new AbortController()
      storage.run(name, () => ended(all.execute(run, { key, signal: controller.signal })))
      return controller
    })
    for (const controller of controllers) storage.run('outside', () => controller.abort())
    await flush()
    expect(seen).toEqual(['run d', 'abort d'])
  })

  it('runs with what a pool outside gives, and in the guard of a member', async () => {
    const once = singleFlight()
    const outer = pipeline(failoverPool(['x']), once)
    const targets = await Promise.all([1, 2].map(() => outer.execute(async ({ target }) => target, { key })))
    expect(targets).toEqual(['x', 'x'])
    expect(once.joined).toBe(1)

    const inside = failoverPool(['y'], { guard: () => singleFlight() })
    let runs = 0
    const guarded = [1, 2].map(() =>
      inside.execute(
        async ({ target }) => {
          runs++
          return target
        },
        { key, deadline: 1000 },
      ),
    )
    expect([await Promise.all(guarded), runs]).toEqual([['y', 'y'], 1])
  })
})
