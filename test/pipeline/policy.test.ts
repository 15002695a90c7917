import { getEventListeners } from 'node:events'
import { bulkhead, circuitBreaker, pipeline, policy, retry, timeout } from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { ScopeState } from '../../src/core/call/scope.ts'
import { deferred, ended } from '../composition/deferred.ts'

const down = new Error('down')

describe('a policy of one’s own', () => {
  it('may answer without the operation, with a value or an error, at once or later', async () => {
    const operation = scripted('never')
    expect(await policy('a', () => 5).execute(operation)).toBe(5)
    expect(await policy('b', async () => 6).execute(operation)).toBe(6)
    const throwing = policy('c', () => {
      throw down
    })
    expect(await ended(throwing.execute(operation))).toEqual({ ok: false, error: down })
    expect(await ended(policy('d', () => Promise.reject('text')).execute(operation))).toEqual({
      ok: false,
      error: 'text',
    })
    expect(operation.calls.length).toBe(0)
  })

  it('may call next again, and each is a try of its own', async () => {
    const twice = policy('twice', (_call, next) => next().catch(() => next()))
    const operation = scripted<string>(down, 'fine')
    const { of } = recorder(twice)
    expect(await twice.execute(operation)).toBe('fine')
    expect(operation.calls.map(({ attempt }) => attempt)).toEqual([1, 2])
    expect(of('call')).toMatchObject([{ ok: true, attempts: 2, first: false, savedBy: 'twice' }])
  })

  it('may call next concurrently, and the rest is given up when it answers', async () => {
    const clock = virtualClock()
    const few = bulkhead({ limit: 2, clock })
    const guarded = circuitBreaker({ consecutiveFailures: 1, clock })
    const { of } = recorder(guarded)
    const race = policy('race', (_call, next) => Promise.race([next(), next()]))
    const gates = [deferred(), deferred()]
    const signals: AbortSignal[] = []
    let started = 0
    const call = pipeline({ clock }, race, few, guarded).execute(({ signal }) => {
      signals.push(signal)
      return gates[started++]?.promise
    })
    expect([started, few.active]).toEqual([2, 2])
    gates[1]?.resolve('second')
    expect(await call).toBe('second')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(signals[0]?.reason).toMatchObject({ name: 'AbortError' })
    expect(of('ignored').length).toBe(1)
    expect(few.active).toBe(1)
    gates[0]?.reject(down)
    await clock.advance(0)
    expect([few.active, guarded.state]).toEqual([0, 'closed'])
  })

  it('gets a rejection from next after the call has ended', async () => {
    const gate = deferred()
    let later: Promise<unknown> | undefined
    const late = policy('late', (_call, next) => {
      void gate.promise.then(() => {
        later = ended(next())
      })
      return 'answer'
    })
    const operation = scripted('never')
    await late.execute(operation)
    gate.resolve(undefined)
    await gate.promise
    await undefined
    expect(await later).toMatchObject({ ok: false, error: { name: 'AbortError' } })
    expect(operation.calls.length).toBe(0)
  })

  it('gets the reason from next when the call was given up outside', async () => {
    const controller = new AbortController()
    const seen: unknown[] = []
    const watching = policy('watching', async (_call, next) => {
      seen.push(await ended(next()))
      seen.push(await ended(next()))
      return 'too late'
    })
    const call = ended(watching.execute(() => new Promise(() => {}), { signal: controller.signal }))
    controller.abort('left')
    expect(await call).toEqual({ ok: false, error: 'left' })
    await virtualClock().advance(0)
    expect(seen).toEqual([
      { ok: false, error: 'left' },
      { ok: false, error: 'left' },
    ])
  })

  it('changes the call for what is inside by call.with', async () => {
    const clock = virtualClock()
    const changing = policy<unknown, never, { tenant: string }>('changing', (call, next) =>
      next(call.with({ key: 'changed', priority: 7, idempotent: false, deadline: '5s', tenant: 'acme' })),
    )
    const seen = await pipeline({ clock }, changing, retry(0)).execute(
      ({ key, priority, idempotent, deadline, tenant }) => ({ key, priority, idempotent, deadline, tenant }),
      { key: 'given' },
    )
    expect(seen).toEqual({ key: 'changed', priority: 7, idempotent: false, deadline: new Date(5000), tenant: 'acme' })
  })

  it('keeps what it does not change, and what it gave through retries and timeouts inside', async () => {
    const clock = virtualClock()
    const giving = policy<unknown, never, { tenant: string }>('giving', (call, next) =>
      next(call.with({ tenant: 'acme' })),
    )
    const seen: unknown[] = []
    const all = pipeline({ clock }, giving, retry({ retries: 2, backoff: 1 }), timeout(10))
    await clock.settle(
      ended(
        all.execute(
          ({ tenant, key, attempt }) => {
            seen.push([tenant, key, attempt])
            if (attempt === 1) throw down
            return new Promise(() => {})
          },
          { key: 'k' },
        ),
      ),
    )
    expect(seen).toEqual([
      ['acme', 'k', 1],
      ['acme', 'k', 2],
      ['acme', 'k', 3],
    ])
  })

  it('refuses changes that are wrong', async () => {
    const wrong = policy('wrong', (call, next) => next(call.with({ priority: Number.NaN })))
    const end = await ended(wrong.execute(() => 1))
    expect(end.ok ? '' : String(end.error)).toBe('TypeError: execute: priority must be a finite number, got NaN')
  })

  it('ignores what is no call in next', async () => {
    const odd = policy('odd', (_call, next) => next(5 as never))
    expect(await odd.execute(({ attempt }) => attempt)).toBe(1)
  })

  it('ends a try by a signal of its own, and only that', async () => {
    const [one, two] = [new AbortController(), new AbortController()]
    const gates = [deferred(), deferred()]
    const both = policy('both', async (call, next) => {
      const first = ended(next(call.with({ signal: one.signal })))
      const second = next(call.with({ signal: two.signal }))
      one.abort('first only')
      return [await first, await second]
    })
    let started = 0
    const call = both.execute(() => gates[started++]?.promise)
    gates[1]?.resolve('second')
    expect(await call).toEqual([{ ok: false, error: 'first only' }, 'second'])
    expect(getEventListeners(two.signal, 'abort').length).toBe(0)
    expect(getEventListeners(one.signal, 'abort').length).toBe(0)
  })

  it('starts no try with a signal that is aborted already', async () => {
    const operation = scripted('never')
    const refusing = policy('refusing', (call, next) => next(call.with({ signal: AbortSignal.abort('no') })))
    expect(await ended(refusing.execute(operation))).toEqual({ ok: false, error: 'no' })
    expect(operation.calls.length).toBe(0)
  })

  it('adds no listener for the caller’s own signal', async () => {
    const { signal } = new AbortController()
    const same = policy('same', (call, next) => next(call.with({ signal })))
    const call = same.execute(() => getEventListeners(signal, 'abort').length, { signal })
    // The one of the call itself.
    expect(await call).toBe(1)
    expect(getEventListeners(signal, 'abort').length).toBe(0)
  })

  it('sees the outcome of its attempts even if they are not awaited', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', note)
    const careless = policy('careless', (_call, next) => {
      void next()
      void next()
      return 'answer'
    })
    expect(await careless.execute(() => Promise.reject(down))).toBe('answer')
    const clock = virtualClock()
    await clock.advance(0)
    await clock.advance(0)
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  it('is given up by the timeouts around it, with all its tries', async () => {
    const clock = virtualClock()
    const few = bulkhead({ limit: 3 })
    const three = policy('three', (_call, next) => Promise.all([next(), next(), next()]))
    const gates = [deferred(), deferred(), deferred()]
    let started = 0
    const call = ended(pipeline({ clock }, timeout(10), three, few).execute(() => gates[started++]?.promise))
    await clock.advance(10)
    expect(await call).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    for (const gate of gates) gate.resolve(1)
    await clock.advance(0)
    expect([few.active, clock.pending]).toEqual([0, 0])
  })

  it('keeps tries apart that time out inside it, in any order', async () => {
    const clock = virtualClock()
    const three = policy('three', async (_call, next) => {
      const tries = [next(), next(), next()].map(ended)
      const ends = await Promise.all(tries)
      return ends.map(({ ok }) => ok)
    })
    const gates = [deferred(), deferred(), deferred()]
    let started = 0
    const controller = new AbortController()
    const all = pipeline({ clock }, three, timeout(10))
    const call = all.execute(() => gates[started++]?.promise, { signal: controller.signal })
    gates[1]?.resolve(1)
    await clock.advance(10)
    expect(await call).toEqual([false, true, false])
  })

  it('keeps nothing of a try that its own signal has ended', async () => {
    let left: number | undefined
    const patient = policy('patient', async (call, next) => {
      for (let i = 0; i < 100; i++) {
        const controller = new AbortController()
        const attempt = next(call.with({ signal: controller.signal }))
        controller.abort('next, please')
        await attempt.catch(() => {})
      }
      left = (call as unknown as ScopeState).extras?.forks?.length
      return 'done'
    })
    expect(await patient.execute(() => new Promise(() => {}))).toBe('done')
    expect(left).toBe(0)
  })
})
