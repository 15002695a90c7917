/** The semantics of the contract that show only where policies stand together; a room's own are tested in its folder. */
import { getEventListeners } from 'node:events'
import {
  type AnyPolicy,
  bulkhead,
  circuitBreaker,
  fallback,
  isHoldfastError,
  type Pipeline,
  pipeline,
  policy,
  retry,
  timeout,
} from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deferred, ended, thenable } from './deferred.ts'

const down = new Error('down')
const hang = () => new Promise<never>(() => {})

const unhandled: unknown[] = []
const note = (error: unknown): void => void unhandled.push(error)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note).on('uncaughtException', note)
})
afterEach(() => {
  process.off('unhandledRejection', note).off('uncaughtException', note)
  expect(unhandled).toEqual([])
  vi.restoreAllMocks()
})

/** Each policy alone, and all of them, set so that they change nothing. */
const transparent: Readonly<Record<string, (clock: ReturnType<typeof virtualClock>) => Pipeline>> = {
  none: (clock) => pipeline({ clock }),
  retry: (clock) => pipeline({ clock }, retry(0)),
  timeout: (clock) => pipeline({ clock }, timeout('1h')),
  bulkhead: (clock) => pipeline({ clock }, bulkhead({ limit: 5, queue: 5 })),
  circuitBreaker: (clock) => pipeline({ clock }, circuitBreaker()),
  fallback: (clock) => pipeline({ clock }, fallback({ value: 0 as never, when: () => false })),
  policy: (clock) =>
    pipeline(
      { clock },
      policy('mine', (_call, next) => next()),
    ),
  all: (clock) =>
    pipeline(
      { clock },
      fallback({ value: 0 as never, when: () => false }),
      timeout('1h'),
      retry({ retries: 2, backoff: 1 }),
      bulkhead({ limit: 5, queue: 5 }),
      circuitBreaker({ consecutiveFailures: 100, slowCallAfter: '1h' }),
      policy('mine', (_call, next) => next()),
      timeout('30m'),
    ),
}

for (const [name, make] of Object.entries(transparent)) {
  describe(`through ${name}`, () => {
    it('a thrown value keeps its identity (5)', async () => {
      const thrown = [
        down,
        new TypeError('t'),
        'text',
        undefined,
        null,
        0,
        Number.NaN,
        Object.freeze({ a: 1 }),
        Symbol('s'),
        () => 1,
      ]
      for (const error of thrown) {
        for (const operation of [
          () => Promise.reject(error),
          () => {
            throw error
          },
        ]) {
          const clock = virtualClock()
          const end = await clock.settle(ended(make(clock).execute(operation)))
          expect(end.ok ? 'fine' : end.error).toBe(error)
          expect(clock.pending).toBe(0)
        }
      }
    })

    it('any value that the operation returns arrives', async () => {
      const clock = virtualClock()
      const all = make(clock)
      for (const value of [undefined, null, 0, '', Number.NaN, {}, [], () => 1, Symbol('s'), new Error('as a value')]) {
        expect(await all.execute(() => value as unknown)).toBe(value)
        expect(await all.execute(async () => value as unknown)).toBe(value)
      }
    })

    it('a thenable counts once, if it calls both callbacks, calls them at once, or has a getter that throws', async () => {
      const clock = virtualClock()
      const all = make(clock)
      type Back = (value: unknown) => void
      const both = thenable({ value: (yes: Back, no: Back) => [yes('first'), no(down), yes('second')] })
      const failing = thenable({ value: (yes: Back, no: Back) => [no(down), yes('late')] })
      const throwing = thenable({
        get() {
          throw down
        },
      })
      const throwsAfter = thenable({
        value: (yes: Back) => {
          yes('first')
          throw down
        },
      })
      const callable = thenable({ value: (yes: Back) => yes('called') }, () => 1)
      expect(await all.execute(() => both as unknown)).toBe('first')
      expect(await all.execute(() => throwsAfter as unknown)).toBe('first')
      expect(await all.execute(() => callable as unknown)).toBe('called')
      expect(await clock.settle(ended(all.execute(() => failing as unknown)))).toEqual({ ok: false, error: down })
      expect(await clock.settle(ended(all.execute(() => throwing as unknown)))).toEqual({ ok: false, error: down })
      expect(clock.pending).toBe(0)
    })

    it('an abort is immediate, ends with the reason itself, and leaves no listener and no timer (5, 6)', async () => {
      for (const reason of [down, 'text', undefined, Object.freeze({})]) {
        const clock = virtualClock()
        const controller = new AbortController()
        const { signal } = controller
        const gate = deferred()
        const call = ended(make(clock).execute(() => gate.promise, { signal }))
        expect(getEventListeners(signal, 'abort').length).toBe(1)
        controller.abort(reason)
        expect(await call).toEqual({ ok: false, error: signal.reason })
        expect(getEventListeners(signal, 'abort').length).toBe(0)
        expect(clock.pending).toBe(0)
        gate.reject(down)
        await clock.advance(0)
      }
    })

    it('a call without a signal adds no listener, and a settled call leaves none', async () => {
      const clock = virtualClock()
      const made = vi.spyOn(globalThis, 'AbortController')
      await make(clock).execute(() => 1)
      expect(made).not.toHaveBeenCalled()
      made.mockRestore()
      const { signal } = new AbortController()
      await make(clock).execute(() => 1, { signal })
      await ended(clock.settle(make(clock).execute(() => Promise.reject(down), { signal })))
      expect(getEventListeners(signal, 'abort').length).toBe(0)
    })

    it('concurrent calls never mix', async () => {
      const clock = virtualClock()
      const all = make(clock)
      const gates = Array.from({ length: 5 }, () => deferred<number>())
      const calls = gates.map((gate) => all.execute(() => gate.promise))
      for (const i of [3, 0, 4, 1, 2]) gates[i]?.resolve(i)
      expect(await Promise.all(calls)).toEqual([0, 1, 2, 3, 4])
    })
  })
}

