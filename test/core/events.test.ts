import { bulkhead, circuitBreaker, failoverPool, fallback, pipeline, retry, timeout } from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Events } from '../../src/core/events.ts'
import { policyOf } from '../../src/core/policy-of.ts'
import { ended } from '../composition/deferred.ts'

const broken = new Error('broken listener')
const warnings: unknown[][] = []

beforeEach(() => {
  warnings.length = 0
  vi.spyOn(console, 'warn').mockImplementation((...words) => void warnings.push(words))
})

afterEach(() => vi.restoreAllMocks())

describe('events', () => {
  it('have a base that every payload carries', async () => {
    const clock = virtualClock({ wall: 5000 })
    const guarded = circuitBreaker({ name: 'db', clock })
    const { events } = recorder(guarded)
    await clock.advance(7)
    guarded.isolate()
    expect(events[0]).toEqual({ event: 'isolate', policy: 'db', kind: 'circuitBreaker', at: 5007, time: 7 })
  })

  it('reach later listeners when an earlier one throws or rejects, and the call as if it did not', async () => {
    const guarded = bulkhead(1)
    const { of } = recorder(guarded)
    const heard: string[] = []
    guarded.on('call', () => {
      throw broken
    })
    guarded.on('call', () => Promise.reject(broken))
    guarded.on('call', () => void heard.push('last'))
    expect(await guarded.execute(() => 'fine')).toBe('fine')
    await virtualClock().advance(0)
    expect(heard).toEqual(['last'])
    expect(of('fault').map(({ source, error }) => [source, error])).toEqual([
      ['listener:call', broken],
      ['listener:call', broken],
    ])
    expect(warnings).toEqual([])
  })

  it('warn once a policy and source without a listener for `fault`', async () => {
    const guarded = bulkhead({ limit: 1, name: 'few' })
    guarded.on('call', () => {
      throw broken
    })
    for (let i = 0; i < 3; i++) await guarded.execute(() => 1)
    expect(warnings).toEqual([['holdfast: bulkhead "few": listener:call failed', broken]])
    const other = retry({ retries: 0, when: () => 5 as never })
    for (let i = 0; i < 3; i++) await ended(other.execute(() => 1))
    expect(warnings.length).toBe(2)
  })

  it('do not loop where a listener to fault throws, nor where the console does', async () => {
    const guarded = bulkhead(1)
    guarded.on('fault', () => {
      throw broken
    })
    guarded.on('call', () => {
      throw new Error('first')
    })
    await guarded.execute(() => 1)
    expect(warnings.map(([text]) => text)).toEqual(['holdfast: bulkhead "bulkhead": listener:fault failed'])
    vi.mocked(console.warn).mockImplementation(() => {
      throw new Error('no console')
    })
    const quiet = bulkhead(1)
    quiet.on('call', () => {
      throw broken
    })
    expect(await quiet.execute(() => 'fine')).toBe('fine')
  })

  it('run each listener once, also where one removes itself or adds another', () => {
    const guarded = circuitBreaker()
    const heard: string[] = []
    const once = (): void => {
      heard.push('self')
      guarded.off('isolate', once)
    }
    guarded.on('isolate', once)
    guarded.on('isolate', () => {
      heard.push('adding')
      if (heard.length < 4) guarded.on('isolate', () => void heard.push('added'))
    })
    guarded.on('isolate', () => void heard.push('last'))
    guarded.isolate().release()
    expect(heard).toEqual(['self', 'adding', 'last'])
    guarded.isolate().release()
    expect(heard.slice(3)).toEqual(['adding', 'last', 'added'])
  })

  it('treat the same listener given twice as one, and `off` removes it', () => {
    const guarded = circuitBreaker()
    let heard = 0
    const listener = (): void => void heard++
    guarded.on('isolate', listener).on('isolate', listener).once('isolate', listener)
    guarded.isolate().release()
    guarded.isolate().release()
    expect(heard).toBe(2)
    guarded
      .off('isolate', listener)
      .off('isolate', listener)
      .off('isolate', () => {})
    guarded.isolate().release()
    expect(heard).toBe(2)
  })

  it('reach a listener added by `once` only once, even if it causes the event again', () => {
    const guarded = circuitBreaker()
    let heard = 0
    guarded.once('close', () => {
      heard++
      guarded.isolate().release()
    })
    guarded.isolate().release()
    expect(heard).toBe(1)
  })

  it('lose all listeners by `off` without a listener', () => {
    const guarded = circuitBreaker()
    let heard = 0
    guarded.on('isolate', () => heard++)
    guarded.on('isolate', () => heard++)
    guarded.off('open').off('isolate')
    guarded.isolate()
    expect(heard).toBe(0)
  })

  it('can be used again after all listeners have left', () => {
    const guarded = circuitBreaker()
    let heard = 0
    guarded.on('isolate', () => heard++)
    guarded.off('isolate')
    guarded.on('isolate', () => heard++)
    guarded.isolate()
    expect(heard).toBe(1)
  })

  it('show the new state in a listener to its change, and allow re-entrant calls', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 10, clock })
    const seen: unknown[] = []
    guarded.on('open', () => {
      seen.push(guarded.state)
      seen.push(ended(guarded.execute(() => 1)).then((end) => end.ok))
    })
    guarded.on('halfOpen', () => {
      seen.push(guarded.state)
      seen.push(guarded.execute(() => 'inner').then((value) => value))
    })
    await ended(guarded.execute(scripted(broken)))
    await clock.advance(10)
    expect(await guarded.execute(() => 'outer')).toBe('outer')
    expect(await Promise.all(seen)).toEqual(['open', false, 'half-open', 'inner'])
    expect(guarded.state).toBe('closed')
  })

  it('may isolate, reset or disable from any listener, and that holds', async () => {
    for (const change of ['isolate', 'disable', 'reset'] as const) {
      for (const event of ['open', 'failure', 'fault', 'halfOpen', 'reject'] as const) {
        const clock = virtualClock()
        const guarded = circuitBreaker({
          consecutiveFailures: 1,
          clock,
          openFor: { kind: 'constant', options: {}, delay: () => Number.NaN },
        })
        guarded.once(event, () => void guarded[change]())
        await ended(guarded.execute(scripted(broken)))
        await ended(guarded.execute(() => 1))
        await clock.advance('30s')
        await ended(guarded.execute(() => 1))
        const expected = { isolate: 'isolated', disable: 'disabled', reset: 'closed' }[change]
        expect([event, guarded.state]).toEqual([event, expected])
        guarded.reset()
        expect(await guarded.execute(() => 'again')).toBe('again')
      }
    }
  })

  it('allow an operation to execute, abort or isolate on its own policy', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const guarded = circuitBreaker({ clock })
    const few = bulkhead({ limit: 1, queue: 1, clock })
    const all = pipeline(
      { clock },
      timeout(50),
      retry({ retries: 1, backoff: 1 }),
      few,
      guarded,
      fallback({ value: 'instead' }),
    )
    const reason = new Error('left')
    const inner: Promise<unknown>[] = []
    const call = ended(
      all.execute(
        () => {
          inner.push(ended(all.execute(() => 'inner')))
          guarded.isolate().release()
          controller.abort(reason)
          throw broken
        },
        { signal: controller.signal },
      ),
    )
    // The abort came first, and is immediate.
    expect(await clock.settle(call)).toEqual({ ok: false, error: reason })
    expect(await clock.settle(Promise.all(inner))).toEqual([{ ok: true, value: 'inner' }])
    expect([few.active, few.queued, clock.pending]).toEqual([0, 0, 0])
  })
})

