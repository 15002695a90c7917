import {
  type AnyPolicy,
  adaptiveLimiter,
  type Backoff,
  bulkhead,
  cache,
  chaos,
  circuitBreaker,
  constant,
  deadlineBudget,
  delays,
  exponential,
  failoverPool,
  fallback,
  hedge,
  keyed,
  linear,
  type MemberSource,
  pipeline,
  policy,
  rateLimiter,
  retry,
  singleFlight,
  throttle,
  timeout,
} from 'holdfast'
import { describe, expect, it } from 'vitest'
import { policyOf } from '../../src/core/policy-of.ts'
import vectors from '../data/policies/explain-worst-case.json' with { type: 'json' }
import { policyFixtures } from '../support/policy-modules.ts'

type Part = readonly [kind: string, amount: number | string, waits?: readonly number[]]

const made: Readonly<Record<string, (amount: number, waits: readonly number[]) => AnyPolicy>> = {
  timeout: (after) => timeout(after),
  retry: (retries, waits) => retry({ retries, backoff: delays(waits) }),
  pool: (members) => failoverPool(Array.from({ length: members }, (_, index) => `http://${index}`)),
  queue: (maxWait) => bulkhead({ limit: 1, queue: 10, ...(maxWait < Number.POSITIVE_INFINITY ? { maxWait } : {}) }),
}

function stackOf(parts: readonly Part[]) {
  return pipeline(
    ...parts.map(([kind, amount, waits = []]) => (made[kind] as (typeof made)[string])(Number(amount), waits)),
  )
}

const worst = (...policies: readonly AnyPolicy[]) => {
  const { worstLatency, worstAttempts } = pipeline(...policies).explain()
  return [worstLatency, worstAttempts]
}

