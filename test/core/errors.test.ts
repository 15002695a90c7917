import { runInNewContext } from 'node:vm'
import {
  BulkheadFullError,
  bulkhead,
  CircuitOpenError,
  circuitBreaker,
  DeadlineError,
  FailoverError,
  HoldfastError,
  isHoldfastError,
  LimitReachedError,
  NoMemberError,
  RateLimitedError,
  RejectedError,
  ThrottledError,
  TimeoutError,
  timeout,
} from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

const errorOf = async (promise: Promise<unknown>): Promise<Error> => {
  const end = await ended(promise)
  if (end.ok) throw new Error('did not fail')
  return end.error as Error
}

describe('the errors', () => {
  it('carry their literal code, their name and the policy', () => {
    const all: readonly [HoldfastError | FailoverError, string, string][] = [
      [new CircuitOpenError('m', 'p'), 'CircuitOpenError', 'HF_CIRCUIT_OPEN'],
      [new BulkheadFullError('m', 'p'), 'BulkheadFullError', 'HF_BULKHEAD_FULL'],
      [new RateLimitedError('m', 'p'), 'RateLimitedError', 'HF_RATE_LIMITED'],
      [new LimitReachedError('m', 'p'), 'LimitReachedError', 'HF_LIMIT_REACHED'],
      [new ThrottledError('m', 'p'), 'ThrottledError', 'HF_THROTTLED'],
      [new DeadlineError('m', 'p'), 'DeadlineError', 'HF_DEADLINE'],
      [new NoMemberError('m', 'p'), 'NoMemberError', 'HF_NO_MEMBER'],
      [new TimeoutError('p', 5), 'TimeoutError', 'HF_TIMEOUT'],
      [new FailoverError('p', ['a'], [new Error('x')]), 'FailoverError', 'HF_FAILOVER'],
    ]
    for (const [error, name, code] of all) {
      expect([error.name, error.code, error.policy]).toEqual([name, code, 'p'])
      expect(error).toBeInstanceOf(Error)
      expect(isHoldfastError(error)).toBe(true)
      expect(String(error)).toBe(`${name}: ${error.message}`)
    }
  })

  it('have one line of descent', () => {
    expect(new CircuitOpenError('m', 'p')).toBeInstanceOf(RejectedError)
    expect(new RejectedError('m', 'p')).toBeInstanceOf(HoldfastError)
    expect(new TimeoutError('p', 5)).toBeInstanceOf(HoldfastError)
    expect(new TimeoutError('p', 5)).not.toBeInstanceOf(RejectedError)
    expect(new FailoverError('p', [], [])).toBeInstanceOf(AggregateError)
    expect(new HoldfastError('m', 'p', { cause: 'why' }).cause).toBe('why')
  })

  it('are known by their brand, also from another copy', () => {
    const foreign = runInNewContext(`
      const error = new Error('from another copy')
      Object.defineProperty(error, Symbol.for('holdfast.error'), { value: 'rejected' })
      error`)
    expect(foreign instanceof Error).toBe(false)
    expect(isHoldfastError(foreign)).toBe(true)
    const throwing = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap')
        },
      },
    )
    for (const value of [undefined, null, 5, 'HF_TIMEOUT', {}, new Error('x'), throwing]) {
      expect(isHoldfastError(value)).toBe(false)
    }
  })

  it('count as rejections by their brand: a breaker ignores one of another copy', async () => {
    const foreign = Object.assign(new Error('from another copy'), { code: 'HF_RATE_LIMITED', policy: 'limiter' })
    Object.defineProperty(foreign, Symbol.for('holdfast.error'), { value: 'rejected' })
    const guarded = circuitBreaker({ consecutiveFailures: 1, clock: virtualClock() })
    expect(await errorOf(guarded.execute(() => Promise.reject(foreign)))).toBe(foreign)
    expect(guarded.state).toBe('closed')
  })

  it('made on the way of a refusal capture no stack, and still print as errors', async () => {
    const error = (await errorOf(bulkhead(0).execute(() => 1))) as BulkheadFullError
    expect(error).toBeInstanceOf(BulkheadFullError)
    expect(error.stack).toBe('BulkheadFullError: bulkhead: bulkhead is full')
    error.stack = 'mine'
    expect(error.stack).toBe('mine')
    expect(Object.keys(error)).not.toContain('stack')
    expect(error.retryAfter).toBe(undefined)
    const open = circuitBreaker({ name: 'db' })
    open.isolate()
    expect((await errorOf(open.execute(() => 1))).message).toBe('db: circuit is isolated')
  })

  it('say why a breaker refused', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ consecutiveFailures: 1, openFor: 10, clock })
    const reasons: unknown[] = []
    breaker.on('reject', ({ error, state }) => reasons.push([error.reason, state]))
    await errorOf(breaker.execute(() => Promise.reject(new Error('down'))))
    const refusal = async () => ((await errorOf(breaker.execute(() => 1))) as CircuitOpenError).reason
    expect(await refusal()).toBe('open')
    await clock.advance(10)
    const probe = breaker.execute(() => clock.advance(5))
    expect(await refusal()).toBe('half-open')
    await probe
    breaker.isolate()
    expect(await refusal()).toBe('isolated')
    expect(reasons).toEqual([
      ['open', 'open'],
      ['half-open', 'half-open'],
      ['isolated', 'isolated'],
    ])
  })

  it('say why a bulkhead refused', async () => {
    const clock = virtualClock()
    const never = () => new Promise(() => {})
    const few = bulkhead({ limit: 1, queue: 1, maxWait: 10, clock })
    few.execute(never)
    const waiting = errorOf(few.execute(never))
    expect(await errorOf(few.execute(never))).toMatchObject({ reason: 'full' })
    await clock.advance(10)
    expect(await waiting).toMatchObject({ reason: 'maxWait' })
    expect(await clock.settle(errorOf(few.execute(never, { deadline: 5 })))).toMatchObject({ reason: 'deadline' })
  })

  it('take a reason where a test makes one by hand', () => {
    expect(new CircuitOpenError('m', 'p').reason).toBe('open')
    expect(new CircuitOpenError('m', 'p', 5, { reason: 'isolated' })).toMatchObject({
      retryAfter: 5,
      reason: 'isolated',
    })
    expect(new BulkheadFullError('m', 'p').reason).toBe('full')
    expect(new BulkheadFullError('m', 'p', undefined, { reason: 'maxWait', cause: 1 })).toMatchObject({
      reason: 'maxWait',
      cause: 1,
    })
  })

  it('say after how long a call timed out', async () => {
    const clock = virtualClock()
    const error = await errorOf(
      clock.settle(timeout({ after: '2s', name: 'quick', clock }).execute(() => new Promise(() => {}))),
    )
    expect(error).toMatchObject({
      code: 'HF_TIMEOUT',
      policy: 'quick',
      after: 2000,
      message: 'quick: timed out after 2000 ms',
    })
  })
})
