import {
  type AnyPolicy,
  adaptiveLimiter,
  bulkhead,
  cache,
  chaos,
  circuitBreaker,
  type ExplainWarningCode,
  exponential,
  failoverPool,
  fallback,
  hedge,
  keyed,
  pipeline,
  policy,
  rateLimiter,
  retry,
  singleFlight,
  throttle,
  timeout,
} from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { page, section, tableOf } from '../support/tables.ts'

const infinite = Number.POSITIVE_INFINITY
const warningsOf = (...policies: readonly AnyPolicy[]) => pipeline(...policies).explain().warnings
/** Codes and positions. */
const found = (...policies: readonly AnyPolicy[]) =>
  warningsOf(...policies).map(({ code, where }) => [code, ...where.map(({ position }) => position)])
const budget = true
const again = (options: object = {}) => retry({ retries: 2, budget, ...options })
const twice = () => hedge({ after: 20, idempotent: true })
const attempt = () => timeout('1s')

/** A pipeline for each known-bad order of docs/composition.md, and the code that finds it. */
const badOrders: Readonly<Record<string, readonly [ExplainWarningCode, ...AnyPolicy[]]>> = {
  'fallback inside retry': ['fallback-inside-retry', again(), fallback({ value: 1 }), attempt()],
  'circuitBreaker outside retry': ['retry-inside-breaker', circuitBreaker(), again(), attempt()],
  'bulkhead outside retry': ['repeats-inside-bulkhead', bulkhead(1), again(), attempt()],
  'hedge outside retry': ['two-retries', twice(), again(), attempt()],
  'hedge inside failoverPool': ['two-retries', failoverPool(['a', 'b']), twice(), attempt()],
  'bulkhead outside hedge': ['repeats-inside-bulkhead', bulkhead(1), twice(), attempt()],
  'throttle inside retry': ['throttle-inside-retry', again(), throttle(), attempt()],
  'adaptiveLimiter outside retry': ['repeats-inside-bulkhead', adaptiveLimiter(), again(), attempt()],
  'rateLimiter inside an attempt timeout': [
    'backoff>deadline',
    again(),
    attempt(),
    rateLimiter({ limit: 1, maxWait: 5 }),
  ],
  'cache inside retry': ['cache-inside-retry', again(), cache(), attempt()],
  'singleFlight inside retry': ['cache-inside-retry', again(), singleFlight(), attempt()],
  'attempt timeout >= total timeout': ['attempt>=total', timeout('1s'), again(), timeout('1s')],
  'chaos outside any other policy': ['chaos-not-innermost', chaos(), attempt()],
  'retry inside retry': ['two-retries', again(), again(), attempt()],
}

describe('the known-bad orders of docs/composition.md', () => {
  const rows = tableOf(section(page('docs/composition.md'), 'Known-bad orders')).rows.map(([order = '']) =>
    order.replaceAll('`', ''),
  )

  it('are all here', () => {
    expect(Object.keys(badOrders).sort()).toEqual([...rows].sort())
  })

  it.each(rows)('%s', (order) => {
    const [code, ...policies] = badOrders[order] as (typeof badOrders)[string]

    expect(warningsOf(...policies).map((warning) => warning.code)).toEqual([code])
  })
})

describe('the recommended order of docs/composition.md', () => {
  it('has no warning', () => {
    const guard = () =>
      keyed((host) => pipeline(host, bulkhead({ limit: 5, queue: 5, maxWait: 50 }), circuitBreaker(), timeout('1s')))
    expect(
      found(
        fallback({ value: 1 }),
        timeout('10s'),
        cache(),
        singleFlight(),
        rateLimiter({ limit: 10, maxWait: 100 }),
        throttle(),
        again(),
        twice(),
        failoverPool(['a', 'b'], { guard, budget }),
        chaos({ enabled: true, latency: 5 }),
        chaos({ enabled: true, rate: 0.1 }),
      ),
    ).toEqual([])
  })
})