describe('the worst case of a pipeline', () => {
  it.each(vectors.cases)('is as in case %# of the vectors', ({ outermostFirst, worstLatency, worstAttempts }) => {
    const explained = stackOf(outermostFirst as unknown as readonly Part[]).explain()

    expect([explained.worstLatency, explained.worstAttempts]).toEqual([worstLatency, worstAttempts])
  })

  it('is that of the operation without policies: one attempt, of any length', () => {
    expect(worst()).toEqual([null, 1])
  })

  it('counts the wait for a permit, and for a place that has a longest wait', () => {
    expect(worst(rateLimiter({ limit: 1, maxWait: 20 }), timeout(100))).toEqual([120, 1])
    expect(worst(bulkhead({ limit: 1, queue: 1, maxWait: 30 }), timeout(100))).toEqual([130, 1])
    expect(worst(bulkhead(1), timeout(100))).toEqual([100, 1])
    expect(worst(adaptiveLimiter(), timeout(100))).toEqual([100, 1])
    expect(worst(adaptiveLimiter({ queue: 1 }), timeout(100))).toEqual([200, 1])
    expect(worst(adaptiveLimiter({ queue: 1, maxWait: 30 }), timeout(100))).toEqual([130, 1])
    expect(worst(adaptiveLimiter({ queue: 1, order: 'fifo' }), timeout(100))).toEqual([null, 1])
  })

  it('counts the delays of a hedge, but no more of them than its attempts can last', () => {
    expect(worst(hedge({ after: 20, hedges: 2 }), timeout(100))).toEqual([140, 3])
    expect(worst(hedge({ after: 500, hedges: 2 }), timeout(100))).toEqual([300, 3])
    expect(worst(hedge({ hedges: 1 }), timeout(100))).toEqual([200, 2])
    expect(worst(hedge('20ms'))).toEqual([null, 2])
  })

  it('counts what chaos adds, unless it is switched off', () => {
    const max = 70
    expect(worst(timeout(100), chaos({ enabled: true, latency: max }))).toEqual([100, 1])
    expect(worst(chaos({ enabled: true, latency: { min: 0, max } }), timeout(100))).toEqual([170, 1])
    expect(worst(chaos({ latency: max }), timeout(100))).toEqual([100, 1])
    expect(worst(chaos({ enabled: true }), timeout(100))).toEqual([100, 1])
    expect(worst(chaos({ enabled: true, value: 1 }), timeout(100))).toEqual([100, 1])
    expect(worst(chaos({ enabled: true, value: () => 1 }), timeout(100))).toEqual([null, 1])
    expect(worst(chaos({ enabled: true, behavior: async () => {} }), timeout(100))).toEqual([null, 1])
  })

  it('has no bound where a function of the user takes as long as it likes, unless a timeout is around that', () => {
    expect(worst(fallback({ value: () => 1 }), timeout(100))).toEqual([null, 1])
    expect(worst(fallback({ value: Promise.resolve(1) }), timeout(100))).toEqual([null, 1])
    expect(worst(fallback({ value: 1 }), timeout(100))).toEqual([100, 1])
    expect(worst(timeout(500), fallback({ value: () => 1 }))).toEqual([500, 1])
    expect(worst(retry({ retries: 1, backoff: 0, before: () => {} }), timeout(100))).toEqual([null, 2])
    expect(worst(retry({ retries: 1, backoff: () => 1 }), timeout(100))).toEqual([null, 2])
    const own: Backoff = { kind: 'mine' as 'constant', options: {}, delay: () => 1 }
    expect(worst(retry({ retries: 1, backoff: own }), timeout(100))).toEqual([null, 2])
  })

  it('counts a wait as long as a failure may ask for', () => {
    const retryAfter = () => 5
    const asks = { retries: 2, backoff: 10, maxRetryAfter: 40 }
    expect(worst(retry({ ...asks, retryAfter }), timeout(100))).toEqual([380, 3])
    expect(worst(retry(asks), timeout(100))).toEqual([320, 3])
    expect(worst(retry(asks), circuitBreaker(), timeout(100))).toEqual([380, 3])
    expect(worst(retry(asks), rateLimiter(1), timeout(100))).toEqual([380, 3])
    expect(worst(retry(asks), failoverPool(['a'], { maxEjected: 1 }), timeout(100))).toEqual([380, 3])
    expect(worst(retry(asks), failoverPool(['a'], { check: { run: () => true } }), timeout(100))).toEqual([380, 3])
    const drained = failoverPool(['a', 'b'])
    expect(worst(retry(asks), drained, timeout(100))).toEqual([620, 6])
    void drained.drain('a')
    expect(worst(retry(asks), drained, timeout(100))).toEqual([680, 6])
    expect(worst(retry({ ...asks, backoff: 60 }), circuitBreaker(), timeout(100))).toEqual([420, 3])
  })

  it('takes each wait of a backoff at its longest', () => {
    const waits = (backoff: Backoff, retries: number) =>
      (worst(retry({ retries, backoff }), timeout(1))[0] ?? 0) - retries - 1
    expect(waits(constant(7), 3)).toBe(21)
    expect(waits(linear({ base: 10, step: 5, jitter: 'equal' }), 3)).toBe(45)
    expect(waits(exponential({ base: 10, max: 30 }), 4)).toBe(90)
    expect(waits(exponential({ base: 10, max: 50, jitter: 0.5 }), 3)).toBe(15 + 30 + 50)
    expect(waits(exponential({ base: 10, max: 200, jitter: 'decorrelated' }), 4)).toBe(30 + 90 + 200 + 200)
    expect(waits(constant(1), 3000)).toBe(3000)
    expect(waits(exponential({ base: 1, factor: 1 }), 3000)).toBe(3000)
  })

  it('has no bound with endless retries, but a total timeout', () => {
    expect(worst(retry(Number.POSITIVE_INFINITY), timeout(100))).toEqual([null, null])
    expect(worst(timeout(900), retry(Number.POSITIVE_INFINITY), timeout(100))).toEqual([900, null])
    expect(worst(timeout(Number.POSITIVE_INFINITY))).toEqual([null, 1])
  })

  it('is not changed by policies that neither wait nor repeat', () => {
    expect(worst(cache(), singleFlight(), throttle(), deadlineBudget(), circuitBreaker(), timeout(100))).toEqual([
      100, 1,
    ])
  })

  it('is not known inside a policy that says nothing of itself', () => {
    const mine = policy('mine', (_call, next) => next())
    expect(worst(mine, timeout(100))).toEqual([null, null])
    expect(worst(timeout(300), mine, timeout(100))).toEqual([300, null])
    expect(worst(timeout(300), retry({ retries: 1, backoff: 1 }), mine)).toEqual([300, null])
    expect(pipeline(mine).explain().attemptsAt(0.5)).toBeNull()
  })

  it('is that of the worst policy that a pool has for a member', () => {
    const guard = ({ name }: { readonly name: string }) =>
      name === 'slow' ? pipeline(circuitBreaker(), timeout(80)) : timeout(30)
    const pool = failoverPool(['fast', 'slow', 'other'], { guard, attempts: 2 })
    expect(worst(pool)).toEqual([160, 2])
    expect(worst(failoverPool(['a', 'b'], { guard: () => retry({ retries: 1, backoff: 0 }) }), timeout(10))).toEqual([
      40, 4,
    ])
  })

  it('is that of the worst pool within a pool', () => {
    const zone = ({ name }: { readonly name: string }) => failoverPool(['x', 'y', 'z'].slice(0, name === 'big' ? 3 : 2))
    expect(worst(failoverPool(['small', 'big'], { guard: zone }), timeout(10))).toEqual([60, 6])
  })

  it('counts the wait for the first members of a source, whose number is not known', () => {
    const source: MemberSource<string> = { kind: 'none', watch: () => ({ close() {} }) }
    const pool = failoverPool(source, { maxWait: 50 })
    expect(worst(timeout(500), pool, timeout(10))).toEqual([500, null])
    expect(worst(failoverPool(source, { maxWait: 50, attempts: 3 }), timeout(10))).toEqual([80, 3])
    const guarded = failoverPool(source, { attempts: 3, guard: () => timeout(10) })
    expect(worst(guarded, timeout(10))).toEqual([null, null])
  })

  it('is that of the policies that `keyed` has made, and not known before there is one', () => {
    const hosts = keyed((host) => pipeline(retry({ retries: host === 'a' ? 1 : 2, backoff: 0 }), timeout(10)))
    expect(worst(hosts)).toEqual([null, null])
    hosts.get('a')
    expect(worst(hosts)).toEqual([20, 2])
    hosts.get('b')
    expect(worst(hosts)).toEqual([30, 3])
    const withDefault = keyed(() => timeout(10), { defaultPolicy: timeout(20) })
    expect(worst(withDefault)).toEqual([20, 1])
  })
})

