import { context, type Span, trace } from '@opentelemetry/api'
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base'
import { bulkhead, circuitBreaker, failoverPool, fallback, ordered, pipeline, policy, retry, timeout } from 'holdfast'
import { holdfastTelemetry } from 'holdfast/opentelemetry'
import { virtualClock } from 'holdfast/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { deferred, ended } from '../../composition/deferred.ts'
import { followContexts, Spans } from './spans.ts'

class Refused extends Error {
  override readonly name = 'Refused'
}
const refuse = async (): Promise<never> => {
  throw new Refused('no')
}
const never = (): Promise<never> => new Promise(() => {})
const broken = (): never => {
  throw new Error('broken')
}

let restore: () => void
beforeAll(() => {
  restore = followContexts()
})
afterAll(() => restore())

function traced(...policies: Parameters<typeof holdfastTelemetry>[0]['policies'] & {}) {
  const spans = new Spans()
  return { spans, telemetry: holdfastTelemetry({ tracer: spans.tracer, policies }) }
}

describe('a call', () => {
  it('is one span, with its outcome', async () => {
    const db = circuitBreaker({ name: 'db' })
    const { spans } = traced(db)
    expect(await db.execute(() => 1)).toBe(1)

    expect(spans.all).toEqual([
      {
        name: 'db',
        parent: undefined,
        attributes: {
          'holdfast.policy.name': 'db',
          'holdfast.policy.kind': 'circuitBreaker',
          'holdfast.outcome': 'success',
          'holdfast.call.attempts': 1,
        },
        status: 0,
        events: [],
      },
    ])
  })

  it('that fails has the type of its error, and rejects with the error itself', async () => {
    const db = circuitBreaker({ name: 'db' })
    const { spans } = traced(db)
    const error = new Refused('no')
    await expect(db.execute(() => Promise.reject(error))).rejects.toBe(error)

    const { attributes, status, events } = spans.one('db')
    expect(attributes).toMatchObject({ 'error.type': 'Refused', 'holdfast.outcome': 'failure' })
    expect(status).toBe(2)
    expect(events.map(([name]) => name)).toEqual(['exception'])
    expect(spans.finished[0]?.status.message).toBe('no')
  })

  it.each<readonly [string, unknown, string]>([
    ['a string', 'no', '_OTHER'],
    ['nothing', undefined, '_OTHER'],
    ['a name that is no name', Object.assign(new Error('x'), { name: 'order 4711 of Mr Jones' }), '_OTHER'],
    ['an abort', new DOMException('x', 'AbortError'), 'AbortError'],
    [
      'what cannot be looked at',
      new Proxy(new Error('x'), {
        getPrototypeOf: () => {
          throw new Error('mine')
        },
      }),
      '_OTHER',
    ],
  ])('has an error type of low cardinality for %s', async (_what, thrown, type) => {
    const db = circuitBreaker({ name: 'db' })
    db.on('fault', () => {})
    const { spans } = traced(db)
    await expect(db.execute(() => Promise.reject(thrown))).rejects.toBe(thrown)

    expect(spans.one('db').attributes['error.type']).toBe(type)
  })

  it('that is rejected has the policy that rejected it, and no attempts', async () => {
    const db = circuitBreaker({ name: 'breaker', consecutiveFailures: 1 })
    const stock = pipeline('stock', db)
    const { spans } = traced(stock)
    db.isolate()
    await ended(stock.execute(() => 1))

    const { attributes, status, events } = spans.one('stock')
    expect(attributes).toMatchObject({
      'error.type': 'HF_CIRCUIT_OPEN',
      'holdfast.call.rejected_by': 'breaker',
      'holdfast.call.attempts': 0,
    })
    expect(status).toBe(2)
    expect(events).toEqual([
      [
        'holdfast.circuit_breaker.reject',
        {
          'holdfast.policy.name': 'breaker',
          'holdfast.circuit_breaker.state': 'isolated',
          'error.type': 'HF_CIRCUIT_OPEN',
        },
      ],
    ])
  })

  it('that its caller aborted is ignored, and no error', async () => {
    const stock = pipeline('stock', retry(1))
    const { spans } = traced(stock)
    const controller = new AbortController()
    const call = ended(stock.execute(never, { signal: controller.signal }))
    controller.abort('enough')
    expect(await call).toEqual({ ok: false, error: 'enough' })

    expect(spans.one('stock')).toMatchObject({ status: 0, attributes: { 'holdfast.outcome': 'ignored' } })
    expect(spans.one('stock').attributes).not.toHaveProperty('error.type')
    expect(spans.one('stock attempt')).toMatchObject({ status: 0, attributes: { 'holdfast.attempt.abandoned': true } })
  })

  it('with a value that a policy judges a failure is a failure without an error', async () => {
    const stock = pipeline('stock', retry({ retries: 0, when: ({ ok }) => ok }))
    const { spans } = traced(stock)
    expect(await stock.execute(() => 'bad')).toBe('bad')

    expect(spans.one('stock')).toMatchObject({ status: 0, attributes: { 'holdfast.outcome': 'failure' } })
  })

  it('with wrong arguments rejects as without a tracer', async () => {
    const stock = pipeline('stock', retry(1))
    const { spans } = traced(stock)
    await expect(stock.execute(5 as never)).rejects.toThrow('operation must be a function')
    expect(spans.all).toEqual([])
    await expect(stock.execute(() => 1, { key: 5 as never })).rejects.toThrow('key must be a string')

    expect(spans.one('stock')).toMatchObject({ status: 2, attributes: { 'error.type': 'TypeError' } })
  })

  it('is a child of the span that is active where it begins, also by `wrap`', async () => {
    const stock = pipeline('stock', bulkhead(1))
    const { spans } = traced(stock)
    const load = stock.wrap(async (id: string) => id)
    const outer = spans.tracer.startSpan('request')
    await context.with(trace.setSpan(context.active(), outer), async () => {
      expect(await load('a')).toBe('a')
    })
    outer.end()

    expect(spans.one('stock').parent).toBe('request')
  })
})

