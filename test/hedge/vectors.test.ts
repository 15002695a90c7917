import { readFileSync } from 'node:fs'
import { hedge, type RetryBudget } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { Alarm } from '../../src/core/timer.ts'
import { MovingQuantile } from '../../src/stats/moving-quantile.ts'
import { ended } from '../composition/deferred.ts'

interface Case {
  readonly name: string
  readonly input: {
    readonly delay: number
    readonly hedges: number
    readonly attempts: readonly { readonly after: number; readonly ok: boolean }[]
    readonly budget?: number
    readonly deadline?: number
    readonly startOnFailure?: boolean
    readonly wins?: 'success' | 'any'
  }
  readonly expect: {
    readonly startedAt: readonly number[]
    readonly settlesAt: number
    readonly outcome: 'value' | 'error'
    readonly of: number
    readonly aborted: readonly number[]
  }
}

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(new URL(`../data/policies/${file}`, import.meta.url), 'utf8'))
}

const schedule = read<{ readonly cases: readonly Case[] }>('hedge-schedule.json')
const feed = read<{
  readonly movingQuantile: {
    readonly q: number
    readonly samples: readonly number[]
    readonly estimate: readonly number[]
  }
}>('hedge-quantile-feed.json')

const ok = (after: number) => ({ after, ok: true })
const bad = (after: number) => ({ after, ok: false })
const value = (startedAt: readonly number[], settlesAt: number, of: number, aborted: readonly number[] = []) =>
  ({ startedAt, settlesAt, outcome: 'value', of, aborted }) as const
const error = (startedAt: readonly number[], settlesAt: number, of: number, aborted: readonly number[] = []) =>
  ({ startedAt, settlesAt, outcome: 'error', of, aborted }) as const

/** Further cases by the same rule. */
const more: readonly Case[] = [
  {
    name: 'the first attempt fails before any hedge: the call ends',
    input: { delay: 50, hedges: 2, attempts: [bad(20), ok(5)] },
    expect: error([0], 20, 0),
  },
  {
    name: 'all have failed before the last hedge is due: it does not start',
    input: { delay: 50, hedges: 2, attempts: [bad(60), bad(30), ok(5)] },
    expect: error([0, 50], 80, 1),
  },
  {
    name: 'a completion at the instant of a start comes first',
    input: { delay: 50, hedges: 1, attempts: [ok(50), ok(5)] },
    expect: value([0], 50, 0),
  },
  {
    name: 'no delay: all at once',
    input: { delay: 0, hedges: 2, attempts: [ok(30), ok(20), ok(40)] },
    expect: value([0, 0, 0], 20, 1, [0, 2]),
  },
  {
    name: 'no delay, and a budget for one',
    input: { delay: 0, hedges: 2, attempts: [ok(30), ok(20), ok(10)], budget: 1 },
    expect: value([0, 0], 20, 1, [0]),
  },
  {
    name: 'the first attempt fails last',
    input: { delay: 50, hedges: 1, attempts: [bad(90), bad(30)] },
    expect: error([0, 50], 90, 0),
  },
  {
    name: 'a deadline between two hedges',
    input: { delay: 50, hedges: 3, attempts: [ok(200), ok(200), ok(5), ok(5)], deadline: 80 },
    expect: value([0, 50], 200, 0, [1]),
  },
  {
    name: 'a failure starts the next one at once, where that is wanted',
    input: { delay: 50, hedges: 2, attempts: [bad(20), ok(200), ok(10)], startOnFailure: true },
    expect: value([0, 20, 70], 80, 2, [1]),
  },
  {
    name: 'a failure starts the next one at once, also of a hedge',
    input: { delay: 50, hedges: 3, attempts: [ok(400), bad(10), ok(100), ok(500)], startOnFailure: true },
    expect: value([0, 50, 60, 110], 160, 2, [0, 3]),
  },
  {
    name: 'any outcome wins, where that is wanted',
    input: { delay: 50, hedges: 1, attempts: [ok(400), bad(10)], wins: 'any' },
    expect: error([0, 50], 60, 1, [0]),
  },
]

function permits(count: number): RetryBudget {
  let left = count
  const permit = { release() {}, refund() {} }
  return {
    deposit() {},
    tryWithdraw: () => (left-- > 0 ? permit : undefined),
    get balance() {
      return left
    },
    snapshot: () => ({ name: 'permits', rule: 'permits', balance: left, granted: 0, denied: 0 }),
    on() {
      return this
    },
    once() {
      return this
    },
    off() {
      return this
    },
  }
}

describe('the schedule of a hedged call', () => {
  it.each([...schedule.cases, ...more])('$name', async ({ input, expect: expected }) => {
    const { delay, hedges, attempts, budget, deadline, startOnFailure = false, wins = 'success' } = input
    const clock = virtualClock()
    const startedAt: number[] = []
    const aborted: number[] = []
    const policy = hedge({
      after: delay,
      hedges,
      startOnFailure,
      wins,
      budget: budget === undefined ? Number.POSITIVE_INFINITY : permits(budget),
      clock,
    })
    const call = policy.execute(
      ({ signal }) => {
        const of = startedAt.push(clock.now()) - 1
        signal.addEventListener('abort', () => aborted.push(of))
        const { after, ok } = attempts[of] ?? { after: 0, ok: false }
        return new Promise((resolve, reject) => clock.schedule(new Alarm(() => (ok ? resolve(of) : reject(of))), after))
      },
      deadline === undefined ? {} : { deadline },
    )
    const outcome = await clock.settle(ended(call))
    const settlesAt = clock.now()
    await clock.advance(1000)

    expect({
      startedAt,
      settlesAt,
      outcome: outcome.ok ? 'value' : 'error',
      of: outcome.ok ? outcome.value : outcome.error,
      aborted: aborted.sort(),
    }).toEqual(expected)
    expect([clock.pending, policy.pending]).toEqual([0, 0])
  })
})

describe('the moving quantile', () => {
  it('follows the samples by its steps', () => {
    const { q, samples, estimate } = feed.movingQuantile
    const moving = new MovingQuantile(q)
    const seen = samples.map((sample) => {
      moving.add(sample)
      return Number(moving.estimate.toFixed(6))
    })
    expect(seen).toEqual(estimate)
    expect(moving.count).toBe(samples.length)
  })

  it('stays where it is at a sample of its own value', () => {
    const moving = new MovingQuantile(0.5)
    for (let i = 0; i < 5; i++) moving.add(7)
    expect(moving.estimate).toBe(7)
  })
})
