/** What is said of a mistake: what was meant, as far as that can be told. */
import {
  availabilityTracker,
  type Backoff,
  bulkhead,
  circuitBreaker,
  delays,
  exponential,
  failoverPool,
  fallback,
  linear,
  pipeline,
  policy,
  retry,
  timeout,
} from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { warnOnce } from '../../src/core/events.ts'
import { ended } from '../composition/deferred.ts'

function refusal(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    return (error as Error).message
  }
  throw new Error('was not refused')
}

afterEach(() => vi.restoreAllMocks())

describe('an option of another library', () => {
  const makers: Readonly<Record<string, (options: object) => unknown>> = {
    retry,
    circuitBreaker,
    bulkhead: (options) => bulkhead({ limit: 1, ...options }),
    timeout: (options) => timeout({ after: 1, ...options }),
    fallback: (options) => fallback({ value: 1, ...options }),
    exponential,
    linear,
  }
  const cases: readonly [string, object, string][] = [
    ['circuitBreaker', { resetTimeout: 1 }, 'it is called openFor here'],
    ['circuitBreaker', { cooldown: 1 }, 'it is called openFor here'],
    ['circuitBreaker', { breakDuration: 1 }, 'it is called openFor here'],
    ['circuitBreaker', { halfOpenAfter: 1 }, 'it is called openFor here'],
    ['circuitBreaker', { waitDurationInOpenState: 1 }, 'it is called openFor here'],
    [
      'circuitBreaker',
      { errorThresholdPercentage: 50 },
      'it is called failureRate here, and is from 0 to 1: 50 % is 0.5',
    ],
    ['circuitBreaker', { failureRateThreshold: 0.5 }, 'it is called failureRate here'],
    ['circuitBreaker', { failureRatio: '50' }, 'it is called failureRate here'],
    ['circuitBreaker', { threshold: 5 }, 'it is consecutiveFailures (a count) or failureRate (0 to 1) here'],
    ['circuitBreaker', { volumeThreshold: 5 }, 'it is called minimumCalls here'],
    ['circuitBreaker', { rollingCountTimeout: 5 }, 'it is called window here'],
    ['circuitBreaker', { successThreshold: 5 }, 'it is called probes here'],
    ['circuitBreaker', { errorFilter: () => true }, 'it is called when here'],
    ['circuitBreaker', { timeout: 5 }, 'timeout() is a policy of its own, to be listed inside'],
    ['circuitBreaker', { onOpen: () => 1 }, "events are listened to by .on('…', listener)"],
    ['retry', { attempts: 3 }, 'retries counts additional calls, so attempts: 3 is retries: 2'],
    ['retry', { maxAttempts: 1 }, 'retries counts additional calls, so maxAttempts: 1 is retries: 0'],
    ['retry', { maxAttempts: 'all' }, 'retries counts additional calls, so maxAttempts: 3 is retries: 2'],
    ['retry', { maxRetries: 3 }, 'it is called retries here'],
    ['retry', { minTimeout: 5 }, 'it is called backoff here'],
    ['retry', { shouldRetry: () => true }, 'it is called when here'],
    ['retry', { maxRetryTime: 5 }, 'list a timeout() outside, which bounds the whole call'],
    ['retry', { signal: 5 }, 'each call is given its own, by execute(operation, { signal })'],
    ['retry', { onRetry: () => 1 }, "events are listened to by .on('…', listener)"],
    ['bulkhead', { maxConcurrent: 5 }, 'it is called limit here'],
    ['bulkhead', { queueSize: 5 }, 'it is called queue here'],
    ['bulkhead', { maxWaitDuration: 5 }, 'it is called maxWait here'],
    ['timeout', { ms: 5 }, 'it is called after here'],
    ['fallback', { defaultValue: 5 }, 'it is called value here'],
    ['exponential', { initialDelay: 5 }, 'it is called base here'],
    ['exponential', { multiplier: 5 }, 'it is called factor here'],
    ['linear', { maxDelay: 5 }, 'it is called max here'],
  ]
  for (const [kind, given, said] of cases) {
    it(`is said to be what it is called here: ${kind} ${Object.keys(given)}`, () => {
      const [name] = Object.keys(given)
      expect(refusal(() => makers[kind]?.(given))).toBe(`${kind}: "${name}" is not an option: ${said}`)
    })
  }

  it('is no hint where the name means nothing to the factory', () => {
    expect(refusal(() => linear({ onRetry: 1 } as object))).toBe(
      'linear: "onRetry" is not an option; it takes base, step, max, jitter',
    )
    expect(refusal(() => timeout({ after: 1, resetTimeout: 1 } as never))).toMatch(
      /it takes name, clock, random, after$/,
    )
  })
})

