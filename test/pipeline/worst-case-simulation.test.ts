/** In random stacks, no call takes longer or runs its operation more often than `explain()` says. */
import fc from 'fast-check'
import {
  type AnyPolicy,
  adaptiveLimiter,
  bulkhead,
  cache,
  chaos,
  circuitBreaker,
  constant,
  delays,
  exponential,
  failoverPool,
  fallback,
  hedge,
  keyed,
  linear,
  pipeline,
  policy,
  rateLimiter,
  retry,
  retryBudget,
  singleFlight,
  throttle,
  timeout,
} from 'holdfast'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { Alarm } from '../../src/core/timer.ts'
import { ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

const infinite = Number.POSITIVE_INFINITY
type Make = () => AnyPolicy

const timeouts = fc.constantFrom(15, 40, 90, 250).map(
  (after): Make =>
    () =>
      timeout(after),
)
const retries = fc
  .record({
    retries: fc.integer({ min: 0, max: 3 }),
    backoff: fc.constantFrom(
      constant(0),
      delays([3, 20]),
      linear({ base: 4, jitter: 'equal' }),
      exponential({ base: 4, max: 30 }),
      exponential({ base: 3, jitter: 'decorrelated', max: 50 }),
      exponential({ base: 5, jitter: 0.5 }),
    ),
    maxRetryAfter: fc.constantFrom(0, 25, 60),
    budget: fc.constantFrom(false, false, true),
    when: fc.constantFrom(undefined, undefined, ({ ok }: { readonly ok: boolean }) => !ok),
    retryAfter: fc.constantFrom(undefined, undefined, () => 17),
    rejections: fc.constantFrom(undefined, 'ask' as const),
  })
  .map(
    ({ when, rejections, retryAfter, ...options }): Make =>
      () => {
        const judged = when === undefined ? {} : { when, ...(rejections === undefined ? {} : { rejections }) }
        return retry({ ...options, ...judged, ...(retryAfter === undefined ? {} : { retryAfter }) })
      },
  )
const hedges = fc
  .record({
    after: fc.constantFrom<number | { samples: number; initial?: number }>(
      0,
      10,
      30,
      { samples: 2 },
      { samples: 2, initial: 12 },
    ),
    hedges: fc.integer({ min: 1, max: 2 }),
    startOnFailure: fc.boolean(),
  })
  .map(
    (options): Make =>
      () =>
        hedge({ ...options, budget: infinite }),
  )
const waits = fc.constantFrom(0, 10, 35)
const guards = fc.constantFrom<(() => AnyPolicy) | undefined>(
  undefined,
  () => timeout(30),
  () => pipeline(circuitBreaker({ consecutiveFailures: 1, openFor: 20 }), timeout(25)),
  () => retry({ retries: 1, backoff: 5 }),
)

const others: fc.Arbitrary<Make> = fc.oneof(
  fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(0, 1, infinite), fc.option(waits, { nil: undefined })).map(
    ([limit, queue, maxWait]): Make =>
      () =>
        bulkhead({ limit, queue, ...(maxWait === undefined ? {} : { maxWait }) }),
  ),
  fc.tuple(fc.constantFrom(1, 3), waits).map(
    ([limit, maxWait]): Make =>
      () =>
        rateLimiter({ limit, per: 30, maxWait }),
  ),
  fc.tuple(fc.constantFrom(0, 2), fc.constantFrom('adaptive' as const, 'fifo' as const, 'lifo' as const), waits).map(
    ([queue, order, maxWait]): Make =>
      () =>
        adaptiveLimiter({ initial: 1, max: 2, queue, order, ...(queue > 0 && maxWait > 0 ? { maxWait } : {}) }),
  ),
  fc.constantFrom<Make>(
    () => circuitBreaker({ consecutiveFailures: 1, openFor: 20 }),
    () => circuitBreaker({ failureRate: 0.5, minimumCalls: 2, window: 50, openFor: 15 }),
    () => throttle({ window: 100, minimumCalls: 1 }),
    () => cache({ ttl: 5, staleWhileRevalidate: 20, staleIfError: 30 }),
    () => singleFlight(),
    () => singleFlight({ maxAge: 10 }),
    () => chaos({ enabled: true, rate: 0.5, latency: { min: 0, max: 30 } }),
    () => chaos({ enabled: true, rate: 0.5 }),
    () => fallback({ value: 'instead' }),
    () => fallback({ value: async () => 'instead' }),
    () => keyed(() => timeout(45), { defaultPolicy: timeout(60), key: () => undefined }),
    () =>
      policy('twice', (_call, next) => {
        void next()
        return next()
      }),
  ),
  fc.record({ members: fc.integer({ min: 1, max: 3 }), attempts: fc.constantFrom(1, 2, infinite), guard: guards }).map(
    ({ members, attempts, guard }): Make =>
      () => {
        const names = ['a', 'b', 'c'].slice(0, members)
        const budget = retryBudget.ratio({ minPerSecond: 100 })
        return failoverPool(names, { attempts, budget, maxEjected: 1, ...(guard === undefined ? {} : { guard }) })
      },
  ),
)

