import {
  adaptiveLimiter,
  type BulkheadReason,
  bulkhead,
  type CircuitOpenReason,
  circuitBreaker,
  constant,
  delays,
  type ErrorCode,
  exponential,
  fallback,
  isHoldfastError,
  linear,
  retry,
  timeout,
} from 'holdfast'
import { describe, expectTypeOf, it } from 'vitest'

describe('durations', () => {
  it('are numbers of ms, or a number with a unit', () => {
    timeout(800)
    timeout('1.5s')
    // @ts-expect-error no such unit
    timeout('2 seconds')
    // @ts-expect-error no unit
    timeout('2')
  })
})

describe('options', () => {
  it('must be known', () => {
    // @ts-expect-error retries, not times
    retry({ times: 3 })
    // @ts-expect-error failureRate, not threshold
    circuitBreaker({ threshold: 0.5 })
    // @ts-expect-error limit is needed
    bulkhead({ queue: 2 })
    // @ts-expect-error one of the orders
    adaptiveLimiter({ order: 'newest' })
    // @ts-expect-error an algorithm has a method update
    adaptiveLimiter({ algorithm: { baseline: 1 } })
    adaptiveLimiter({ algorithm: { update: (limit, { drops }) => (drops > 0 ? limit / 2 : limit + 1) } })
    // @ts-expect-error after is needed
    timeout({})
    // @ts-expect-error value is needed
    fallback({})
  })

  it('of backoffs are their own', () => {
    retry({ backoff: 100 })
    retry({ backoff: '1s' })
    retry({ backoff: exponential({ jitter: 'decorrelated' }) })
    retry({ backoff: delays([1, '2s']) })
    retry({ backoff: ({ attempt, previous = 0 }) => previous + attempt })
    circuitBreaker({ openFor: constant('10s') })
    // @ts-expect-error only exponential knows it
    linear({ jitter: 'decorrelated' })
    // @ts-expect-error a function gives ms
    retry({ backoff: () => '1s' })
    circuitBreaker({ openFor: ({ attempt, previous = 0 }) => previous + attempt })
    // @ts-expect-error a function gives ms
    circuitBreaker({ openFor: () => '1s' })
  })

  it('of `when` return a judgement', () => {
    adaptiveLimiter<{ status: number }>({ when: (outcome) => outcome.ok && outcome.value.status === 503 })
    retry({ when: (outcome) => !outcome.ok && outcome.error instanceof RangeError })
    retry({ when: () => 'ignore' })
    // @ts-expect-error no verdict
    retry({ when: () => 'failure' })
    // @ts-expect-error a failure has no value
    retry({ when: (outcome) => !outcome.ok && outcome.value })
  })
})

describe('isHoldfastError', () => {
  it('narrows to the code and the policy', () => {
    const error: unknown = undefined

    if (isHoldfastError(error)) {
      expectTypeOf(error.code).toEqualTypeOf<ErrorCode>()
      expectTypeOf(error.policy).toEqualTypeOf<string>()
      if (error.code === 'HF_CIRCUIT_OPEN') expectTypeOf(error.reason).toEqualTypeOf<CircuitOpenReason>()
      if (error.code === 'HF_BULKHEAD_FULL') expectTypeOf(error.reason).toEqualTypeOf<BulkheadReason>()
      if (error.code === 'HF_TIMEOUT') expectTypeOf(error.after).toEqualTypeOf<number>()
      if (error.code === 'HF_FAILOVER') expectTypeOf(error.members).toEqualTypeOf<readonly string[]>()
      // @ts-expect-error only some have a reason
      expectTypeOf(error.reason).toEqualTypeOf<string>()
    }
  })
})
