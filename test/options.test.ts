/** Every option of every factory: what it refuses, the message, and that the given object is neither changed nor kept. */
import fc from 'fast-check'
import {
  bulkhead,
  circuitBreaker,
  constant,
  delays,
  exponential,
  linear,
  pipeline,
  policy,
  protect,
  retry,
  retryBudget,
  timeout,
} from 'holdfast'
import { recorder, scripted, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from './composition/deferred.ts'
import type { OptionCases } from './support/policy-fixture.ts'
import { policyFixtures } from './support/policy-modules.ts'
import { common, counts, durations, infinite, nonsense, ratios, type Values } from './support/refused-values.ts'

const { name, clock } = common
const named = { name, clock }

/** The factories of policies, with the cases of their fixtures, and the others. */
const factories: Readonly<Record<string, OptionCases>> = {
  ...Object.fromEntries(policyFixtures.flatMap(([, { options }]) => Object.entries(options))),
  linear: {
    make: linear,
    refused: {
      base: durations(infinite),
      step: durations(infinite),
      max: durations(),
      jitter: [...nonsense, 'decorrelated', 'Full', -0.1, 1.1, infinite],
    },
  },
  exponential: {
    make: exponential,
    refused: {
      base: durations(infinite),
      factor: [...nonsense, 0.99, infinite, '2'],
      max: durations(),
      jitter: [...nonsense, 'some', '', -0.1, 1.1],
    },
  },
  'retryBudget.ratio': {
    make: retryBudget.ratio,
    alone: 'ratio',
    refused: { ...named, ratio: ratios, minPerSecond: [...nonsense, -1, infinite, '1'], ttl: durations(0, infinite) },
  },
  'retryBudget.tokens': {
    make: retryBudget.tokens,
    alone: 'capacity',
    refused: {
      ...named,
      capacity: [...nonsense, -1, infinite, '1'],
      cost: [...nonsense, -1, infinite, '1'],
      throttledCost: [...nonsense, -1, infinite, '1'],
    },
  },
  'retryBudget.share': {
    make: retryBudget.share,
    alone: 'ratio',
    refused: { ...named, ratio: ratios, min: [...counts(0), infinite] },
  },
  'retryBudget.successes': {
    make: retryBudget.successes,
    alone: 'max',
    refused: { ...named, max: [...nonsense, 0, -1, infinite, '1'], ratio: [...nonsense, 0, -1, infinite, '1'] },
  },
  virtualClock: { make: virtualClock, refused: { wall: [...nonsense, infinite, '1'] } },
}

const cases = Object.entries(factories).flatMap(([kind, factory]) =>
  Object.entries(factory.refused).map(([option, values]) => ({ kind, option, values, ...factory })),
)

function refusal(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    return (error as Error).message
  }
  throw new Error('was not refused')
}