describe('rejections', () => {
  it('mean that the code did not run, and a timeout that it did (13)', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 500, clock })
    await ended(guarded.execute(() => Promise.reject(down)))
    const refusing: readonly [AnyPolicy, string][] = [
      [guarded, 'HF_CIRCUIT_OPEN'],
      [bulkhead(0), 'HF_BULKHEAD_FULL'],
    ]
    for (const [refuses, code] of refusing) {
      const operation = scripted('never')
      const end = await ended(pipeline({ clock }, refuses as typeof guarded).execute(operation))
      expect(end.ok ? undefined : isHoldfastError(end.error) && end.error.code).toBe(code)
      expect(operation.calls.length).toBe(0)
    }
  })

  it('capture no stack', async () => {
    const capture = vi.spyOn(Error, 'captureStackTrace')
    const limit = Error.stackTraceLimit
    const end = await ended(bulkhead(0).execute(() => 1))
    expect(Error.stackTraceLimit).toBe(limit)
    expect(capture).not.toHaveBeenCalled()
    expect(Object.hasOwn(end.ok ? {} : (end.error as object), 'stack')).toBe(false)
  })
})

describe('the caller’s abort', () => {
  it('is not a failure for a breaker, retry or fallback inside (1)', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1 })
    const all = pipeline({ clock }, fallback({ value: 'instead' }), retry({ retries: 3, backoff: 1 }), guarded)
    const { names } = recorder(all)
    const controller = new AbortController()
    const call = ended(all.execute(hang, { signal: controller.signal }))
    controller.abort('left')
    expect(await call).toEqual({ ok: false, error: 'left' })
    expect(guarded.state).toBe('closed')
    expect(names).toEqual(['ignored', 'call'])
  })

  it('takes precedence over how the operation reacts to it', async () => {
    const controller = new AbortController()
    const guarded = circuitBreaker({ consecutiveFailures: 1 })
    const call = ended(
      guarded.execute(
        ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason))
          }),
        { signal: controller.signal },
      ),
    )
    controller.abort('left')
    expect(await call).toEqual({ ok: false, error: 'left' })
    expect(guarded.state).toBe('closed')
  })

  it('ends a call in each of its waits: queue, backoff, attempt, fallback, custom policy (6)', async () => {
    const full = bulkhead({ limit: 0, queue: 5 })
    const waits: readonly Pipeline[] = [
      pipeline(full),
      pipeline(retry({ retries: 1, backoff: '1h' })),
      pipeline(fallback({ value: hang as never })),
      pipeline(policy('mine', () => new Promise(() => {}))),
      pipeline(policy('mine', (_call, next) => next().catch(() => new Promise(() => {})))),
    ]
    for (const all of waits) {
      const clock = virtualClock()
      const timed = pipeline({ clock }, timeout('2h'), all)
      const controller = new AbortController()
      const call = ended(timed.execute(() => Promise.reject(down), { signal: controller.signal }))
      await clock.advance(5)
      controller.abort('left')
      expect(await call).toEqual({ ok: false, error: 'left' })
      expect([clock.pending, full.queued]).toEqual([0, 0])
    }
  })
})