describe('an unknown option', () => {
  it('is taken for a slip where one is near, and not where none is', () => {
    expect(refusal(() => retry({ retires: 1 } as object))).toMatch(/, did you mean retries\?$/)
    expect(refusal(() => circuitBreaker({ minimumcalls: 1 } as object))).toMatch(/, did you mean minimumCalls\?$/)
    expect(refusal(() => retry({ banana: 1 } as object))).toMatch(/"banana" is not an option; it takes name, /)
  })
})

describe('a promise or a function that was not called', () => {
  const uncalled = { backoff: exponential as unknown as Backoff, clock: virtualClock as never }

  it('is named as what it is', async () => {
    expect(refusal(() => retry(Promise.resolve({ retries: 1 }) as object))).toBe(
      'retry: options must be an object, got a promise',
    )
    expect(refusal(() => pipeline(timeout('1s'), retry as never))).toBe(
      'pipeline: policy 2 must be a policy, got a function; was retry(…) meant?',
    )
    expect(refusal(() => pipeline(Promise.resolve(retry()) as never))).toBe(
      'pipeline: policy 1 must be a policy, got a promise',
    )
    expect(refusal(() => retry({ clock: uncalled.clock }))).toBe(
      'retry: clock must be a clock, got a function; was virtualClock(…) meant?',
    )
    for (const wrong of [exponential, linear, delays]) {
      expect(refusal(() => retry({ backoff: wrong as unknown as Backoff }))).toBe(
        `retry: backoff must be a duration >= 0 or a backoff, got a function; was ${wrong.name}(…) meant?`,
      )
    }
    expect(refusal(() => circuitBreaker({ openFor: uncalled.backoff }))).toMatch(/was exponential\(…\) meant\?$/)
    expect(await ended(retry().execute(Promise.resolve(1) as never))).toMatchObject({
      error: { message: 'execute: operation must be a function, got a promise' },
    })
    expect(refusal(() => retry().wrap(Promise.resolve(1) as never))).toMatch(/must be a function, got a promise$/)
  })
})

describe('options of a call', () => {
  const said = async (options: object) => {
    const end = await ended(retry().execute(() => 1, options))
    return end.ok ? '' : String(end.error)
  }

  it('are refused where the name is unknown', async () => {
    expect(await said({ singal: 1 })).toBe('TypeError: execute: "singal" is not an option, did you mean signal?')
    expect(await said({ timeout: 1 })).toBe(
      'TypeError: execute: "timeout" is not an option; it takes signal, key, deadline, priority, idempotent, retryDepth',
    )
    expect(await said(Promise.resolve({}))).toBe('TypeError: execute: options must be an object, got a promise')
  })

  it('may be the call itself, and may inherit', async () => {
    const inner = retry()
    expect(await retry().execute((call) => inner.execute(({ key }) => key, call), { key: 'k' })).toBe('k')
    expect(await inner.execute(({ key }) => key, Object.create({ other: 1 }, { key: { value: 'k' } }))).toBe('k')
  })

  it('are refused where a deadline is an instant as a number', async () => {
    expect(await said({ deadline: Date.now() + 1000 })).toMatch(
      /^TypeError: execute: deadline must be a duration from now or, for an instant, a Date, got \d{13}$/,
    )
    expect(await said({ deadline: new Date(Date.now() + 1000) })).toBe('')
    expect(await said({ deadline: '3650d' })).toBe('')
    expect(await said({ deadline: Number.POSITIVE_INFINITY })).toBe('')
  })
})