describe('the call event', () => {
  it('reports what the caller saw', async () => {
    const clock = virtualClock()
    const again = retry({ retries: 1, backoff: 10, clock })
    const { of } = recorder(again)
    await clock.settle(again.execute(scripted(broken, 'fine')))
    await clock.settle(ended(again.execute(scripted(broken))))
    const controller = new AbortController()
    const left = ended(again.execute(() => new Promise(() => {}), { signal: controller.signal }))
    controller.abort()
    await left
    await ended(again.execute(() => 1, { signal: AbortSignal.abort() }))
    expect(of('call')).toMatchObject([
      { ok: true, ignored: false, attempts: 2, first: false, savedBy: 'retry', duration: 10 },
      { ok: false, ignored: false, attempts: 2, first: false, savedBy: undefined },
      { ok: false, ignored: true, attempts: 1, savedBy: undefined },
      { ok: false, ignored: true, attempts: 0, savedBy: undefined },
    ])
  })

  it('credits a fallback with the value it gave', async () => {
    const orNull = fallback({ value: null })
    const { of } = recorder(orNull)
    await orNull.execute(scripted(broken))
    expect(of('call')).toMatchObject([{ ok: true, first: false, savedBy: 'fallback', attempts: 1 }])
  })
})

describe('a counter or relay', () => {
  const clock = virtualClock()

  it('breaks no call when it throws, and is reported as a fault', async () => {
    const guarded = bulkhead({ limit: 0, clock })
    const { of } = recorder(guarded)
    const { events } = guarded as unknown as { readonly events: Events }
    const fail = () => {
      throw broken
    }
    events.addCounter(fail)
    events.addRelay('reject', fail)
    const heard: string[] = []
    events.addRelay('reject', ({ policy }) => void heard.push(policy))
    expect(await ended(guarded.execute(() => 1))).toMatchObject({ ok: false, error: { code: 'HF_BULKHEAD_FULL' } })
    expect(of('fault').map(({ source, error }) => [source, error])).toEqual([
      ['listener:reject', broken],
      ['counter', broken],
    ])
    expect(heard).toEqual(['bulkhead'])
  })

  it('may be removed twice, and before it was added', () => {
    const events = new Events({ name: 'x', kind: 'x', clock })
    const counter = () => {}
    events.removeCounter(counter)
    events.addCounter(counter)
    events.addCounter(() => {})
    events.removeCounter(counter)
    events.removeCounter(counter)
    expect(events.counters?.length).toBe(1)
    events.removeCounter(events.counters?.[0] as typeof counter)
    expect(events.reportsCallEnds).toBe(false)
    const listener = () => {}
    events.off('x', listener)
    events.on('x', () => {})
    events.off('x', listener)
    expect(events.hasListeners('x')).toBe(true)
  })
})

