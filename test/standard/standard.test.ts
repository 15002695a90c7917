import { readFileSync } from 'node:fs'
import {
  bulkhead,
  circuitBreaker,
  constant,
  type Explanation,
  fallback,
  hedge,
  pipeline,
  rateLimiter,
  retry,
  retryBudget,
  standard,
  throttle,
  timeout,
} from 'holdfast'
import { recorder, scripted, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

const down = new Error('down')
type Explained = { explain(): Explanation }
const names = (made: Explained) => made.explain().policies.map(({ name }) => name)
const optionsOf = (made: Explained, name: string) =>
  made.explain().policies.find((policy) => policy.name === name)?.options

describe('the standard pipeline', () => {
  it('has the parts of the contract with their defaults, in order', () => {
    const made = standard()
    expect(made.name).toBe('standard')
    expect(names(made)).toEqual(['total', 'retry', 'bulkhead', 'circuitBreaker', 'attempt'])
    expect(optionsOf(made, 'total')).toMatchObject({ after: 30_000 })
    expect(optionsOf(made, 'retry')).toMatchObject({ retries: 2, budget: { rule: 'ratio', options: { ratio: 0.2 } } })
    expect(optionsOf(made, 'bulkhead')).toMatchObject({ limit: 100, queue: 0 })
    expect(optionsOf(made, 'circuitBreaker')).toMatchObject({
      failureRate: 0.5,
      window: 30_000,
      minimumCalls: 20,
      openFor: { kind: 'exponential', options: { base: 5000, max: 300_000 } },
    })
    expect(optionsOf(made, 'attempt')).toMatchObject({ after: 10_000 })
  })

  it('has every part that is asked for, in the order of the contract', () => {
    const made = standard({
      name: 'all',
      fallback: { value: 1 },
      rate: 5,
      throttle: true,
      hedge: '50ms',
      chaos: { enabled: false },
    })
    expect(names(made)).toEqual(
      'fallback total rateLimiter throttle retry hedge bulkhead circuitBreaker attempt chaos'.split(' '),
    )
    expect(optionsOf(made, 'hedge')).toMatchObject({ after: 50, idempotent: true })
    expect(optionsOf(standard({ hedge: true }), 'hedge')).toMatchObject({ after: { quantile: 0.95 } })
  })

  it('puts the options of a part over its defaults', () => {
    const budget = retryBudget.tokens()
    const made = standard({
      retry: { budget },
      bulkhead: { queue: 3 },
      breaker: { minimumCalls: 5 },
      total: { after: '20s', name: 'whole' },
      attempt: 500,
    })
    expect(optionsOf(made, 'retry')).toMatchObject({ retries: 2, budget })
    expect(optionsOf(made, 'bulkhead')).toMatchObject({ limit: 100, queue: 3 })
    expect(optionsOf(made, 'circuitBreaker')).toMatchObject({ failureRate: 0.5, minimumCalls: 5 })
    expect(optionsOf(made, 'whole')).toMatchObject({ after: 20_000 })
    expect(optionsOf(made, 'attempt')).toMatchObject({ after: 500 })
    expect(optionsOf(standard({ retry: 4 }), 'retry')).toMatchObject({ retries: 4, budget: { rule: 'ratio' } })
  })

  it('takes policies of the user in place of parts, and leaves out what is false', () => {
    const shared = circuitBreaker({ name: 'shared' })
    const made = standard({
      total: false,
      rate: rateLimiter({ name: 'mine', limit: 1 }),
      throttle: throttle({ name: 'own' }),
      retry: false,
      hedge: hedge({ name: 'late', after: '1s' }),
      bulkhead: false,
      breaker: shared,
      attempt: timeout({ name: 'try', after: '1s' }),
    })
    expect(names(made)).toEqual(['mine', 'own', 'late', 'shared', 'try'])
    expect(names(standard({ total: false, retry: false, bulkhead: false, breaker: false, attempt: false }))).toEqual([])
  })

  it('repeats nothing where operations are not idempotent', async () => {
    const clock = virtualClock()
    const made = standard({ clock, idempotent: false, hedge: true, pool: { members: ['a', 'b'] } })
    const operation = scripted(down, 'second')
    expect(await clock.settle(ended(made.execute(operation)))).toMatchObject({ ok: false })
    expect(operation.calls.length).toBe(1)
    expect(names(made)).toEqual(['total', 'failoverPool'])
  })

  it('gives clock and random source to all parts, and settles a call as the parts say', async () => {
    const clock = virtualClock()
    const made = standard({ clock, random: seededRandom(1), attempt: '1s', fallback: { value: 'none' } })
    const { names: happened } = recorder(made)
    expect(await clock.settle(made.execute(scripted(down, { hang: true }, 'third')))).toBe('third')
    expect(happened).toEqual(['failure', 'retry', 'timeout', 'failure', 'retry', 'success', 'call'])
    expect(await clock.settle(made.execute(scripted(down)))).toBe('none')
    expect(clock.pending).toBe(0)
  })

  it('makes bulkhead, breaker and timeout for each member of a pool', async () => {
    const clock = virtualClock()
    const made = standard({
      clock,
      retry: false,
      attempt: '1s',
      breaker: { consecutiveFailures: 1 },
      pool: { members: ['a', 'b'] },
    })
    const tried: string[] = []
    const read = () =>
      made.execute(async ({ target }) => {
        tried.push(target)
        if (target === 'a') throw down
        return target
      })
    expect([await read(), await read(), await read()]).toEqual(['b', 'b', 'b'])
    // The breaker of `a` is open after its first failure, and that of `b` is not.
    expect(tried.filter((target) => target === 'a')).toEqual(['a'])
  })
})

describe('parts that do not go together', () => {
  it.each([
    [{ total: '5s' }, 'attempt (10000 ms) must be below total (5000 ms): shorten attempt, or lengthen total'],
    [{ attempt: '30s' }, 'attempt (30000 ms) must be below total (30000 ms): shorten attempt, or lengthen total'],
    [
      { retry: { backoff: constant('40s') } },
      'the first wait of retry (40000 ms) must be below total (30000 ms): shorten its backoff, or lengthen total',
    ],
    [
      { breaker: { window: '15s' } },
      'the window of breaker (15000 ms) must be at least twice attempt (10000 ms): lengthen the window, or shorten attempt',
    ],
    [
      { hedge: { after: '10s', hedges: 3 } },
      'the last hedge (after 30000 ms) must start before total (30000 ms): hedge sooner or less often, or lengthen total',
    ],
  ] as const)('are refused: %j', (options, message) => {
    expect(() => standard(options)).toThrow(new TypeError(`standard: ${message}`))
  })

  it.each([
    { total: false, attempt: '1h', breaker: { window: '2h' } },
    { attempt: false, total: '1s', breaker: { window: '1s' } },
    { attempt: Number.POSITIVE_INFINITY, total: false },
    { breaker: { window: 10, minimumCalls: 5 }, attempt: '29s' },
    { breaker: false, attempt: '29s' },
    { hedge: { after: { quantile: 0.9 } }, pool: false },
    { retry: { backoff: () => 60_000 } },
    { breaker: bulkhead(1), attempt: pipeline('own', timeout('1m')), total: fallback({ value: 1 }), retry: retry(1) },
  ] as const)('are not refused where one of them is left out, or cannot be known: %j', (options) => {
    expect(() => standard(options)).not.toThrow()
  })
})

describe('options of the standard pipeline', () => {
  it.each([
    [{ totl: 1 }, /standard: "totl" is not an option, did you mean total\?/],
    [{ idempotent: 'no' }, /standard: idempotent must be a boolean, got "no"/],
    [{ retry: null }, /standard: retry must be options, a policy or false, got null/],
    [{ retry: { retires: 1 } }, /^standard: retry: retry: "retires" is not an option/],
    [{ total: Number.NaN }, /^standard: total: timeout: after must be a duration > 0 or Infinity, got NaN/],
    [{ attempt: 'x' }, /^standard: attempt: timeout: after must be a duration/],
    [{ retry: true }, /^standard: retry must be options, a policy or false, got true/],
    [{ chaos: true }, /^standard: chaos must be options, a policy or false, got true/],
    [{ rate: () => 1 }, /^standard: rate must be options, a policy or false, got a function/],
    [{ fallback: 7 }, /standard: fallback must be options, a policy or false, got 7/],
    [{ breaker: 5 }, /standard: breaker must be options, a policy or false, got 5/],
    [{ pool: { target: 'a' } }, /standard: pool must be false or an object with members, got an object/],
    [{ pool: ['a'] }, /standard: pool must be false or an object with members, got an array/],
    [{ pool: { members: 'a' } }, /failoverPool: members must be an array or a source, got "a"/],
    [{ pool: { members: ['a'], guard: () => bulkhead(1) } }, /standard: pool must be an object without a guard/],
    [
      { pool: { members: ['a'] }, breaker: circuitBreaker() },
      /standard: breaker must be options where there is a pool/,
    ],
    [{ name: '' }, /standard: name must be/],
  ])('are refused with a message: %j', (options, message) => {
    expect(() => standard(options as never)).toThrow(message)
    expect(() => standard(options as never)).toThrow(TypeError)
  })
})

it('rethrows what a getter of the options throws', () => {
  const error = new Error('read')
  const options = Object.defineProperty({}, 'retries', {
    enumerable: true,
    get() {
      throw error
    },
  })
  expect(() => standard({ retry: options })).toThrow(error)
})

describe('README.md', () => {
  it('shows what its first pipeline says of itself', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const [, shown] = /says what you got:\n\n```\n([^`]*)\n```/.exec(readme) ?? []
    expect(shown).toBe(standard({ name: 'inventory', total: '3s', attempt: '800ms' }).explain().text)
  })
})