describe('attempts', () => {
  it('are spans inside of the call, which succeeds when one of them does', async () => {
    const clock = virtualClock()
    const stock = pipeline({ name: 'stock', clock }, retry({ name: 'again', retries: 2, backoff: '250ms' }))
    const { spans } = traced(stock)
    let calls = 0
    const operation = async () => (++calls < 3 ? refuse() : 'fine')
    expect(await clock.settle(stock.execute(operation))).toBe('fine')

    const tries = spans.named('stock attempt')
    expect(
      tries.map(({ attributes, status, parent }) => [attributes['holdfast.attempt.number'], status, parent]),
    ).toEqual([
      [1, 2, 'stock'],
      [2, 2, 'stock'],
      [3, 0, 'stock'],
    ])
    expect(tries[0]?.attributes['error.type']).toBe('Refused')
    const { attributes, status, events } = spans.one('stock')
    expect(attributes).toMatchObject({ 'holdfast.saved_by': 'again', 'holdfast.call.attempts': 3 })
    expect(attributes).not.toHaveProperty('error.type')
    expect(status).toBe(0)
    const [first] = events
    expect(first).toEqual([
      'holdfast.retry.retry',
      {
        'holdfast.policy.name': 'again',
        'holdfast.attempt.number': 1,
        'holdfast.retry.delay': 0.25,
        'error.type': 'Refused',
      },
    ])
    expect(events).toHaveLength(2)
  })

  it('that throw synchronously, or return no promise, have spans too', async () => {
    const stock = pipeline('stock', retry({ retries: 1, backoff: 0 }))
    const { spans } = traced(stock)
    let calls = 0
    const operation = () => {
      if (++calls === 1) throw new Refused('at once')
      return 'fine'
    }
    expect(await stock.execute(operation)).toBe('fine')

    expect(spans.named('stock attempt').map(({ status }) => status)).toEqual([2, 0])
  })

  it('have their member, and the call has the last one', async () => {
    const pool = failoverPool(['a', 'b'], { name: 'api', selection: ordered() })
    const { spans } = traced(pool)
    await pool.execute(async ({ target }) => (target === 'a' ? refuse() : target))

    expect(spans.named('api attempt').map(({ attributes }) => attributes['holdfast.pool.member.name'])).toEqual([
      'a',
      'b',
    ])
    const { attributes, events } = spans.one('api')
    expect(attributes['holdfast.pool.member.name']).toBe('b')
    expect(events).toEqual([
      [
        'holdfast.failover_pool.failover',
        {
          'holdfast.policy.name': 'api',
          'holdfast.failover.from': 'a',
          'holdfast.failover.to': 'b',
          'error.type': 'Refused',
        },
      ],
    ])
  })

  it('that a guard rejected are events with the member, since they did not run', async () => {
    const pool = failoverPool(['a', 'b'], {
      name: 'api',
      selection: ordered(),
      guard: () => bulkhead({ name: 'slots', limit: 0 }),
    })
    const { spans } = traced(pool)
    await ended(pool.execute(() => 1))

    expect(spans.named('api attempt')).toEqual([])
    const { events, attributes } = spans.one('api')
    expect(
      events.map(([name, said]) => [name, (said as Record<string, unknown>)['holdfast.pool.member.name']]),
    ).toEqual([
      ['holdfast.bulkhead.reject', 'a'],
      ['holdfast.failover_pool.failover', undefined],
      ['holdfast.bulkhead.reject', 'b'],
      ['holdfast.failover_pool.exhausted', undefined],
    ])
    expect(attributes['error.type']).toBe('HF_NO_MEMBER')
  })

  it('that time out end at that moment, though the work goes on', async () => {
    const clock = virtualClock()
    const stock = pipeline({ name: 'stock', clock }, retry({ retries: 1, backoff: 0 }), timeout('1s'))
    const { spans } = traced(stock)
    const late = deferred<string>()
    let calls = 0
    const call = stock.execute(() => (++calls === 1 ? late.promise : 'fine'))
    await clock.advance('1s')
    expect(await call).toBe('fine')
    late.resolve('late')
    await clock.advance('1s')

    const [first, second, ...others] = spans.named('stock attempt')
    expect(others).toEqual([])
    expect(first).toMatchObject({ status: 2, attributes: { 'error.type': 'HF_TIMEOUT' } })
    expect(first?.attributes['holdfast.attempt.abandoned']).toBe(true)
    expect(second?.attributes).not.toHaveProperty('holdfast.attempt.abandoned')
    expect(spans.one('stock').events.map(([name]) => name)).toEqual([
      'holdfast.timeout.timeout',
      'holdfast.retry.retry',
    ])
  })

  it('that a policy no longer waits for end with the call at the latest', async () => {
    const clock = virtualClock()
    const stock = pipeline({ name: 'stock', clock }, timeout('1s'), retry(1))
    const { spans } = traced(stock)
    const call = ended(stock.execute(never))
    await clock.advance('1s')
    await call

    expect(spans.one('stock attempt').attributes).toMatchObject({ 'error.type': 'HF_TIMEOUT' })
    expect(spans.one('stock').attributes).toMatchObject({ 'error.type': 'HF_TIMEOUT' })
  })

  it('of a policy of your own have a span each, also concurrent ones', async () => {
    const both = policy('both', async (call, next) => Promise.race([next(call), next(call)]))
    const { spans } = traced(both)
    const answers = [Promise.resolve('first'), never()]
    expect(await both.execute(({ attempt }) => answers[attempt - 1] as Promise<string>)).toBe('first')

    const tries = spans.named('both attempt')
    expect(tries.map(({ attributes }) => attributes['holdfast.attempt.abandoned'])).toEqual([undefined, true])
    expect(tries.map(({ status }) => status)).toEqual([0, 0])
  })
})