describe('a retry inside a later attempt of another', () => {
  const nested = (clock: ReturnType<typeof virtualClock>) =>
    pipeline(
      { clock },
      retry({ retries: 1, backoff: 1, name: 'outer' }),
      timeout(10),
      retry({ retries: 3, backoff: 5, name: 'inner' }),
    )

  it('ends its wait when the caller aborts', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const operation = scripted<string>({ hang: true }, down)
    const call = ended(nested(clock).execute(operation, { signal: controller.signal }))
    await clock.advance(12)
    expect(operation.calls.length).toBe(2)
    controller.abort('left')
    expect(await call).toEqual({ ok: false, error: 'left' })
    expect(clock.pending).toBe(0)
    await clock.advance('1h')
    expect(operation.calls.length).toBe(2)
  })
})

describe('our own timeout', () => {
  it('counts from the admission of its call, not from the start of its wait', async () => {
    const clock = virtualClock()
    const few = bulkhead({ limit: 1, queue: 1, maxWait: '1h' })
    const all = pipeline({ clock }, few, timeout(100))
    const gate = deferred()
    const first = few.execute(() => gate.promise)
    const second = ended(all.execute(hang))
    await clock.advance(50)
    gate.resolve(0)
    await first
    await clock.settle(second)
    expect(clock.now()).toBe(150)
  })

  it('applies once to all attempts inside it', async () => {
    const clock = virtualClock()
    const all = pipeline({ clock }, timeout(100), retry({ retries: 1, backoff: 10 }), timeout(200))
    const call = ended(all.execute(scripted<string>(down, { hang: true })))
    await clock.advance(20)
    expect(clock.pending).toBe(1)
    expect(await clock.settle(call)).toMatchObject({ error: { after: 100 } })
  })

  it('is a failure for the breakers inside and outside it, once each (1)', async () => {
    const clock = virtualClock()
    const outside = circuitBreaker({ name: 'outside', consecutiveFailures: 1 })
    const inside = circuitBreaker({ name: 'inside', consecutiveFailures: 1 })
    const all = pipeline({ clock }, outside, timeout(10), inside)
    const { of } = recorder(all)
    const gate = deferred()
    await clock.settle(ended(all.execute(() => gate.promise)))
    gate.resolve('late')
    await clock.advance(0)
    expect(of('failure').map(({ policy }) => policy)).toEqual(['inside', 'outside'])
    expect(of('open').map(({ policy }) => policy)).toEqual(['inside', 'outside'])
    expect(of('success')).toEqual([])
  })

  it('counts for breakers inside a custom policy and inside retries too', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 2 })
    const twice = policy('twice', (_call, next) => Promise.all([next(), next()]))
    const operation = scripted<unknown>(down, { hang: true })
    const all = pipeline({ clock }, timeout(10), twice, retry({ retries: 1, backoff: 1 }), guarded)
    await clock.settle(ended(all.execute(operation)))
    expect(guarded.state).toBe('open')
  })

  it('aborts the running attempts in the policies between, with itself as the reason', async () => {
    const clock = virtualClock()
    const reasons: unknown[] = []
    const all = pipeline(
      { clock },
      timeout(10),
      policy('twice', (_call, next) => Promise.all([next(), next()])),
      retry({ retries: 1, backoff: 1 }),
      bulkhead({ limit: 5, queue: 5 }),
    )
    let tries = 0
    const call = ended(
      all.execute(({ signal }) => {
        if (++tries === 1) throw down
        signal.addEventListener('abort', () => reasons.push(signal.reason))
        return hang()
      }),
    )
    const end = await clock.settle(call)
    expect(reasons).toEqual(end.ok ? [] : [end.error, end.error])
    expect(clock.pending).toBe(0)
  })
})

