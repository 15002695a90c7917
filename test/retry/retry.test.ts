import { getEventListeners } from 'node:events'
import { bulkhead, circuitBreaker, exponential, pipeline, policy, RateLimitedError, retry, timeout } from 'holdfast'
import { recorder, scripted, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const down = new Error('down')

describe('retry', () => {
  it('makes `retries` additional tries, waits between them, and gives up once', async () => {
    const clock = virtualClock()
    const again = retry({ retries: 3, backoff: 100, clock })
    const { names, of } = recorder(again)
    const operation = scripted(down)
    expect(await clock.settle(ended(again.execute(operation)))).toEqual({ ok: false, error: down })
    expect(operation.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4])
    expect(clock.now()).toBe(300)
    expect(names).toEqual(['retry', 'retry', 'retry', 'giveUp', 'call'])
    expect(of('retry')).toMatchObject([
      { attempt: 1, delay: 100, error: down },
      { attempt: 2, delay: 100 },
      { attempt: 3, delay: 100 },
    ])
    expect(of('giveUp')).toMatchObject([{ reason: 'retries', attempts: 4, error: down, rejection: undefined }])
  })

  it('defaults to 2 retries with full jitter', async () => {
    const clock = virtualClock()
    const again = retry({ clock, random: seededRandom(1) })
    const { of } = recorder(again)
    const operation = scripted(down)
    await clock.settle(ended(again.execute(operation)))
    expect(operation.calls.length).toBe(3)
    const random = seededRandom(1)
    expect(of('retry').map(({ delay }) => delay)).toEqual([100 * random(), 200 * random()])
  })

  it('does not retry with 0 retries, and says so', async () => {
    const again = retry(0)
    const { of } = recorder(again)
    expect(await ended(again.execute(scripted(down)))).toEqual({ ok: false, error: down })
    expect(of('giveUp')).toMatchObject([{ reason: 'retries', attempts: 1, error: down }])
  })

  it('keeps the identity of whatever is thrown, TypeErrors, primitives and frozen objects too', async () => {
    const clock = virtualClock()
    const frozen = Object.freeze({ code: 1 })
    const noExtensions = Object.preventExtensions(new Error('no extensions'))
    for (const thrown of [
      new TypeError('t'),
      'text',
      undefined,
      null,
      0,
      Number.NaN,
      frozen,
      noExtensions,
      Symbol('s'),
    ]) {
      const again = retry({ retries: 1, backoff: 5, clock })
      let tries = 0
      const end = await clock.settle(
        ended(
          again.execute(() => {
            tries++
            throw thrown
          }),
        ),
      )
      expect(tries).toBe(2)
      expect(end.ok ? 'fine' : end.error).toBe(thrown)
    }
  })

  it('rethrows the last error of an invocation, and reports a later rejection in `giveUp`', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 2, openFor: '1h' })
    const all = pipeline({ clock }, retry({ retries: 5, backoff: 10 }), guarded)
    const { of } = recorder(all)
    const errors = [new Error('first'), new Error('second')]
    const operation = scripted(errors[0] as Error, errors[1] as Error)
    expect(await clock.settle(ended(all.execute(operation)))).toEqual({ ok: false, error: errors[1] })
    expect(operation.calls.length).toBe(2)
    expect(of('giveUp')).toMatchObject([{ reason: 'rejected', attempts: 3, rejection: { code: 'HF_CIRCUIT_OPEN' } }])
  })

  it('does not retry a rejection without a deadline, and gives the rejection itself', async () => {
    const clock = virtualClock()
    const all = pipeline({ clock }, retry({ retries: 5, backoff: 10 }), bulkhead(0))
    const { names } = recorder(all)
    expect(await ended(all.execute(() => 1))).toMatchObject({ ok: false, error: { code: 'HF_BULKHEAD_FULL' } })
    expect(names).toEqual(['reject', 'call'])
    expect(clock.pending).toBe(0)
  })

  it('retries a rejection whose retryAfter fits the deadline, and waits for it', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 1000, clock })
    const all = pipeline({ clock }, retry({ retries: 1, backoff: 10 }), guarded)
    await ended(guarded.execute(scripted(down)))
    const short = await ended(all.execute(() => 1, { deadline: 999 }))
    expect(short).toMatchObject({ ok: false, error: { code: 'HF_CIRCUIT_OPEN', retryAfter: 1000 } })
    expect(await clock.settle(all.execute(() => 'fine', { deadline: 1000 }))).toBe('fine')
    expect(clock.now()).toBe(1000)
  })

  it('starts no wait that ends after the deadline', async () => {
    const clock = virtualClock()
    const again = retry({ retries: 5, backoff: 100, clock })
    const { of } = recorder(again)
    const operation = scripted(down)
    const end = await clock.settle(ended(again.execute(operation, { deadline: 250 })))
    expect(end).toEqual({ ok: false, error: down })
    expect([operation.calls.length, clock.now()]).toEqual([3, 200])
    expect(of('giveUp')).toMatchObject([{ reason: 'deadline', attempts: 3 }])
  })

  it('starts no try after an outer timeout', async () => {
    const clock = virtualClock()
    const all = pipeline({ clock }, timeout(150), retry({ retries: 5, backoff: 100 }))
    const operation = scripted(down)
    expect(await clock.settle(ended(all.execute(operation)))).toEqual({ ok: false, error: down })
    expect(operation.calls.length).toBe(2)
    const hung = scripted({ hang: true })
    const late = pipeline({ clock }, timeout(150), retry({ retries: 5, backoff: 100 }))
    expect(await clock.settle(ended(late.execute(hung)))).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    await clock.advance('1h')
    expect(hung.calls.length).toBe(1)
  })

  it('ends a backoff wait at once when the caller aborts', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const operation = scripted(down)
    const call = ended(retry({ retries: 1, backoff: 10_000, clock }).execute(operation, { signal: controller.signal }))
    await clock.advance(1000)
    controller.abort('enough')
    expect(await call).toEqual({ ok: false, error: 'enough' })
    expect(clock.now()).toBe(1000)
    await clock.advance('1h')
    expect([operation.calls.length, clock.pending]).toEqual([1, 0])
    expect(getEventListeners(controller.signal, 'abort').length).toBe(0)
  })

  it('ends a running try at once when the caller aborts, and drops its result', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const gate = deferred()
    const operation = scripted<unknown>(down, () => gate.promise)
    const again = retry({ retries: 5, backoff: 0, clock })
    const { names } = recorder(again)
    const call = ended(again.execute(operation, { signal: controller.signal }))
    await clock.advance(0)
    controller.abort('enough')
    expect(await call).toEqual({ ok: false, error: 'enough' })
    gate.reject(down)
    await clock.advance('1h')
    expect(operation.calls.length).toBe(2)
    expect(names).toEqual(['retry', 'call'])
  })

  it('makes no second invocation of what is not idempotent', async () => {
    const clock = virtualClock()
    const all = pipeline({ clock }, retry({ retries: 5, backoff: 1 }), timeout(10))
    const { of } = recorder(all)
    const operation = scripted<string>({ hang: true })
    const end = await clock.settle(ended(all.execute(operation, { idempotent: false })))
    expect(end).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    expect(operation.calls.length).toBe(1)
    expect(of('giveUp')).toMatchObject([{ reason: 'idempotent', attempts: 1 }])
  })

  it('may try again what was refused before it ran, also where it is not idempotent', async () => {
    const clock = virtualClock()
    const guarded = circuitBreaker({ consecutiveFailures: 1, openFor: 100, clock })
    await ended(guarded.execute(scripted(down)))
    const all = pipeline({ clock }, retry({ retries: 1, backoff: 1 }), guarded)
    const operation = scripted('fine')
    expect(await clock.settle(all.execute(operation, { idempotent: false, deadline: 500 }))).toBe('fine')
    expect(operation.calls.length).toBe(1)
  })

  it('multiplies nothing: what an inner retry gave up on ends there', async () => {
    const clock = virtualClock()
    const layer = () => retry({ retries: 2, backoff: 1 })
    const all = pipeline({ clock }, layer(), layer(), layer())
    const { of } = recorder(all)
    const operation = scripted(down)
    expect(await clock.settle(ended(all.execute(operation)))).toEqual({ ok: false, error: down })
    expect(operation.calls.length).toBe(3)
    expect(of('giveUp').length).toBe(1)
  })

  it('flags the call, not the error: the same error object is retried in another call', async () => {
    const clock = virtualClock()
    const all = pipeline({ clock }, retry({ retries: 1, backoff: 1 }), retry({ retries: 1, backoff: 1 }))
    for (let call = 0; call < 2; call++) {
      const operation = scripted(down)
      await clock.settle(ended(all.execute(operation)))
      expect(operation.calls.length).toBe(2)
    }
  })

  it('retries in the outer layer what the inner one has not given up on', async () => {
    const clock = virtualClock()
    const all = pipeline({ clock }, retry({ retries: 1, backoff: 1 }), timeout(50), retry({ retries: 1, backoff: 1 }))
    const operation = scripted<string>(down, { hang: true }, 'fine')
    expect(await clock.settle(all.execute(operation))).toBe('fine')
    expect(operation.calls.length).toBe(3)
  })

  it('asks `when` about values, and about rejections on request, and its answer is final', async () => {
    const clock = virtualClock()
    const asked: unknown[] = []
    const again = retry({
      retries: 1,
      backoff: 1,
      when: (outcome) => {
        asked.push(outcome)
        return outcome.ok ? outcome.value === 503 : true
      },
      rejections: 'ask',
    })
    const all = pipeline({ clock }, again, bulkhead({ limit: 1 }))
    expect(await clock.settle(all.execute(scripted<number>(503, 200)))).toBe(200)
    expect(asked).toEqual([
      { ok: true, value: 503 },
      { ok: true, value: 200 },
    ])
    const { of } = recorder(again)
    const full = pipeline({ clock }, again, bulkhead(0))
    await clock.settle(ended(full.execute(() => 1)))
    expect(of('retry').length).toBe(1)
    expect(of('giveUp')).toMatchObject([
      { rejection: { code: 'HF_BULKHEAD_FULL' }, error: { code: 'HF_BULKHEAD_FULL' } },
    ])
  })

  it('gives the bad value in the end, not an error made of it', async () => {
    const clock = virtualClock()
    const again = retry({ retries: 1, backoff: 1, clock, when: ({ ok }) => ok })
    const { of } = recorder(again)
    expect(await clock.settle(again.execute(() => 503))).toBe(503)
    expect(of('retry')).toMatchObject([{ error: undefined }])
    expect(of('giveUp')).toMatchObject([{ error: undefined, attempts: 2 }])
    expect(of('call')).toMatchObject([{ ok: false }])
  })

  it("takes 'ignore' and false as not to be retried", async () => {
    for (const verdict of [false, 'ignore'] as const) {
      const operation = scripted(down)
      const again = retry({ retries: 3, backoff: 0, when: () => verdict })
      const { names } = recorder(again)
      expect(await ended(again.execute(operation))).toEqual({ ok: false, error: down })
      expect(operation.calls.length).toBe(1)
      expect(names).toEqual(['call'])
    }
  })

  it('stops trying where `when` says so of a later try', async () => {
    const clock = virtualClock()
    const fatal = new Error('fatal')
    const operation = scripted(down, fatal)
    const again = retry({ retries: 3, backoff: 1, clock, when: (outcome) => !outcome.ok && outcome.error !== fatal })
    const { names } = recorder(again)
    expect(await clock.settle(ended(again.execute(operation)))).toEqual({ ok: false, error: fatal })
    expect(operation.calls.length).toBe(2)
    expect(names).toEqual(['retry', 'call'])
  })

  it('uses the default if `when` throws or returns something else, and reports it', async () => {
    const clock = virtualClock()
    for (const when of [
      () => 'yes',
      () => undefined,
      () => {
        throw down
      },
    ]) {
      const again = retry({ retries: 1, backoff: 1, clock, when: when as never })
      const { of } = recorder(again)
      const operation = scripted<string>(new Error('first'), 'fine')
      expect(await clock.settle(again.execute(operation))).toBe('fine')
      expect(of('fault').every(({ source }) => source === 'when')).toBe(true)
      expect(of('fault').length).toBe(2)
    }
  })

  it('uses the default wait if the backoff throws or returns no wait, and reports it', async () => {
    for (const wrong of [Number.NaN, -1, '5', null, undefined, 1n, {}, 'throw']) {
      const clock = virtualClock()
      const again = retry({
        retries: 1,
        clock,
        backoff: () => {
          if (wrong === 'throw') throw down
          return wrong as number
        },
      })
      const { of } = recorder(again)
      expect(await clock.settle(again.execute(scripted<string>(down, 'fine')))).toBe('fine')
      expect(of('fault')).toMatchObject([{ source: 'backoff' }])
      expect(of('retry')[0]?.['delay']).toBeLessThanOrEqual(100)
    }
  })

  it('stops where the backoff gives Infinity', async () => {
    const again = retry({ retries: 5, backoff: () => Number.POSITIVE_INFINITY })
    const { of } = recorder(again)
    const operation = scripted(down)
    expect(await ended(again.execute(operation))).toEqual({ ok: false, error: down })
    expect(operation.calls.length).toBe(1)
    expect(of('giveUp')).toMatchObject([{ reason: 'backoff' }])
  })

  it('gives a backoff function the attempt, the error and the wait before', async () => {
    const clock = virtualClock()
    const seen: unknown[] = []
    const again = retry({
      retries: 2,
      clock,
      backoff: (context) => {
        seen.push(context)
        return 10 * context.attempt
      },
    })
    const second = new Error('second')
    await clock.settle(ended(again.execute(scripted(down, second))))
    expect(seen).toEqual([
      { attempt: 1, error: down, previous: undefined },
      { attempt: 2, error: second, previous: 10 },
    ])
  })

  it('takes retryAfter as the least wait, whatever it gives', async () => {
    const cases: readonly [unknown, number][] = [
      [5000, 5000],
      [50, 100],
      [0, 100],
      [-3_600_000, 100],
      [Number.NaN, 100],
      ['garbage', 100],
      [null, 100],
      [undefined, 100],
      [1e12, 1e12],
    ]
    for (const [hint, expected] of cases) {
      const clock = virtualClock()
      const again = retry({
        retries: 1,
        backoff: 100,
        clock,
        maxRetryAfter: Number.POSITIVE_INFINITY,
        retryAfter: () => hint as number,
      })
      expect(await clock.settle(again.execute(scripted<string>(down, 'fine')))).toBe('fine')
      expect(clock.now()).toBe(expected)
    }
  })

  it('stops where retryAfter is Infinity or ends after the deadline', async () => {
    const clock = virtualClock()
    const endless = retry({ retries: 1, clock, retryAfter: () => Number.POSITIVE_INFINITY })
    const hour = retry({ retries: 1, clock, retryAfter: () => 3_600_000 })
    const reasons: unknown[] = []
    for (const again of [endless, hour]) again.on('giveUp', ({ reason }) => reasons.push(reason))
    await ended(endless.execute(scripted(down)))
    await ended(hour.execute(scripted(down), { deadline: '5s' }))
    expect(reasons).toEqual(['backoff', 'deadline'])
    expect(clock.pending).toBe(0)
  })

  it('asks retryAfter about values and errors alike, as outcomes', async () => {
    const clock = virtualClock()
    const asked: unknown[] = []
    const busy = { status: 429, wait: 3000 }
    const again = retry<{ readonly status: number; readonly wait?: number }>({
      retries: 3,
      backoff: 10,
      clock,
      when: (outcome) => !outcome.ok || outcome.value.status === 429,
      retryAfter: (outcome) => {
        asked.push(outcome)
        return outcome.ok ? outcome.value.wait : undefined
      },
    })
    const operation = scripted<{ status: number; wait?: number }>(busy, down, { status: 200 })
    expect(await clock.settle(again.execute(operation))).toEqual({ status: 200 })
    expect(clock.now()).toBe(3010)
    expect(asked).toEqual([
      { ok: true, value: busy },
      { ok: false, error: down },
    ])
  })

  it('waits as if unasked where retryAfter throws, and reports it', async () => {
    const clock = virtualClock()
    const again = retry({
      retries: 1,
      backoff: 7,
      clock,
      retryAfter: () => {
        throw down
      },
    })
    const { of } = recorder(again)
    await clock.settle(again.execute(scripted<string>(down, 'fine')))
    expect(clock.now()).toBe(7)
    expect(of('fault')).toMatchObject([{ source: 'retryAfter', error: down }])
  })

  it('takes the retryAfter of a rejection thrown by the operation as the least wait', async () => {
    const clock = virtualClock()
    const limited = new RateLimitedError('slow down', 'remote', 400)
    const again = retry({ retries: 1, backoff: 10, clock })
    expect(await clock.settle(again.execute(scripted<string>(limited, 'fine'), { deadline: 1000 }))).toBe('fine')
    expect(clock.now()).toBe(400)
  })

  it('never mixes the counters of concurrent calls', async () => {
    const clock = virtualClock()
    const again = retry({ retries: 2, backoff: exponential({ base: 10, jitter: 'none' }), clock })
    const operations = Array.from({ length: 20 }, (_, i) =>
      scripted<string>(...(Array.from({ length: i % 3 }, () => down) as []), `fine ${i}`),
    )
    const values = await clock.settle(Promise.all(operations.map((operation) => again.execute(operation))))
    expect(values).toEqual(operations.map((_, i) => `fine ${i}`))
    expect(operations.map(({ calls }) => calls.length)).toEqual(operations.map((_, i) => (i % 3) + 1))
  })

  it('reads a thousand tries without growing the stack', async () => {
    const clock = virtualClock()
    const operation = scripted(down)
    await clock.settle(ended(retry({ retries: 2000, backoff: 0, clock }).execute(operation)))
    expect(operation.calls.length).toBe(2001)
  })

  it('runs each attempt under the policies inside it again', async () => {
    const clock = virtualClock()
    const seen: number[] = []
    const counted = policy('counted', (call, next) => {
      seen.push(call.attempt)
      return next()
    })
    await clock.settle(ended(pipeline({ clock }, retry({ retries: 2, backoff: 1 }), counted).execute(scripted(down))))
    expect(seen).toEqual([1, 2, 3])
  })

  it('ends a call aborted in the very turn in which a retry is announced', async () => {
    const clock = virtualClock()
    for (const backoff of [0, 10]) {
      const controller = new AbortController()
      const operation = scripted(down)
      const again = retry({ retries: 3, backoff, clock })
      again.on('retry', () => controller.abort('now'))
      const end = await clock.settle(ended(again.execute(operation, { signal: controller.signal })))
      expect(end).toEqual({ ok: false, error: 'now' })
      await clock.advance(1)
      expect([operation.calls.length, clock.pending]).toEqual([1, 0])
    }
  })

  it('ends a call aborted in the moment before the next try starts', async () => {
    const controller = new AbortController()
    const operation = scripted(down)
    const again = retry({ retries: 3, backoff: 0 })
    // The loop takes a few microtasks from the decision to the try; abort in each of them.
    for (let ticks = 1; ticks < 12; ticks++) {
      const own = new AbortController()
      const once = scripted(down)
      const listener = async (): Promise<void> => {
        for (let i = 0; i < ticks; i++) await undefined
        own.abort('between')
      }
      again.once('retry', listener)
      expect((await ended(again.execute(once, { signal: own.signal }))).ok).toBe(false)
      const tries = once.calls.length
      await virtualClock().advance(0)
      expect(once.calls.length).toBe(tries)
    }
    again.once('retry', () => queueMicrotask(() => controller.abort('at once')))
    expect(await ended(again.execute(operation, { signal: controller.signal }))).toEqual({
      ok: false,
      error: 'at once',
    })
    expect(operation.calls.length).toBe(1)
  })

  it('ends a call aborted while it gives up', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const again = retry({ retries: 1, backoff: 1, clock })
    const { of } = recorder(again)
    again.on('giveUp', () => controller.abort('now'))
    const end = await clock.settle(ended(again.execute(scripted(down), { signal: controller.signal })))
    expect(end).toEqual({ ok: false, error: 'now' })
    expect(of('call')).toMatchObject([{ ignored: true }])
  })
})