describe('other policies', () => {
  it('show a fallback, and the call it saved as a success', async () => {
    const stock = pipeline('stock', fallback({ value: 0 }))
    const { spans } = traced(stock)
    expect(await stock.execute(refuse)).toBe(0)

    const { status, attributes, events } = spans.one('stock')
    expect(status).toBe(0)
    expect(attributes).toMatchObject({ 'holdfast.outcome': 'success', 'holdfast.saved_by': 'fallback' })
    expect(events).toEqual([
      ['holdfast.fallback.fallback', { 'holdfast.policy.name': 'fallback', 'error.type': 'Refused' }],
    ])
  })

  it('show a retry that gave up, and why', async () => {
    const stock = pipeline('stock', retry({ retries: 0 }))
    const { spans } = traced(stock)
    await ended(stock.execute(refuse))

    expect(spans.one('stock').events).toEqual([
      [
        'holdfast.retry.give_up',
        {
          'holdfast.policy.name': 'retry',
          'holdfast.reason': 'retries',
          'holdfast.call.attempts': 1,
          'error.type': 'Refused',
        },
      ],
    ])
  })

  it('inside others have no spans of their own; calls inside calls do', async () => {
    const inner = circuitBreaker({ name: 'inner' })
    const outer = pipeline('outer', inner)
    const other = bulkhead({ name: 'other', limit: 1 })
    const { spans } = traced(outer, inner, other)
    await outer.execute(() => other.execute(() => 1))

    expect(spans.all.map(({ name, parent }) => [name, parent])).toEqual([
      ['other', 'outer'],
      ['outer', undefined],
    ])
  })

  it('show how long a call waited in a queue', async () => {
    const clock = virtualClock()
    const few = bulkhead({ name: 'few', limit: 1, queue: 1, clock })
    const { spans } = traced(few)
    const slow = deferred<void>()
    const calls = [few.execute(() => slow.promise), few.execute(() => 1)]
    await clock.advance('50ms')
    slow.resolve()
    await Promise.all(calls)

    expect(spans.named('few').flatMap(({ events }) => events)).toEqual([
      ['holdfast.bulkhead.enqueue', { 'holdfast.policy.name': 'few', 'holdfast.bulkhead.queue.length': 1 }],
      [
        'holdfast.bulkhead.dequeue',
        { 'holdfast.policy.name': 'few', 'holdfast.bulkhead.wait_time': 0.05, 'holdfast.bulkhead.queue.length': 0 },
      ],
    ])
  })
})

