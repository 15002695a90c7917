import { getEventListeners } from 'node:events'
import { bulkhead, circuitBreaker, pipeline, policy, retry, timeout } from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const hang = () => new Promise<never>(() => {})

describe('timeout', () => {
  it('rejects at the limit, also where the work ignores its signal', async () => {
    const clock = virtualClock()
    const quick = timeout({ after: 100, clock })
    const { of } = recorder(quick)
    let settledAt = Number.NaN
    const call = ended(quick.execute(hang)).then((end) => {
      settledAt = clock.now()
      return end
    })
    await clock.advance(99)
    expect(settledAt).toBeNaN()
    await clock.advance(1)
    expect(await call).toMatchObject({ ok: false, error: { code: 'HF_TIMEOUT', after: 100 } })
    expect(settledAt).toBe(100)
    expect(of('timeout')).toMatchObject([{ after: 100, error: { code: 'HF_TIMEOUT' } }])
    expect(of('call')).toMatchObject([{ ok: false, ignored: false, duration: 100 }])
  })

  it('gives the operation the TimeoutError as the reason of its signal', async () => {
    const clock = virtualClock()
    let reason: unknown
    const call = ended(
      timeout({ after: 10, clock }).execute(({ signal }) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason
        })
        return hang()
      }),
    )
    await clock.advance(10)
    expect(await call).toEqual({ ok: false, error: reason })
  })

  it('aborts nothing on success, so a streamed body stays readable', async () => {
    const clock = virtualClock()
    let signal: AbortSignal | undefined
    await timeout({ after: 10, clock }).execute((call) => {
      signal = call.signal
      return 'head'
    })
    await clock.advance('1h')
    expect(signal?.aborted).toBe(false)
    expect(clock.pending).toBe(0)
  })

  it('makes a signal for late readers that is aborted already', async () => {
    const clock = virtualClock()
    const gate = deferred()
    let late: AbortSignal | undefined
    const call = ended(
      timeout({ after: 10, clock }).execute(async (given) => {
        await gate.promise
        late = given.signal
      }),
    )
    await clock.advance(10)
    const end = await call
    gate.resolve(undefined)
    await clock.advance(0)
    expect(late?.aborted).toBe(true)
    expect(late?.reason).toBe(end.ok ? undefined : end.error)
  })

  it('clears its timer when the work throws at once, rejects, or is refused inside', async () => {
    const clock = virtualClock()
    const refused = pipeline({ clock }, timeout(10), bulkhead(0))
    await ended(refused.execute(() => 1))
    const quick = timeout({ after: 10, clock })
    await ended(
      quick.execute(() => {
        throw new Error('at once')
      }),
    )
    await ended(quick.execute(() => Promise.reject(new Error('later'))))
    await quick.execute(() => 'value')
    expect(clock.pending).toBe(0)
  })

  it('never ends a call with Infinity, and sets no timer for it', async () => {
    const clock = virtualClock()
    const gate = deferred()
    const endless = timeout({ after: Number.POSITIVE_INFINITY, clock })
    const calls = [endless.execute(() => gate.promise), endless.execute(() => gate.promise, { key: 'k' })]
    expect(clock.pending).toBe(0)
    await clock.advance('30d')
    gate.resolve('at last')
    expect(await Promise.all(calls)).toEqual(['at last', 'at last'])
  })

  it('lowers the deadline of all that is inside, and of nothing outside', async () => {
    const clock = virtualClock({ wall: 1000 })
    const seen: (number | undefined)[] = []
    const look = (name: string) =>
      policy(name, async (call, next) => {
        seen.push(call.deadline?.getTime())
        try {
          return await next()
        } finally {
          seen.push(call.deadline?.getTime())
        }
      })
    const all = pipeline({ clock }, look('outside'), timeout(500), look('between'), timeout(100), look('inside'))
    await all.execute(({ deadline }) => void seen.push(deadline?.getTime()), { deadline: 2000 })
    expect(seen).toEqual([3000, 1500, 1100, 1100, 1100, 1500, 3000])
  })

  it('restores the deadline outside when it fires', async () => {
    const clock = virtualClock()
    const again = pipeline({ clock }, retry({ retries: 1, backoff: 50 }), timeout(100))
    const deadlines: (number | undefined)[] = []
    const call = ended(
      again.execute(
        ({ deadline }) => {
          deadlines.push(deadline?.getTime())
          return hang()
        },
        { deadline: 5000 },
      ),
    )
    await clock.settle(call)
    expect(deadlines).toEqual([100, 250])
  })

  it('uses a sooner deadline of the caller, at the latest now', async () => {
    const clock = virtualClock({ wall: 10_000 })
    const quick = timeout({ after: 100, clock })
    const start = (deadline: number | Date) => ended(quick.execute(hang, { deadline }))
    const calls = [start(40), start(new Date(10_060)), start(new Date(0)), start(5000)]
    await clock.advance(40)
    expect(await calls[0]).toMatchObject({ error: { code: 'HF_TIMEOUT', after: 40 } })
    expect(await calls[2]).toMatchObject({ error: { code: 'HF_TIMEOUT', after: 0 } })
    await clock.advance(60)
    expect(await calls[1]).toMatchObject({ error: { after: 60 } })
    expect(await calls[3]).toMatchObject({ error: { after: 100 } })
  })

  it('needs no second timer if an outer one ends sooner, and the outer one is the error', async () => {
    const clock = virtualClock()
    const both = pipeline({ clock }, timeout({ after: 100, name: 'outer' }), timeout({ after: 100, name: 'inner' }))
    const { of } = recorder(both)
    const call = ended(both.execute(hang))
    expect(clock.pending).toBe(1)
    expect(await clock.settle(call)).toMatchObject({ error: { policy: 'outer' } })
    expect(of('timeout').length).toBe(1)
  })

  it('keeps a timer of its own where a policy between has changed the deadline', async () => {
    const clock = virtualClock()
    const sooner = policy('sooner', (call, next) => next(call.with({ deadline: 30 })))
    const all = pipeline(
      { clock },
      timeout({ after: 100, name: 'outer' }),
      sooner,
      timeout({ after: 80, name: 'inner' }),
    )
    const end = await clock.settle(ended(all.execute(hang)))
    expect(end).toMatchObject({ error: { policy: 'inner', after: 30 } })
    expect(clock.now()).toBe(30)
  })

  it('works between policies with clocks of their own', async () => {
    const [outerClock, innerClock] = [virtualClock(), virtualClock()]
    await innerClock.advance(7000)
    const outer = timeout({ after: 100, name: 'outer', clock: outerClock })
    const inner = timeout({ after: 40, name: 'inner', clock: innerClock })
    const seen: unknown[] = []
    const call = ended(
      pipeline(outer, inner).execute(({ deadline }) => {
        seen.push(deadline?.getTime())
        return hang()
      }),
    )
    expect(seen).toEqual([40])
    await innerClock.advance(40)
    expect(await call).toMatchObject({ error: { policy: 'inner', after: 40 } })
    expect([outerClock.pending, innerClock.pending]).toEqual([0, 0])
  })

  it('drops what comes late, values and errors', async () => {
    const clock = virtualClock()
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', note)
    const gates = [deferred(), deferred()]
    const calls = gates.map((gate) => ended(timeout({ after: 10, clock }).execute(() => gate.promise)))
    await clock.advance(10)
    gates[0]?.resolve('late')
    gates[1]?.reject(new Error('late'))
    await clock.advance(0)
    await clock.advance(0)
    for (const call of calls) expect(await call).toMatchObject({ ok: false, error: { code: 'HF_TIMEOUT' } })
    expect(unhandled).toEqual([])
    process.off('unhandledRejection', note)
  })

  it('counts as a failure for the breakers inside it, once, at that moment', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 1000 })
    const all = pipeline({ clock }, timeout(50), guarded)
    const { of, names } = recorder(guarded)
    const gate = deferred()
    const call = ended(all.execute(() => gate.promise))
    await clock.advance(50)
    const end = await call
    expect(of('failure')).toMatchObject([{ error: end.ok ? undefined : end.error, time: 50 }])
    expect(guarded.state).toBe('open')
    gate.resolve('late')
    await clock.advance(0)
    expect(names).toEqual(['open', 'failure'])
  })

  it('ends waits inside it: a queue, and tries of policies of one’s own', async () => {
    const clock = virtualClock()
    const few = bulkhead({ limit: 1, queue: 5, clock })
    void few.execute(hang)
    const operation = scripted(new Error('down'))
    const twice = policy('twice', async (_call, next) => {
      void next()
      return await next()
    })
    const calls = [
      pipeline({ clock }, timeout(50), few).execute(operation),
      pipeline({ clock }, timeout(50), twice).execute(hang),
    ].map(ended)
    await clock.advance(50)
    for (const call of calls) expect(await call).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    await clock.advance('1h')
    expect(operation.calls.length).toBe(0)
    expect([few.queued, few.active, clock.pending]).toEqual([0, 1, 0])
  })

  it('is one error if the limits of an attempt and of the whole call end together', async () => {
    const clock = virtualClock()
    const all = pipeline(
      { clock },
      timeout({ after: 100, name: 'whole' }),
      retry({ retries: 5, backoff: 0 }),
      timeout({ after: 50, name: 'try' }),
    )
    const operation = scripted({ hang: true })
    const { of } = recorder(all)
    expect(await clock.settle(ended(all.execute(operation)))).toMatchObject({ error: { policy: 'whole' } })
    expect(operation.calls.length).toBe(2)
    expect(of('timeout').map(({ policy }) => policy)).toEqual(['try', 'whole'])
    expect(clock.pending).toBe(0)
  })

  it('gives way to a caller who aborts in a listener for it', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const quick = timeout({ after: 10, clock })
    const { of } = recorder(quick)
    quick.on('timeout', () => controller.abort('left'))
    const call = ended(quick.execute(hang, { signal: controller.signal }))
    expect(await clock.settle(call)).toEqual({ ok: false, error: 'left' })
    expect(of('call')).toMatchObject([{ ignored: true }])
  })

  it('leaves no listener on the caller’s signal, fired or not', async () => {
    const clock = virtualClock()
    const { signal } = new AbortController()
    const quick = timeout({ after: 10, clock })
    await quick.execute(() => 1, { signal })
    await clock.settle(ended(quick.execute(hang, { signal })))
    expect(getEventListeners(signal, 'abort').length).toBe(0)
  })

  it('aborts the caller’s way: reason itself, and a signal of the operation’s own', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    let inner: AbortSignal | undefined
    const call = ended(
      timeout({ after: 10, clock }).execute(
        ({ signal }) => {
          inner = signal
          return hang()
        },
        { signal: controller.signal },
      ),
    )
    expect(inner).not.toBe(controller.signal)
    controller.abort('a plain reason')
    expect(await call).toEqual({ ok: false, error: 'a plain reason' })
    expect([inner?.aborted, inner?.reason, clock.pending]).toEqual([true, 'a plain reason', 0])
  })
})