describe('a refused option', () => {
  for (const { kind, option, values, make, needs } of cases) {
    it(`is said in one form, at construction: ${kind} ${option}`, () => {
      for (const value of values) {
        const given = { ...needs, [option]: value }
        if (value === undefined) delete (given as Record<string, unknown>)[option]
        expect(refusal(() => make(given as never))).toMatch(new RegExp(`^${kind}: ${option} must be .+, got .+$`))
      }
    })
  }

  it('is said the same way whatever is given', () => {
    const pick = fc.constantFrom(...cases)
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true })
    fc.assert(
      fc.property(pick, anything, ({ kind, option, make, needs }, value) => {
        // What a strict pipeline refuses is its policies, not the option.
        fc.pre(!(kind === 'pipeline' && option === 'strict' && value === true))
        try {
          make({ ...needs, [option]: value } as never)
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
          expect((error as Error).message).toMatch(
            new RegExp(`^${kind}: (${option}|slowCallAfter) must be .+, got .+$`, 's'),
          )
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('shows what it got, and what it wants', () => {
    expect(refusal(() => retry({ retries: -1 }))).toBe('retry: retries must be an integer >= 0, got -1')
    expect(refusal(() => timeout('5 m' as never))).toBe(
      `timeout: after must be a duration > 0 or Infinity, got "5 m"; durations are ms, or like '250ms', '2s', '5m', '1h', '30d'`,
    )
    expect(refusal(() => timeout('0s'))).toBe('timeout: after must be a duration > 0 or Infinity, got "0s"')
    expect(refusal(() => circuitBreaker({ failureRate: 50 }))).toBe(
      'circuitBreaker: failureRate must be a number from 0 to 1, got 50; 50 % is 0.5',
    )
    expect(refusal(() => circuitBreaker({ failureRate: 101 }))).toBe(
      'circuitBreaker: failureRate must be a number from 0 to 1, got 101',
    )

    expect(refusal(() => bulkhead(undefined as never))).toBe('bulkhead: limit must be an integer >= 0, got undefined')
    expect(refusal(() => timeout(undefined as never))).toBe(
      'timeout: after must be a duration > 0 or Infinity, got undefined',
    )
    expect(refusal(() => circuitBreaker({ slowCallRate: 0.5 }))).toBe(
      'circuitBreaker: slowCallAfter must be given with slowCallRate, got undefined',
    )
    expect(refusal(() => constant(-1))).toBe('constant: delay must be a duration >= 0, got -1')
    expect(refusal(() => delays([]))).toBe('delays: list must be a non-empty array of durations, got an array')
    expect(refusal(() => delays([1, -1]))).toMatch(/^delays: list must be .+, got an array$/)
    expect(refusal(() => delays(5 as never))).toMatch(/^delays: list must be .+, got 5$/)
    expect(refusal(() => retry({ retries: [] as never }))).toMatch(/got an array$/)
    expect(refusal(() => retry({ when: {} as never }))).toBe('retry: when must be a function, got an object')
    expect(refusal(() => bulkhead({ limit: 1n as never }))).toMatch(/got 1n$/)
    expect(refusal(() => bulkhead({ limit: (() => 1) as never }))).toMatch(/got a function$/)
  })
})

describe('an unknown option', () => {
  for (const [kind, { make, needs, refused }] of Object.entries(factories)) {
    it(`is refused with the nearest name: ${kind}`, () => {
      for (const option of Object.keys(refused)) {
        if (Object.hasOwn(refused, `${option}s`)) continue
        const given = { ...needs, [`${option}s`]: 1 }
        const said = `${kind}: "${option}s" is not an option, did you mean ${option}?`
        expect(refusal(() => make(given as never))).toBe(said)
      }
      for (const name of ['constructor', 'toString', 'hasOwnProperty', '']) {
        const given = { ...needs, [name]: 1 }
        expect(refusal(() => make(given as never))).toMatch(
          new RegExp(`^${kind}: ".*" is not an option; it takes \\w+(, \\w+)*$`),
        )
      }
      const polluted = Object.assign(JSON.parse('{"__proto__":1}'), needs)
      expect(refusal(() => make(polluted as never))).toMatch(new RegExp(`^${kind}: "__proto__" is not an option`))
    })
  }

  it('never comes from the prototype', () => {
    const given = Object.create({ retries: -1, unheardOf: true })
    expect(() => retry(given)).not.toThrow()
  })
})

describe('options as a whole', () => {
  for (const [kind, { make, alone, takesPolicies, orElse }] of Object.entries(factories)) {
    it(`must be an object: ${kind}`, () => {
      const wrong = takesPolicies || orElse ? [] : [null, ...(alone === undefined ? [[], 'x', 5, true, () => 1] : [])]
      for (const value of wrong) {
        expect(refusal(() => make(value as never))).toMatch(new RegExp(`^${kind}: options must be an object, got .+$`))
      }
      if (alone !== undefined) {
        for (const value of [[], true, Number.NaN, () => 1]) {
          expect(refusal(() => make(value as never))).toMatch(new RegExp(`^${kind}: ${alone} must be .+, got .+$`))
        }
      }
    })
  }

  it('must be an object for pipeline, or there are none', () => {
    expect(refusal(() => pipeline(null as never))).toBe('pipeline: policy 1 must be a policy, got null')
    expect(refusal(() => pipeline('p', 5 as never))).toBe('pipeline: policy 1 must be a policy, got 5')
    expect(refusal(() => pipeline('p', retry(), {} as never))).toBe(
      'pipeline: policy 2 must be a policy, got an object',
    )
    expect(refusal(() => pipeline(''))).toBe('pipeline: name must be a non-empty string, got ""')
  })

  it('of functions are checked too', () => {
    expect(refusal(() => policy('', () => 1))).toBe('policy: name must be a non-empty string, got ""')
    expect(refusal(() => policy('p', 1 as never))).toBe('policy: run must be a function, got 1')
    expect(refusal(() => protect(1 as never, retry()))).toBe(
      "pipeline: wrap's first argument must be a function, got 1",
    )
    expect(refusal(() => retry().wrap(() => 1, 5 as never))).toBe(
      "retry: wrap's second argument must be a function, got 5",
    )
    expect(refusal(() => retry().on('call', 5 as never))).toBe('retry: listener must be a function, got 5')
    expect(refusal(() => seededRandom(1.5))).toBe('seededRandom: seed must be an integer, got 1.5')
    expect(refusal(() => recorder({} as never))).toBe('recorder: policy must be a policy, got an object')
    expect(refusal(() => (scripted as () => unknown)())).toBe('scripted: steps must be one or more')
  })

  it('are neither changed nor kept', () => {
    const freeze = <T extends object>(value: T): T => {
      for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner)
      return Object.freeze(value)
    }
    const given = { failureRate: 0.5, window: { calls: 5 }, minimumCalls: 2, openFor: 10, probes: 1 }
    const [one, two] = [circuitBreaker(freeze(structuredClone(given))), circuitBreaker(given)]
    const before = pipeline(one, two).explain().text
    given.window.calls = 1
    given.probes = 100
    expect(pipeline(one, two).explain().text).toBe(before)
    const list = [1, 2]
    const waits = delays(list)
    list[0] = 99
    expect(waits.delay({ attempt: 1, previous: undefined, random: Math.random })).toBe(1)
  })

  it('given twice share nothing', async () => {
    const given = Object.freeze({ consecutiveFailures: 1, clock: virtualClock() })
    const [one, two] = [circuitBreaker(given), circuitBreaker(given)]
    await ended(one.execute(() => Promise.reject(new Error('down'))))
    expect([one.state, two.state]).toEqual(['open', 'closed'])
  })
})

describe('options of a call', () => {
  const refused: Readonly<Record<string, Values>> = {
    signal: [null, 5, {}, 'abort', { aborted: true }],
    key: [null, 5, {}, Symbol('k')],
    deadline: [null, Number.NaN, '5 m', {}, new Date(Number.NaN), Symbol('d')],
    priority: [null, Number.NaN, infinite, '1', {}],
    idempotent: [null, 0, 'no', {}],
    retryDepth: [null, -1, 0.5, Number.NaN, '1', {}],
  }
  for (const [option, values] of Object.entries(refused)) {
    it(`reject the call, and the operation does not run: ${option}`, async () => {
      for (const value of values) {
        const operation = scripted('never')
        const end = await ended(retry().execute(operation, { [option]: value } as never))
        expect(end.ok ? '' : String(end.error)).toMatch(
          new RegExp(`^TypeError: execute: ${option} must be .+, got .+$`),
        )
        expect(operation.calls.length).toBe(0)
      }
    })
  }

  it('must be an object, and the operation a function', async () => {
    for (const value of [null, 5, 'x', []]) {
      const end = await ended(retry().execute(() => 1, value as never))
      expect(end.ok ? '' : String(end.error)).toMatch(/^TypeError: execute: options must be an object, got /)
    }
    const end = await ended(retry().execute(5 as never))
    expect(end.ok ? '' : String(end.error)).toBe('TypeError: execute: operation must be a function, got 5')
  })
})