const stacks = fc.array(
  fc.oneof({ weight: 3, arbitrary: timeouts }, { weight: 2, arbitrary: retries }, hedges, {
    weight: 4,
    arbitrary: others,
  }),
  {
    minLength: 1,
    maxLength: 6,
  },
)

/** How long an attempt takes, and how it ends; Infinity: it hangs, and ignores its signal. */
const attempts = fc.array(fc.tuple(fc.constantFrom(0, 0, 3, 12, 28, infinite, infinite), fc.boolean()), {
  minLength: 1,
  maxLength: 4,
})
const calls = fc.array(
  fc.record({
    at: fc.constantFrom(0, 0, 4, 11, 40, 100),
    script: attempts,
    key: fc.constantFrom(undefined, 'k', 'k'),
    deadline: fc.constantFrom(undefined, undefined, 60, 500),
  }),
  { minLength: 1, maxLength: 4 },
)

/** Longer than any bound that these stacks can have. */
const horizon = 1e6
/** Timers are exact, sums of fractions of a millisecond are not. */
const rounding = 1e-6

describe('what explain() says of the worst case', () => {
  let bounded = 0

  it('holds in random stacks of up to six policies', { timeout: 120_000 }, async () => {
    const number = runs(10_000, 0.05)
    await fc.assert(
      fc.asyncProperty(stacks, calls, fc.integer({ min: 0, max: 1e9 }), async (made, planned, seed) => {
        const clock = virtualClock()
        const all = pipeline({ clock, random: seededRandom(seed) }, ...made.map((make) => make()))
        const { worstLatency, worstAttempts, text } = all.explain()
        if (worstLatency !== null && worstAttempts !== null) bounded++
        const seen = [...planned]
          .sort((a, b) => a.at - b.at)
          .map(({ at, script, key, deadline }) => {
            const call = { at, latency: infinite, attempts: 0 }
            const operation = async () => {
              const [after, fine] = script[Math.min(call.attempts++, script.length - 1)] as (typeof script)[number]
              if (after === infinite) await new Promise(() => {})
              else if (after > 0) await new Promise<void>((resolve) => clock.schedule(new Alarm(resolve), after))
              if (!fine) throw new Error('failed')
              return 'value'
            }
            const options = { ...(key && { key }), ...(deadline && { deadline }) }
            const begin = () =>
              void ended(all.execute(operation as never, options)).then(() => {
                call.latency = clock.now() - at
              })
            return { call, begin }
          })
        for (const { call, begin } of seen) {
          await clock.advance(call.at - clock.now())
          begin()
        }
        await clock.advance(horizon)
        for (const { call } of seen) {
          expect(call.latency, text).toBeLessThanOrEqual((worstLatency ?? infinite) + rounding)
          expect(call.attempts, text).toBeLessThanOrEqual(worstAttempts ?? infinite)
        }
      }),
      { numRuns: number },
    )
    expect(bounded).toBeGreaterThan(number / 4)
  })
})
