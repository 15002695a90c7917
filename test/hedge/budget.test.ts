import { failoverPool, hedge, pipeline, type RetryBudget, retry, retryBudget } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'
import { slowWork } from './slow-work.ts'

const slow = { after: 500, value: 'first' }
const fast = { after: 10, value: 'hedge' }

/** A budget that writes down what is asked of it. */
function written(permits: number, more: Partial<RetryBudget> = {}) {
  const asked: string[] = []
  const permit = { release: () => asked.push('release'), refund: () => asked.push('refund') }
  const budget = {
    deposit: () => asked.push('deposit'),
    tryWithdraw: (cost: number, reason: string) => {
      asked.push(`${reason} ${cost}`)
      return permits-- > 0 ? permit : undefined
    },
    ...more,
  }
  return { asked, budget: budget as unknown as RetryBudget }
}

describe('the budget of a hedge', () => {
  it('is by default a hedge for each ten calls, and none before', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, clock })
    const log = recorder(policy)
    expect(policy.budget?.snapshot()).toMatchObject({ rule: 'ratio', balance: 0 })
    for (let i = 0; i < 9; i++) await policy.execute(() => 1)
    expect(await clock.settle(policy.execute(slowWork(clock, slow, fast)))).toBe('hedge')
    expect(await clock.settle(policy.execute(slowWork(clock, slow, fast)))).toBe('first')
    expect(log.of('deny').map(({ reason }) => reason)).toEqual(['budget'])
    expect(policy.snapshot()).toMatchObject({ sent: 1, won: 1, denied: 1 })
  })

  it('has no bound where it is Infinity', () => {
    expect(hedge({ budget: Number.POSITIVE_INFINITY }).budget).toBe(undefined)
  })

  it('gets a deposit a call, a refund for a hedge that won, and the permit back once its work has settled', async () => {
    const clock = virtualClock()
    const { asked, budget } = written(2)
    const policy = hedge({ after: 50, budget, clock })
    expect(await clock.settle(policy.execute(slowWork(clock, slow, fast)))).toBe('hedge')
    expect(asked).toEqual(['deposit', 'transient 1', 'refund', 'release'])
    asked.length = 0
    expect(await clock.settle(policy.execute(slowWork(clock, { after: 60, value: 1 }, slow)))).toBe(1)
    expect(asked).toEqual(['deposit', 'transient 1'])
    await clock.advance(1000)
    expect(asked).toEqual(['deposit', 'transient 1', 'release'])
  })

  it('may count successes alone', async () => {
    const clock = virtualClock()
    const { asked, budget } = written(2, { depositsOn: 'success' })
    const policy = hedge({ after: 50, budget, clock })
    await policy.execute(() => 1)
    await ended(policy.execute(() => Promise.reject(new Error('down'))))
    expect(asked).toEqual(['deposit'])
  })

  it('is asked for each hedge, and a refusal touches no attempt that runs', async () => {
    const clock = virtualClock()
    const { asked, budget } = written(1)
    const policy = hedge({ after: 50, hedges: 4, budget, clock })
    const log = recorder(policy)
    const work = slowWork(clock, { after: 300, value: 'first' }, slow)
    expect(await clock.settle(policy.execute(work))).toBe('first')
    expect(work.startedAt).toEqual([0, 50])
    expect(log.of('deny').map(({ reason }) => reason)).toEqual(['budget', 'budget', 'budget'])
    expect(asked).toHaveLength(5)
  })

  it('counts each call once, whichever of retry, hedge and pool share it', async () => {
    const clock = virtualClock()
    const budget = retryBudget.ratio({ ratio: 1, minPerSecond: 0, clock })
    const all = pipeline(
      { name: 'all', clock },
      retry({ retries: 1, backoff: 0, budget }),
      hedge({ after: 50, budget }),
      failoverPool(['a', 'b'], { budget }),
    )
    await all.execute(() => 1)
    expect(budget.balance).toBe(1)
    expect(await clock.settle(all.execute(slowWork(clock, slow, fast)))).toBe('hedge')
    expect(budget.balance).toBe(1)
  })

  it('takes the clock of the pipeline', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50 })
    const all = pipeline({ name: 'all', clock }, policy)
    for (let i = 0; i < 10; i++) await all.execute(() => 1)
    expect(policy.budget?.balance).toBe(1)
    await clock.advance('20s')
    expect(policy.budget?.balance).toBe(0)
  })

  it('may abort the call: then no hedge starts, and its permit is released', async () => {
    for (const permits of [0, 1]) {
      const clock = virtualClock()
      const controller = new AbortController()
      const { asked, budget } = written(permits)
      const withdraw = budget.tryWithdraw.bind(budget)
      const aborting = Object.assign(budget, {
        tryWithdraw: (...given: Parameters<typeof withdraw>) => {
          controller.abort('left')
          return withdraw(...given)
        },
      })
      const policy = hedge({ after: 50, budget: aborting, clock })
      const work = slowWork(clock, slow)
      const call = ended(policy.execute(work, { signal: controller.signal }))
      expect(await clock.settle(call)).toEqual({ ok: false, error: 'left' })
      expect(work.calls).toHaveLength(1)
      expect(asked.slice(2)).toEqual(permits === 0 ? [] : ['release'])
      expect(policy.snapshot()).toMatchObject({ sent: 0, denied: 0 })
      await clock.advance(1000)
      expect(clock.pending).toBe(0)
    }
  })

  it('may abort the call while a failure asks for the next attempt', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const { asked, budget } = written(1)
    const withdraw = budget.tryWithdraw.bind(budget)
    Object.assign(budget, {
      tryWithdraw: (...given: Parameters<typeof withdraw>) => {
        controller.abort('left')
        return withdraw(...given)
      },
    })
    const policy = hedge({ after: 50, startOnFailure: true, budget, clock })
    const work = slowWork(clock, { after: 10, error: new Error('down') })
    const call = ended(policy.execute(work, { signal: controller.signal }))
    expect(await clock.settle(call)).toEqual({ ok: false, error: 'left' })
    expect(asked).toEqual(['deposit', 'transient 1', 'release'])
    expect([work.calls.length, clock.pending]).toEqual([1, 0])
  })

  it('may abort the call at its start', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const { budget } = written(1, { deposit: () => controller.abort('left') })
    const policy = hedge({ after: 50, budget, clock })
    const call = policy.execute(() => 1, { signal: controller.signal })
    expect(await ended(call)).toEqual({ ok: false, error: 'left' })
    expect(clock.pending).toBe(0)
  })
})