describe('deadlines (11)', () => {
  it('cancel nothing by themselves', async () => {
    const clock = virtualClock()
    const gate = deferred()
    const call = pipeline({ clock }, retry(1), circuitBreaker()).execute(() => gate.promise, { deadline: 10 })
    await clock.advance(1000)
    gate.resolve('late but here')
    expect(await call).toBe('late but here')
  })

  it('of a timeout outside bound the waits inside: backoff and queue', async () => {
    const clock = virtualClock()
    const full = bulkhead({ limit: 0, queue: 5 })
    const operation = scripted(down)
    const again = pipeline({ clock }, timeout(100), retry({ retries: 3, backoff: 200 }))
    expect(await ended(again.execute(operation))).toEqual({ ok: false, error: down })
    expect([operation.calls.length, clock.now(), clock.pending]).toEqual([1, 0, 0])
    await clock.settle(ended(pipeline({ clock }, timeout(100), full).execute(() => 1)))
    expect([clock.now(), full.queued]).toEqual([100, 0])
  })

  it('do not change a layer outside, through timeouts of several attempts', async () => {
    const clock = virtualClock()
    const deadlines: (number | undefined)[] = []
    const all = pipeline(
      { clock },
      retry({ retries: 2, backoff: 50 }),
      policy('looking', (call, next) => {
        deadlines.push(call.deadline?.getTime())
        return next()
      }),
      timeout(100),
    )
    await clock.settle(ended(all.execute(hang)))
    expect(deadlines).toEqual([undefined, undefined, undefined])
    const failing = pipeline(
      { clock },
      timeout({ after: 1000, name: 'whole' }),
      retry({ retries: 1, backoff: 500 }),
      timeout(100),
    )
    const operation = scripted<string>(down, 'fine')
    expect(await clock.settle(failing.execute(operation))).toBe('fine')
  })
})

describe('retries (10)', () => {
  it('let an outer one continue after an inner one gave up on an earlier attempt', async () => {
    const clock = virtualClock()
    const operation = scripted<string>(down, down, { hang: true }, 'fine')
    const all = pipeline(
      { clock },
      retry({ retries: 3, backoff: 1, name: 'outer' }),
      timeout(50),
      policy('once more', (_call, next) => next().catch(() => next())),
      retry({ retries: 1, backoff: 1, name: 'inner' }),
    )
    expect(await clock.settle(all.execute(operation))).toBe('fine')
    expect(operation.calls.length).toBe(4)
  })

  it('stop if a policy between marks the call as not idempotent', async () => {
    const clock = virtualClock()
    const operation = scripted(down)
    const careful = policy('careful', (call, next) => next(call.with({ idempotent: false })))
    const all = pipeline({ clock }, careful, retry({ retries: 3, backoff: 1 }))
    expect(await ended(all.execute(operation))).toEqual({ ok: false, error: down })
    expect(operation.calls.length).toBe(1)
  })
})

describe('listeners and user functions (7)', () => {
  it('can throw, reject and call back into the policies from every event without affecting a call', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const events = [
      'call',
      'fault',
      'retry',
      'giveUp',
      'timeout',
      'enqueue',
      'reject',
      'open',
      'halfOpen',
      'close',
      'isolate',
      'disable',
      'success',
      'failure',
      'ignored',
      'fallback',
    ]
    for (const hurt of ['throw', 'reject', 'execute', 'off', 'isolate', 'abort'] as const) {
      const clock = virtualClock()
      const few = bulkhead({ limit: 1, queue: 1, maxWait: 20 })
      const guarded = circuitBreaker({ consecutiveFailures: 2, openFor: 5 })
      const all = pipeline(
        { clock },
        fallback({ value: 'instead' }),
        timeout(200),
        retry({
          retries: 2,
          backoff: 7,
          when: () => {
            throw down
          },
        }),
        few,
        guarded,
        timeout(15),
      )
      const controller = new AbortController()
      let depth = 0
      for (const event of events) {
        const listener = (): unknown => {
          if (hurt === 'throw') throw down
          if (hurt === 'reject') return Promise.reject(down)
          if (hurt === 'off') all.off(event as 'call', listener)
          if (hurt === 'isolate') guarded.isolate().release()
          if (hurt === 'abort') controller.abort('from a listener')
          if (hurt === 'execute' && depth++ < 20) void ended(all.execute(() => 'nested'))
          return undefined
        }
        all.on(event as 'call', listener)
      }
      const scripts = [
        ['fine'],
        [down, 'fine'],
        [down],
        [{ hang: true }],
        [{ after: 5, value: 'slow', clock }],
      ] as const
      const calls = scripts.map((script, i) =>
        ended(
          all.execute(
            scripted<unknown>(...(script as unknown as [unknown])),
            i % 2 === 0 ? { signal: controller.signal } : undefined,
          ),
        ),
      )
      const ends = await clock.settle(Promise.all(calls))
      for (const end of ends) {
        if (!end.ok) expect(end.error).toBe('from a listener')
        else expect(['fine', 'slow', 'instead']).toContain(end.value)
      }
      await clock.advance('1h')
      expect(getEventListeners(controller.signal, 'abort').length).toBe(0)
      expect([hurt, few.queued, clock.pending]).toEqual([hurt, 0, 0])
      expect(few.active).toBeGreaterThanOrEqual(0)
    }
  })
})
