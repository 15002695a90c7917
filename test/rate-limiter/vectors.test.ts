import { readFileSync } from 'node:fs'
import { type RateLimitedError, type RateLimiterOptions, rateLimiter } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { SlidingLog } from '../../src/rate-limiter/sliding-log.ts'
import { SlidingWindow } from '../../src/rate-limiter/sliding-window.ts'
import { WarmUp } from '../../src/rate-limiter/warm-up.ts'
import { ended } from '../composition/deferred.ts'
import { steppedClock } from './stepped-clock.ts'

interface Step {
  readonly t: number
  readonly cost: number
  readonly ok: boolean
  readonly retryAfter: number | null
  readonly remaining: number
  readonly reset: number
  readonly estimate: number
  readonly used: number
}

interface WaitingStep {
  readonly t: number
  readonly cost: number
  readonly startsAt?: number
  readonly rejected?: true
  readonly retryAfter?: number
}

interface Limits {
  readonly limit: number
  readonly per: number
  readonly burst: number
}

const data = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../data/policies/${name}.json`, import.meta.url), 'utf8'))

const bucket = data('rate-limiter-bucket') as {
  readonly cases: readonly (Limits & { readonly name: string; readonly steps: readonly Step[] })[]
  readonly waiting: readonly (Limits & {
    readonly name: string
    readonly maxWait: number
    readonly steps: readonly WaitingStep[]
  })[]
  readonly abort: Limits
}
const windows = data('rate-limiter-window') as Readonly<
  Record<
    'counter' | 'log',
    readonly { readonly limit: number; readonly window: number; readonly steps: readonly Step[] }[]
  >
>
const warmUps = (
  data('rate-limiter-warmup') as {
    readonly cases: readonly {
      readonly qps: number
      readonly period_s: number
      readonly coldFactor: number
      readonly thresholdPermits: number
      readonly maxPermits: number
      readonly rows: readonly { readonly storedPermits: number; readonly interval_s: number }[]
      readonly fromCold: readonly { readonly permits: number; readonly seconds: number }[]
    }[]
  }
).cases

/** A limiter whose calls cost what a test says, at the time that it says. */
function stepped(options: RateLimiterOptions) {
  const clock = steppedClock()
  let cost = 1
  const limiter = rateLimiter({ ...options, clock, cost: () => cost })
  const call = async (step: Step) => {
    clock.time = step.t
    cost = step.cost
    return await ended(limiter.execute(() => 'in'))
  }
  return { limiter, call }
}

async function plays(
  options: RateLimiterOptions,
  steps: readonly Step[],
  check: (step: Step, limiter: ReturnType<typeof rateLimiter>) => void,
) {
  const { limiter, call } = stepped(options)
  for (const step of steps) {
    const end = await call(step)
    expect(end.ok).toBe(step.ok)
    if (!end.ok) {
      const { retryAfter } = end.error as RateLimitedError
      if (step.retryAfter === null) expect(retryAfter).toBe(undefined)
      else expect(retryAfter).toBeCloseTo(step.retryAfter, 5)
    }
    check(step, limiter)
  }
}

describe('the token bucket', () => {
  it.each(bucket.cases)('counts as in the vectors: $name', async ({ limit, per, burst, steps }) => {
    await plays({ limit, per, burst }, steps, ({ remaining, reset }, limiter) => {
      expect(limiter.available).toBe(remaining)
      expect(limiter.reset).toBeCloseTo(reset, 5)
    })
  })

  it.each(bucket.waiting)('decides waits at arrival, as in the vectors: $name', async (limits) => {
    const { limit, per, burst, maxWait, steps } = limits
    const clock = virtualClock()
    const limiter = rateLimiter({ limit, per, burst, maxWait, clock })
    const results: Promise<object>[] = []
    for (const { t, startsAt, retryAfter } of steps) {
      await clock.advance(t - clock.now())
      const call = limiter.execute(() => clock.now())
      results.push(
        ended(call).then((end) =>
          expect(end).toMatchObject(
            startsAt === undefined ? { ok: false, error: { retryAfter } } : { ok: true, value: startsAt },
          ),
        ) as Promise<never>,
      )
    }
    await clock.settle(Promise.all(results))
  })

  it('gives back the latest reservation alone, as in the vectors', async () => {
    const clock = virtualClock()
    const { limit, per, burst } = bucket.abort
    const limiter = rateLimiter({ limit, per, burst, maxWait: '1m', clock })
    const start = () => {
      const controller = new AbortController()
      return { end: ended(limiter.execute(() => clock.now(), { signal: controller.signal })), controller }
    }
    expect(await start().end).toEqual({ ok: true, value: 0 })
    const [a, b] = [start(), start()]
    await clock.advance(100)
    b.controller.abort('b')
    expect(limiter.reset).toBe(1000 - 100)
    const c = start()
    await clock.advance(100)
    a.controller.abort('a')
    expect(limiter.reset).toBe(1500 - 200)
    const d = start()
    await clock.advance(2000)
    expect([await a.end, await b.end]).toEqual([
      { ok: false, error: 'a' },
      { ok: false, error: 'b' },
    ])
    expect([await c.end, await d.end]).toEqual([
      { ok: true, value: 1000 },
      { ok: true, value: 1500 },
    ])
  })
})

describe('the sliding window', () => {
  it.each(windows.counter)('refuses as in the vectors: $limit in $window ms', async ({ limit, window, steps }) => {
    await plays({ limit, per: window, algorithm: 'slidingWindow' }, steps, () => {})
  })

  it.each(windows.counter)('estimates as in the vectors: $limit in $window ms', ({ limit, window, steps }) => {
    const algorithm = new SlidingWindow({ limit, per: window, burst: limit })
    for (const { t, cost, ok, estimate } of steps) {
      expect(limit - algorithm.permits(t)).toBeCloseTo(estimate, 6)
      if (ok) algorithm.take(t, 0, cost)
    }
  })
})

describe('the sliding log', () => {
  it.each(windows.log)('refuses as in the vectors: $limit in $window ms', async ({ limit, window, steps }) => {
    await plays({ limit, per: window, algorithm: 'slidingLog' }, steps, ({ used }, limiter) => {
      expect(limit - limiter.available).toBe(used)
    })
  })

  it.each(windows.log)('counts as in the vectors: $limit in $window ms', ({ limit, window, steps }) => {
    const algorithm = new SlidingLog({ limit, per: window, burst: limit })
    for (const { t, cost, ok, used } of steps) {
      if (ok) algorithm.take(t, algorithm.wait(t, cost), cost)
      expect(limit - algorithm.permits(t)).toBe(used)
    }
  })
})

describe('the warm-up', () => {
  for (const { qps, period_s, coldFactor, maxPermits, rows, fromCold } of warmUps) {
    const cold = () => new WarmUp({ limit: qps, per: 1000, burst: 1 }, { period: period_s * 1000, coldFactor })

    it.each(fromCold)(
      `takes as long from cold as in the vectors: ${qps} a second, $permits permits`,
      ({ permits, seconds }) => {
        const algorithm = cold()
        algorithm.take(0, 0, permits)
        expect(algorithm.wait(0) / 1000).toBeCloseTo(seconds, 6)
      },
    )

    it.each(rows)(`has the interval of the vectors: ${qps} a second, $storedPermits stored`, (row) => {
      const algorithm = cold()
      // The interval is the slope of the time taken: that of a very small part of a permit.
      if (row.storedPermits < maxPermits) algorithm.take(0, 0, maxPermits - row.storedPermits)
      const before = algorithm.wait(0)
      algorithm.take(0, before, 1e-6)
      expect((algorithm.wait(0) - before) / 1e-6 / 1000).toBeCloseTo(row.interval_s, 3)
    })
  }
})