describe('a relay', () => {
  const clock = virtualClock()
  const source = { name: 'own', kind: 'bulkhead', clock }

  it('receives events only while it has listeners itself, and wants none otherwise', () => {
    const events = new Events(source)
    const told: string[] = []
    const above = { active: false }
    events.addRelay('call', () => void told.push('relay'), above)
    expect([events.hasListeners('call'), events.call, events.reportsCallEnds]).toEqual([false, undefined, false])
    events.on('call', () => void told.push('listener'))
    expect(events.hasListeners('call')).toBe(true)
    events.emit('call', {})
    above.active = true
    events.emit('call', {})

    expect(told).toEqual(['listener', 'listener', 'relay'])
  })

  it('receives nothing after it is removed, even while an event is on its way', () => {
    const events = new Events(source)
    const told: string[] = []
    const [first, second, third] = ['first', 'second', 'third'].map((name) => () => {
      told.push(name)
      if (name === 'first') events.removeRelay('call', second as () => void)
    }) as [() => void, () => void, () => void]
    for (const relay of [first, second, third]) events.addRelay('call', relay)
    events.emit('call', {})

    expect(told).toEqual(['first', 'third'])
  })

  it('is active only while the outermost pipeline or pool has a listener', () => {
    const breaker = circuitBreaker({ name: 'db' })
    const pool = failoverPool(['a'], { guard: () => breaker })
    const inner = policyOf(breaker)?.events as Events
    const outer = policyOf(pipeline(pipeline(pool)))?.events as Events
    const above = { active: false }
    const relay = (): void => {}
    for (const event of ['open', 'success']) outer.addRelay(event, relay, above)
    expect([inner.hasListeners('open'), inner.success]).toEqual([false, undefined])
    above.active = true
    expect([inner.hasListeners('open'), inner.success !== undefined]).toEqual([true, true])
    for (const event of ['open', 'success']) outer.removeRelay(event, relay)

    expect([inner.hasListeners('open'), inner.success]).toEqual([false, undefined])
  })
})