describe('the operation', () => {
  const parentOf = (spans: Spans): string | undefined => spans.one('http').parent
  const http = (spans: Spans) => async () => {
    spans.tracer.startSpan('http').end()
    return 'fine'
  }

  it('runs inside of the span of its attempt', async () => {
    const stock = pipeline('stock', retry(1))
    const { spans } = traced(stock)
    await stock.execute(http(spans))

    const [, attempt] = spans.finished
    expect(parentOf(spans)).toBe('stock attempt')
    expect(attempt?.name).toBe('stock attempt')
  })

  it('runs inside of the span of its own call, though another call starts it from a queue', async () => {
    const few = bulkhead({ name: 'few', limit: 1, queue: 1 })
    const { spans } = traced(few)
    const slow = deferred<void>()
    const first = few.execute(() => slow.promise)
    const second = few.execute(http(spans))
    slow.resolve()
    await Promise.all([first, second])

    const inner = spans.finished.find(({ name }) => name === 'http')
    const queued = spans.finished.find(({ events }) => events.some(({ name }) => name === 'holdfast.bulkhead.enqueue'))
    expect(inner?.parentSpanContext?.spanId).toBe(queued?.spanContext().spanId)
  })

  it('has the context of a dropped span, so spans inside of it are dropped too', async () => {
    const spans = new Spans(new AlwaysOffSampler())
    const stock = pipeline('stock', retry(1))
    holdfastTelemetry({ tracer: spans.tracer, policies: [stock] })
    let seen: Span | undefined
    await stock.execute(() => {
      seen = trace.getActiveSpan()
    })

    expect(seen?.isRecording()).toBe(false)
    expect(spans.finished).toEqual([])
  })

  it('runs inside of the span of the call if a fallback runs it', async () => {
    const spans = new Spans()
    const stock = pipeline('stock', fallback({ value: http(spans) }))
    holdfastTelemetry({ tracer: spans.tracer, policies: [stock] })
    expect(await stock.execute(refuse)).toBe('fine')

    expect(parentOf(spans)).toBe('stock')
  })
})

describe('watch and stop', () => {
  it('end the tracing, and nothing else', async () => {
    const stock = pipeline('stock', bulkhead(1))
    const { spans, telemetry } = traced(stock)
    const other = retry({ name: 'other' })
    const watched = telemetry.watch(other)
    watched.stop()
    watched.stop()
    await other.execute(() => 1)
    expect(spans.all).toEqual([])
    telemetry.stop()
    telemetry.stop()
    expect(await stock.execute(() => 1)).toBe(1)

    expect(spans.all).toEqual([])
    expect(() => telemetry.watch(stock)).not.toThrow()
  })

  it('let a running call end its span', async () => {
    const stock = pipeline('stock', bulkhead(1))
    const { spans, telemetry } = traced(stock)
    const slow = deferred<void>()
    const call = stock.execute(() => slow.promise)
    telemetry.stop()
    slow.resolve()
    await call

    expect(spans.named('stock')).toHaveLength(1)
  })

  it('refuse a policy that is traced already, and a name that is in use', () => {
    const stock = pipeline('stock', bulkhead(1))
    const { spans, telemetry } = traced(stock)

    expect(() => holdfastTelemetry({ tracer: spans.tracer, policies: [stock] })).toThrow(
      'holdfastTelemetry: policies must not be traced yet, got "stock"',
    )
    expect(() => telemetry.watch(pipeline('stock'))).toThrow(
      'holdfastTelemetry: policies must have names of their own, got "stock" again',
    )
  })
})