describe('every module', () => {
  const kinds = policyFixtures.map(([module, { bare }]) => [module, policyOf(bare)] as const)

  it.each(kinds.filter(([module]) => module !== 'pipeline'))('%s says what it adds to the worst case', (_, bare) => {
    expect(bare?.contribution()).toBeDefined()
  })
})

describe('the expected attempts of a call', () => {
  it.each(vectors.amplification.rows)('with $retries retries at $p are $attempts', ({ retries, p, attempts }) => {
    expect(pipeline(retry(retries)).explain().attemptsAt(p)).toBeCloseTo(attempts, 12)
  })

  it('are those of all members, and do not multiply what an inner retry gave up on', () => {
    const at = (rate: number, ...policies: readonly AnyPolicy[]) =>
      pipeline(...policies)
        .explain()
        .attemptsAt(rate)
    expect(at(0.5, failoverPool(['a', 'b']))).toBe(1.5)
    expect(at(1, retry(1), failoverPool(['a', 'b', 'c']))).toBe(6)
    expect(at(1, retry(1), retry(2))).toBe(3)
    expect(at(1, retry(3), fallback({ value: 1 }))).toBe(1)
    expect(at(1, hedge(10))).toBe(1)
    expect(at(1, hedge({ after: 10, startOnFailure: true }))).toBe(2)
    expect(at(0.5, retry(Number.POSITIVE_INFINITY))).toBe(2)
    expect(at(1, retry(Number.POSITIVE_INFINITY))).toBeNull()
    expect(
      at(
        1,
        keyed(() => timeout(1)),
      ),
    ).toBeNull()
  })

  it('are listed for some failure rates', () => {
    expect(pipeline(retry(3)).explain().amplification).toEqual([
      { failureRate: 0.1, attempts: expect.closeTo(1.111, 12) },
      { failureRate: 0.5, attempts: 1.875 },
      { failureRate: 0.9, attempts: expect.closeTo(3.439, 12) },
      { failureRate: 1, attempts: 4 },
    ])
  })
})
