import {
  circuitBreaker,
  failoverPool,
  ordered,
  type Permit,
  pipeline,
  type RetryBudget,
  retry,
  retryBudget,
  type Selection,
  timeout,
} from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const down = new Error('down')
const fails = () => Promise.reject(down)
const members = ['a', 'b', 'c']

describe('a pool with a budget', () => {
  it('tries no further member where the budget is exhausted: the caller gets what has failed', async () => {
    const budget = retryBudget.tokens(14)
    const pool = failoverPool(members, { budget, random: () => 0 })
    const { of } = recorder(pool)
    expect(await ended(pool.execute(fails))).toMatchObject({
      ok: false,
      error: { code: 'HF_FAILOVER', errors: [down, down] },
    })
    expect(await ended(pool.execute(fails))).toEqual({ ok: false, error: down })
    expect(of('exhausted')).toMatchObject([
      { tried: ['a', 'b'], reason: 'budget' },
      { tried: ['c'], reason: 'budget', error: down },
    ])
    expect(of('select')).toHaveLength(3)
    expect(pool.members.map(({ pending }) => pending)).toEqual([0, 0, 0])
  })

  it('pays nothing where no member is left', async () => {
    const budget = retryBudget.tokens()
    const pool = failoverPool(['a'], { budget })
    const { of } = recorder(pool)
    await ended(pool.execute(fails))
    expect(budget.snapshot()).toMatchObject({ balance: 500, granted: 0 })
    expect(of('exhausted')[0]).not.toHaveProperty('reason', 'budget')
  })

  it('passes over no member where the budget is exhausted', async () => {
    const pool = failoverPool(['a', 'b'], { budget: retryBudget.tokens(0), outlier: false, random: () => 0 })
    const tried: string[] = []
    for (let i = 0; i < 4; i++) {
      await ended(
        pool.execute(({ member }) => {
          tried.push(member)
          return fails()
        }),
      )
    }
    expect(tried).toEqual(['a', 'b', 'a', 'b'])
  })

  it('pays nothing for an ejected member that only checks may restore', async () => {
    const clock = virtualClock()
    const budget = retryBudget.tokens(140)
    const check = { run: () => true, every: '1m' } as const
    const outlier = { consecutiveFailures: 1, ejectFor: '10s' } as const
    const selection = ordered()
    const rules = { budget, clock, check, outlier, selection, panic: 'fail', maxEjected: 1 } as const
    const pool = failoverPool(['a', 'b'], rules)
    await pool.ready()
    expect(await pool.execute(({ member }) => (member === 'a' ? fails() : member))).toBe('b')
    const { granted } = budget.snapshot()
    await clock.advance('11s')
    expect(await ended(pool.execute(fails))).toEqual({ ok: false, error: down })
    expect(budget.snapshot().granted).toBe(granted)
    pool.close()
  })

  it('pays for the probe of an ejected member, where no other is left', async () => {
    const clock = virtualClock()
    const budget = retryBudget.tokens(14)
    const outlier = { consecutiveFailures: 1, ejectFor: '10s' } as const
    const pool = failoverPool(['a', 'b', 'c'], { budget, clock, outlier, panic: 'leastBad', maxEjected: 1 })
    for (const name of ['b', 'c']) pool.update(name, { admin: 'maintenance' })
    await ended(pool.execute(fails))
    pool.update('b', { admin: 'ready' })
    expect(await pool.execute(({ member }) => member)).toBe('b')
    // b fails, and only a is left, which is ejected.
    expect(await pool.execute(({ member }) => (member === 'b' ? fails() : member))).toBe('a')
    expect(budget.snapshot()).toMatchObject({ granted: 1, balance: 14 })
    const failing = failoverPool(['a', 'b'], { budget, clock, outlier, panic: 'fail', maxEjected: 1 })
    await ended(failing.execute(fails))
    await ended(failing.execute(fails))
    expect(budget.snapshot()).toMatchObject({ granted: 2, balance: 0 })
    // Once its ejection is over, a member is left again, and the budget is asked.
    await clock.advance(10_000)
    await ended(failing.execute(fails))
    expect(budget.snapshot()).toMatchObject({ granted: 2, denied: 1 })
  })

  it('gives its permit back where a selection chooses no one', async () => {
    const share = retryBudget.share({ min: 1 })
    let asked = 0
    const pick = (all: readonly unknown[]) => (asked++ === 0 ? all[0] : undefined)
    const once = { kind: 'once', start: () => ({ pick }) } as unknown as Selection
    const pool = failoverPool(members, { budget: share, selection: once, panic: 'fail' })
    await ended(pool.execute(fails))
    expect(share.snapshot()).toMatchObject({ granted: 1, extra: 0, calls: 0 })
  })

  it('pays nothing for the place of a try that its guard refused', async () => {
    const budget = retryBudget.tokens(0)
    const open = circuitBreaker({ consecutiveFailures: 1 })
    await ended(open.execute(fails))
    const guard = ({ name }: { readonly name: string }) => (name === 'c' ? timeout('1s') : open)
    const pool = failoverPool(members, { budget, guard, selection: ordered() })
    const { of } = recorder(pool)
    expect(await pool.execute(({ member }) => member)).toBe('c')
    expect(of('failover').map(({ from, to }) => [from, to])).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ])
    expect(budget.snapshot()).toMatchObject({ granted: 0, denied: 0 })
  })

  it('refunds the try that succeeded, and holds its permit until the work has settled', async () => {
    const clock = virtualClock()
    const tokens = retryBudget.tokens(100)
    const share = retryBudget.share({ min: 1, ratio: 0 })
    await failoverPool(members, { budget: tokens }).execute(scripted<string>(down, 'fine'))
    expect(tokens.balance).toBe(100)
    await failoverPool(members, { budget: tokens }).execute(() => 1)
    expect(tokens.snapshot()).toMatchObject({ balance: 100, granted: 1 })
    const work = deferred()
    const guarded = pipeline({ clock }, timeout(50), failoverPool(members, { budget: share }))
    const end = ended(guarded.execute(({ attempt }) => (attempt === 1 ? fails() : work.promise)))
    await clock.advance(50)
    expect(await end).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    expect(share.snapshot()).toMatchObject({ extra: 1, calls: 1 })
    work.resolve(1)
    await clock.advance(0)
    expect(share.snapshot()).toMatchObject({ extra: 0, calls: 0 })
  })

  it('pays nothing for a repetition on a new connection, which has the permit of the try before', async () => {
    const notes: string[] = []
    const budget = {
      deposit() {},
      tryWithdraw(): Permit {
        notes.push('withdraw')
        return { release: () => void notes.push('release'), refund: () => void notes.push('refund') }
      },
    } as unknown as RetryBudget
    const stale = new Error('reset')
    const pool = failoverPool(members, { budget, stale: (error) => error === stale })
    expect(await pool.execute(scripted<string>(stale, down, stale, 'fine'))).toBe('fine')
    expect(notes).toEqual(['withdraw', 'release', 'refund'])
  })

  it('makes a ratio budget of true, on the clock of the pipeline', async () => {
    const clock = virtualClock()
    const pool = failoverPool(members, { budget: true })
    pipeline({ clock }, pool)
    for (let i = 0; i < 20; i++) await ended(pool.execute(fails))
    expect(pool.budget?.snapshot()).toMatchObject({ rule: 'ratio', granted: 14 })
    await clock.advance(5000)
    expect(pool.budget?.balance).toBe(5)
    expect(failoverPool(members).budget).toBeUndefined()
  })

  it('may be aborted by a listener of the budget, or of select', async () => {
    const budget = retryBudget.tokens(14)
    const pool = failoverPool(members, { budget })
    const { of } = recorder(pool)
    const stop = (signal: AbortController) => () => signal.abort('stop')
    const [first, second] = [new AbortController(), new AbortController()]
    budget.on('exhausted', stop(first))
    expect(await ended(pool.execute(fails, { signal: first.signal }))).toEqual({ ok: false, error: 'stop' })
    expect(of('exhausted')).toEqual([])

    const share = retryBudget.share({ min: 5 })
    const other = failoverPool(members, { budget: share })
    let selected = 0
    other.on('select', () => ++selected === 2 && second.abort('stop'))
    expect(await ended(other.execute(fails, { signal: second.signal }))).toEqual({ ok: false, error: 'stop' })
    expect(share.snapshot()).toMatchObject({ extra: 0, calls: 0, granted: 1 })
    expect(other.members.map(({ pending }) => pending)).toEqual([0, 0, 0])
  })

  it('has a refusal repeated by a retry that shares the budget only as the budget allows', async () => {
    const budget = retryBudget.tokens({ capacity: 28 })
    const again = pipeline(retry({ retries: 5, backoff: 0, budget }), failoverPool(members, { budget, outlier: false }))
    const { of } = recorder(again)
    const operation = scripted(down)
    await ended(again.execute(operation))
    expect(operation.calls).toHaveLength(3)
    expect(budget.balance).toBe(0)
    expect(of('giveUp')).toMatchObject([{ reason: 'budget' }])
  })
})