describe('a warning', () => {
  it('says where, why and what to do', () => {
    const explained = pipeline('stock', timeout('1s'), retry({ name: 'again' }), timeout('2s')).explain()

    expect(explained.warnings[0]).toEqual({
      code: 'retry-without-budget',
      where: [{ position: 2, name: 'again', member: undefined }],
      why: 'in an outage all calls are repeated, which multiplies the load',
      fix: 'give it budget: true',
      text: [
        'retry-without-budget: 2. retry "again"',
        'in an outage all calls are repeated, which multiplies the load',
        'give it budget: true',
      ].join('\n'),
    })
    expect(explained.text).toMatchInlineSnapshot(`
      "stock
        1. timeout: after 1000
        2. retry "again": retries 2; backoff exponential(base 100, factor 2, max 30000, jitter "full"); maxRetryAfter 60000
        3. timeout: after 2000
      worst case: 1000 ms, 3 attempts
      attempts a call: 1.11 where 10 % fail, 1.75 where 50 % fail, 2.71 where 90 % fail, 3 where 100 % fail
      ! retry-without-budget: 2. retry "again"
          in an outage all calls are repeated, which multiplies the load
          give it budget: true
      ! attempt>=total: 1. timeout and 3. timeout
          the inner limit of 2000 ms is never reached
          make the inner timeout shorter, or leave it out"
    `)
  })

  it('is given of times that do not fit together', () => {
    expect(found(timeout(300), again({ backoff: exponential({ base: 200 }) }), timeout(100))).toEqual([
      ['backoff>deadline', 1, 2],
    ])
    expect(found(timeout(300), again({ backoff: () => 1000 }), timeout(100))).toEqual([])
    expect(found(timeout(300), again({ retries: infinite, backoff: 200 }), timeout(100))).toEqual([])
    expect(found(timeout(300), again({ retries: infinite, backoff: 400 }), timeout(100))).toEqual([
      ['backoff>deadline', 1, 2],
    ])
    expect(found(timeout(300), hedge({ after: 200, hedges: 2, idempotent: true }))).toEqual([
      ['hedges×delay>total', 1, 2],
    ])
    expect(found(timeout(300), hedge({ hedges: 2, idempotent: true }))).toEqual([])
    expect(found(circuitBreaker({ window: 199 }), timeout(100))).toEqual([['window<2×attempt', 1, 2]])
    expect(found(circuitBreaker({ window: 200 }), timeout(100))).toEqual([])
    expect(found(circuitBreaker({ window: { calls: 5 } }), timeout(100))).toEqual([])
    expect(found(circuitBreaker({ consecutiveFailures: 2 }), timeout('1h'))).toEqual([])
    expect(found(timeout('1s'), timeout('300ms'), timeout('500ms'))).toEqual([['attempt>=total', 2, 3]])
    expect(found(timeout('1s'), timeout(infinite))).toEqual([])
    expect(found(again(), timeout('1s'), bulkhead({ limit: 1, queue: 1 }))).toEqual([['backoff>deadline', 2, 3]])
    expect(found(again(), timeout('1s'), bulkhead(1))).toEqual([])
    expect(found(timeout('1s'), rateLimiter({ limit: 1, maxWait: 5 }))).toEqual([])
  })

  it('is given of what may have no end', () => {
    expect(found()).toEqual([['no-timeout']])
    expect(found(policy('mine', (_call, next) => next()))).toEqual([['no-timeout']])
    expect(found(timeout(infinite))).toEqual([['no-timeout']])
    // The policies of keys that have not come may have a timeout.
    expect(found(keyed(() => timeout(1)))).toEqual([])
    expect(found(bulkhead({ limit: 1, queue: infinite }), attempt())).toEqual([['unbounded-queue', 1]])
    expect(found(adaptiveLimiter({ queue: infinite }), attempt())).toEqual([['unbounded-queue', 1]])
  })

  it('is given of repetitions that are not bounded, or not meant', () => {
    expect(found(retry(1), attempt())).toEqual([['retry-without-budget', 1]])
    expect(found(retry(0), attempt())).toEqual([])
    expect(found(hedge(10), attempt())).toEqual([['hedge-without-idempotent', 1]])
    const [two] = warningsOf(again(), again({ retries: 4 }), attempt())
    expect(two?.why).toBe('both repeat, which multiplies: up to 15 attempts')
    const [endless] = warningsOf(again(), again({ retries: infinite }), attempt())
    expect(endless?.why).toBe('both repeat, which multiplies: any number of attempts')
    expect(found(again({ retries: 0 }), again(), attempt())).toEqual([])
    expect(found(again({ retries: 0 }), fallback({ value: 1 }), attempt())).toEqual([])
    expect(found(again(), twice(), failoverPool(['a', 'b']), attempt())).toEqual([])
    expect(found(failoverPool(['a', 'b']), failoverPool(['c', 'd']), attempt())).toEqual([])
    expect(found(failoverPool(['a']), twice(), attempt())).toEqual([])
  })

  it('is given of a policy that is in two places', () => {
    const slots = bulkhead(1)
    const circuit = circuitBreaker()
    expect(found(slots, pipeline('inner', slots), attempt())).toEqual([['shared-in-two-names', 1, 2]])
    const sameCircuit = failoverPool(['a', 'b', 'c'], { guard: () => circuit })
    expect(warningsOf(sameCircuit, attempt())).toMatchObject([
      { code: 'shared-in-two-names', where: [{ member: 'a' }, { member: 'b' }] },
    ])
    // A limit may be meant for all together.
    expect(found(failoverPool(['a', 'b'], { guard: () => slots }), attempt())).toEqual([])
    const shedding = throttle()
    expect(found(failoverPool(['a', 'b'], { guard: () => shedding }), attempt())).toEqual([
      ['shared-in-two-names', 1, 1],
    ])
  })

  it('looks into the policies of members, once for those that are alike', () => {
    const guard = ({ name }: { readonly name: string }) => pipeline(name, hedge({ after: 5, name }), timeout(100))
    const pool = failoverPool(['a', 'b', 'c'], { guard })
    expect(warningsOf(pool)).toMatchObject([
      { code: 'hedge-without-idempotent', where: [{ position: 1, name: 'a', member: 'a' }] },
      {
        code: 'two-retries',
        where: [
          { position: 1, name: 'failoverPool' },
          { position: 1, member: 'a' },
        ],
      },
    ])
    const different = failoverPool(['a', 'b'], {
      guard: ({ name }) => (name === 'b' ? bulkhead({ limit: 1, queue: infinite }) : bulkhead(1)),
    })
    expect(warningsOf(different, attempt())).toMatchObject([
      { code: 'unbounded-queue', where: [{ member: 'b' }], text: expect.stringContaining('1. bulkhead of "b"') },
    ])
    const waits = failoverPool(['a', 'b'], {
      guard: ({ name }) => again({ backoff: name === 'a' ? 5 : 2000 }),
    })
    expect(found(timeout('1s'), waits)).toContainEqual(['backoff>deadline', 1, 2])
  })

  it('keeps an outer chaos apart from one that has another inside', () => {
    const faults = () => chaos({ enabled: true, rate: 0.5 })
    expect(found(attempt(), faults(), faults())).toEqual([])
    expect(found(faults(), faults(), attempt())).toEqual([
      ['chaos-not-innermost', 1, 3],
      ['chaos-not-innermost', 2, 3],
    ])
  })
})

describe('a strict pipeline', () => {
  it('throws where explain() would warn, and has changed no member then', () => {
    const clock = virtualClock()
    const member = retry(1)
    const make = () => pipeline({ name: 'stock', strict: true, clock }, member, timeout('1s'))

    expect(make).toThrow(
      new TypeError(
        [
          'pipeline: "stock" is strict, and has warnings:',
          '* retry-without-budget: 1. retry',
          '  in an outage all calls are repeated, which multiplies the load',
          '  give it budget: true',
        ].join('\n'),
      ),
    )
    expect(() => pipeline({ clock: virtualClock() }, member)).not.toThrow()
  })

  it('is like any other where there is nothing to warn of', async () => {
    const strict = pipeline({ strict: true }, again(), timeout('1s'))
    expect(await strict.execute(() => 1)).toBe(1)
    expect(() => pipeline({ strict: false }, retry(1))).not.toThrow()
  })
})