describe('a listener for an event that no policy emits', () => {
  it('is reported, with the event it is near to', () => {
    const guarded = circuitBreaker()
    const { of } = recorder(guarded)
    for (const method of ['on', 'once'] as const) guarded[method]('opne' as 'open', () => {})
    guarded.on('banana' as 'open', () => {})
    expect(of('fault').map(({ source, error }) => [source, (error as Error).message])).toEqual([
      ['on', '"opne" is not an event, did you mean open?'],
      ['on', '"opne" is not an event, did you mean open?'],
      ['on', '"banana" is not an event'],
    ])
    const tracker = availabilityTracker()
    const faults: unknown[] = []
    tracker.on('fault', ({ error }) => faults.push((error as Error).message))
    tracker.on('outageStrat' as 'outageStart', () => {})
    tracker.once('brun' as 'burn', () => {})
    expect(faults).toEqual([
      '"outageStrat" is not an event, did you mean outageStart?',
      '"brun" is not an event, did you mean burn?',
    ])
    tracker.close()
  })

  it('is printed without a listener for faults', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    retry().on('rety' as 'retry', () => {})
    expect(warn.mock.calls).toMatchObject([['holdfast: retry "retry": on failed', { message: /did you mean retry/ }]])
  })

  it('is none on a pipeline for any event of a policy', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const pool = failoverPool(['a'])
    const parts = [retry(), timeout(1), bulkhead(1), circuitBreaker(), fallback({ value: 1 }), pool]
    const plain = pipeline(policy('own', (_call, next) => next()))
    for (const part of parts) {
      const { events: emitted } = (part as unknown as { describe(): { events: readonly string[] } }).describe()
      for (const event of [...emitted, 'call', 'fault']) plain.on(event as 'call', () => {})
    }
    expect(warn).not.toHaveBeenCalled()
    pool.close()
  })
})

describe('options that fit badly together', () => {
  it('are refused where a rule could never hold', () => {
    expect(refusal(() => circuitBreaker({ window: { calls: 10 }, minimumCalls: 20 }))).toBe(
      'circuitBreaker: minimumCalls must be at most window.calls, which is 10, got 20',
    )
    expect(() => circuitBreaker({ window: { calls: 10 }, minimumCalls: 10 })).not.toThrow()
  })

  it('are reported once if one has no effect', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {
      throw new Error('a console that fails')
    })
    for (let i = 0; i < 2; i++) {
      circuitBreaker({ consecutiveFailures: 5, window: '10s' })
      circuitBreaker({ consecutiveFailures: 5, minimumCalls: 3 })
      bulkhead({ limit: 1, maxWait: '1s' })
      bulkhead({ limit: 1, queue: 1, maxWait: '1s' })
      circuitBreaker({ window: '10s' })
    }
    const told = warn.mock.calls.map(([text]) => text as string)
    expect(new Set(told).size).toBe(told.length)
    // Each was told, here or before: another time it is not told again.
    warn.mockClear()
    warnOnce('circuitBreaker: window has no effect without failureRate or slowCallAfter')
    warnOnce('circuitBreaker: minimumCalls has no effect without failureRate or slowCallAfter')
    warnOnce('bulkhead: maxWait has no effect without a queue')
    expect(warn).not.toHaveBeenCalled()
    warnOnce('never told before')
    expect(warn.mock.calls).toEqual([['holdfast: never told before']])
  })
})

describe('component.down', () => {
  it('is reported with where the reason goes', () => {
    const tracker = availabilityTracker()
    const stock = tracker.component('stock')
    expect(refusal(() => stock.down('disk full' as never))).toBe(
      'availabilityTracker: details must be an object, such as { reason: \'why\' }, got "disk full"',
    )
    expect(tracker.state('stock')).toBe('unknown')
    expect(stock.down({ reason: 'disk full' })).toBe(true)
    tracker.close()
  })
})