describe('a failure', () => {
  it('of the tracer is a fault, and the call goes on without a span', async () => {
    const stock = pipeline('stock', retry(1))
    const faults: unknown[] = []
    stock.on('fault', ({ source }) => faults.push(source))
    const own = circuitBreaker({ name: 'own' })
    own.on('fault', ({ source }) => faults.push(source))
    const tracer = {
      startSpan: () => {
        throw new Error('no tracer')
      },
    }
    holdfastTelemetry({ tracer: tracer as never, policies: [own] })
    expect(await own.execute(() => 'fine')).toBe('fine')

    expect(faults).toEqual(['tracer'])
  })

  it('of a span breaks no call', async () => {
    const spans = new Spans()
    const own = retry({ name: 'own', retries: 1, backoff: 0 })
    const faults: unknown[] = []
    own.on('fault', ({ source }) => faults.push(source))
    const startSpan: typeof spans.tracer.startSpan = (...given) => {
      const span = spans.tracer.startSpan(...given)
      for (const method of ['addEvent', 'setAttribute', 'setStatus', 'end'] as const) {
        vi.spyOn(span, method).mockImplementation(() => {
          throw new Error('no span')
        })
      }
      return span
    }
    holdfastTelemetry({ tracer: { ...spans.tracer, startSpan } as never, policies: [own] })
    let calls = 0
    expect(await own.execute(async () => (++calls === 1 ? refuse() : 'fine'))).toBe('fine')

    expect(faults).toEqual(['tracer', 'observer', 'tracer', 'observer'])
  })

  it('leaves no span open that can still be ended', async () => {
    const spans = new Spans()
    const own = retry({ name: 'own', retries: 0 })
    own.on('fault', () => {})
    const startSpan: typeof spans.tracer.startSpan = (...given) => {
      const span = spans.tracer.startSpan(...given)
      for (const method of ['setAttribute', 'setStatus'] as const) {
        vi.spyOn(span, method).mockImplementation(() => {
          throw new Error('no span')
        })
      }
      return span
    }
    holdfastTelemetry({ tracer: { ...spans.tracer, startSpan } as never, policies: [own] })
    await ended(own.execute(refuse))

    expect(spans.finished.map(({ name }) => name)).toEqual(['own attempt', 'own'])
  })

  it.each([
    ['a span that cannot say whether it is recorded', () => ({ isRecording: broken })],
    ['no span', () => undefined],
  ])('breaks no call: a tracer that gives %s', async (_what, startSpan) => {
    const own = circuitBreaker({ name: 'own' })
    const faults: unknown[] = []
    own.on('fault', ({ source }) => faults.push(source))
    holdfastTelemetry({ tracer: { startSpan } as never, policies: [own] })

    expect([await own.execute(() => 'fine'), faults]).toEqual(['fine', ['tracer']])
  })

  it('of the context manager breaks no call', async () => {
    const own = circuitBreaker({ name: 'own' })
    const faults: unknown[] = []
    own.on('fault', ({ source }) => faults.push(source))
    const { spans } = traced(own)
    const original = context.with.bind(context)
    // The SDK itself uses it too, where no span is active.
    const broken = vi.spyOn(context, 'with').mockImplementation((active, ...rest) => {
      if (trace.getSpan(active) === undefined) return original(active, ...rest)
      throw new Error('no context')
    })
    const seen = await own.execute(() => 'fine')
    broken.mockRestore()

    expect(seen).toBe('fine')
    expect(spans.named('own')).toHaveLength(1)
    expect(faults).toEqual(['tracer', 'tracer'])
  })
})
