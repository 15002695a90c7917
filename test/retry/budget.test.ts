import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Call,
  circuitBreaker,
  failoverPool,
  fallback,
  type Permit,
  pipeline,
  type RetryBudget,
  retry,
  retryBudget,
  timeout,
} from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const down = new Error('down')
const fails = () => Promise.reject(down)

/** A budget that grants `permits` extra attempts, and notes what is done to it. */
function noting(permits = Number.POSITIVE_INFINITY, more: Partial<RetryBudget> = {}) {
  const notes: string[] = []
  let left = permits
  const budget = {
    deposit: () => void notes.push('deposit'),
    callSettled: () => void notes.push('settled'),
    tryWithdraw(cost: number, reason: string): Permit | undefined {
      if (left === 0) {
        notes.push(`deny ${reason}`)
        return undefined
      }
      left--
      notes.push(`${reason} ${cost}`)
      return { release: () => void notes.push('release'), refund: () => void notes.push('refund') }
    },
    ...more,
  } as unknown as RetryBudget
  return { budget, notes }
}

describe('retry with a budget', () => {
  it('gives up with the last error itself where the budget is exhausted', async () => {
    const { budget } = noting(1)
    const again = retry({ retries: 5, backoff: 0, budget })
    const { of } = recorder(again)
    const last = new Error('second')
    const operation = scripted(down, last, 'never')
    expect(await ended(again.execute(operation))).toEqual({ ok: false, error: last })
    expect(operation.calls).toHaveLength(2)
    expect(of('giveUp')).toMatchObject([{ reason: 'budget', attempts: 2, error: last, rejection: undefined }])
    expect(of('retry')).toHaveLength(1)
  })

  it('never refuses a first attempt', async () => {
    const { budget, notes } = noting(0)
    const again = retry({ budget })
    const { of } = recorder(again)
    expect(await again.execute(() => 'fine')).toBe('fine')
    expect(await ended(again.execute(fails))).toEqual({ ok: false, error: down })
    expect(notes).toEqual(['deposit', 'settled', 'deposit', 'deny transient', 'settled'])
    expect(of('giveUp')).toMatchObject([{ reason: 'budget', attempts: 1 }])
  })

  it('gives back the value where that was judged a failure', async () => {
    const again = retry<number>({ backoff: 0, budget: noting(1).budget, when: (o) => o.ok && o.value > 499 })
    expect(await again.execute(scripted(500, 503, 200))).toBe(503)
  })

  it('withdraws before the wait, and holds the permit through it', async () => {
    const clock = virtualClock()
    const budget = retryBudget.share({ ratio: 0, min: 2 })
    const again = retry({ retries: 1, backoff: 100, clock, budget })
    const calls = Array.from({ length: 10 }, () => ended(again.execute(fails)))
    await clock.advance(0)
    // Nine of ten would have passed if only running attempts counted.
    expect(budget.snapshot()).toMatchObject({ extra: 2, denied: 8 })
    await clock.advance(100)
    await Promise.all(calls)
    expect(budget.snapshot()).toMatchObject({ extra: 0, calls: 0, granted: 2 })
    expect(clock.pending).toBe(0)
  })

  it('refunds what succeeded, and releases each permit once', async () => {
    const { budget, notes } = noting()
    const again = retry({ retries: 3, backoff: 0, budget })
    expect(await again.execute(scripted<string>(down, down, 'fine'))).toBe('fine')
    expect(notes.filter((note) => note === 'release')).toHaveLength(2)
    expect(notes.filter((note) => note === 'refund')).toHaveLength(1)
    expect(notes.filter((note) => note === 'settled')).toHaveLength(1)
  })

  it('releases the permit of a wait that an abort ends', async () => {
    const clock = virtualClock()
    const { budget, notes } = noting()
    const again = retry({ backoff: 100, clock, budget })
    const controller = new AbortController()
    const left = ended(again.execute(fails, { signal: controller.signal }))
    await clock.advance(50)
    controller.abort(down)
    expect(await left).toEqual({ ok: false, error: down })
    expect(notes).toEqual(['deposit', 'transient 1', 'release', 'settled'])
    expect(clock.pending).toBe(0)
  })

  it('holds the permit of an attempt that is given up until its work has settled', async () => {
    const clock = virtualClock()
    const { budget, notes } = noting()
    const work = deferred()
    const guarded = pipeline({ clock }, timeout(50), retry({ backoff: 0, budget }))
    const end = ended(guarded.execute(({ attempt }) => (attempt === 1 ? fails() : work.promise)))
    await clock.advance(50)
    expect(await end).toMatchObject({ ok: false, error: { code: 'HF_TIMEOUT' } })
    expect(notes).toEqual(['deposit', 'transient 1'])
    work.resolve('late')
    await clock.advance(0)
    expect(notes).toEqual(['deposit', 'transient 1', 'release', 'settled'])
  })

  it('goes on with the next attempt while the work of the one before still holds its permit', async () => {
    const clock = virtualClock()
    const budget = retryBudget.share({ ratio: 0, min: 2 })
    const works = [deferred(), deferred(), deferred()]
    const guarded = pipeline({ clock }, retry({ retries: 2, backoff: 0, budget }), timeout(50))
    const end = ended(guarded.execute(({ attempt }) => works[attempt - 1]?.promise))
    await clock.advance(100)
    expect(budget.snapshot()).toMatchObject({ extra: 2, calls: 1 })
    await clock.advance(50)
    expect(await end).toMatchObject({ ok: false })
    expect(budget.snapshot()).toMatchObject({ extra: 2, calls: 1 })
    works[1]?.reject(down)
    await clock.advance(0)
    expect(budget.snapshot()).toMatchObject({ extra: 1, calls: 1 })
    works[2]?.resolve(1)
    await clock.advance(0)
    expect(budget.snapshot()).toMatchObject({ extra: 0, calls: 1 })
    works[0]?.resolve(1)
    await clock.advance(0)
    expect(budget.snapshot()).toMatchObject({ extra: 0, calls: 0 })
  })

  it('releases the permit where before fails', async () => {
    const { budget, notes } = noting()
    const again = retry({ backoff: 0, budget, before: () => Promise.reject(new Error('no token')) })
    const { of } = recorder(again)
    expect(await ended(again.execute(fails))).toEqual({ ok: false, error: down })
    expect(of('giveUp')).toMatchObject([{ reason: 'before' }])
    expect(notes.filter((note) => note !== 'settled')).toEqual(['deposit', 'transient 1', 'release'])
  })

  it('withdraws nothing for a try that will not be made', async () => {
    const { budget, notes } = noting()
    const options = { backoff: 100, budget }
    await ended(retry({ ...options, retries: 0 }).execute(fails))
    await ended(retry(options).execute(fails, { deadline: 50 }))
    await ended(retry(options).execute(fails, { idempotent: false }))
    await ended(retry({ ...options, backoff: () => Number.POSITIVE_INFINITY }).execute(fails))
    const controller = new AbortController()
    const aborting = retry({
      ...options,
      backoff: () => {
        controller.abort()
        return 0
      },
    })
    await ended(aborting.execute(fails, { signal: controller.signal }))
    expect(new Set(notes)).toEqual(new Set(['deposit', 'settled']))
  })

  it('takes nothing for the place of a try that was refused', async () => {
    const clock = virtualClock()
    const { budget, notes } = noting(0)
    const breaker = circuitBreaker({ consecutiveFailures: 1, openFor: 100, clock })
    await ended(breaker.execute(fails))
    const guarded = pipeline({ clock }, retry({ retries: 2, backoff: 0, budget }), breaker)
    const end = ended(guarded.execute(() => 'fine', { deadline: '1s' }))
    await clock.advance(100)
    expect(await end).toEqual({ ok: true, value: 'fine' })
    expect(notes).toEqual(['deposit', 'settled'])
  })

  it('says that an attempt was throttled where the other side asked for a wait', async () => {
    const { budget, notes } = noting()
    const again = retry({
      retries: 2,
      backoff: 0,
      budget,
      retryAfter: (o) => (o.ok || o.error === down ? undefined : 1),
    })
    await again.execute(scripted<string>(down, new Error('busy'), 'fine'))
    expect(notes.filter((note) => note.endsWith('1'))).toEqual(['transient 1', 'throttled 1'])
  })

  it('makes a ratio budget of true, on the clock of the policy', async () => {
    const clock = virtualClock()
    const again = retry({ retries: 1, backoff: 0, budget: true })
    pipeline({ clock }, again)
    expect(again.budget?.snapshot()).toMatchObject({ rule: 'ratio', balance: 10 })
    let attempts = 0
    for (let i = 0; i < 100; i++) {
      await ended(
        again.execute(() => {
          attempts++
          return fails()
        }),
      )
    }
    // The floor of 10, and a fifth of the calls.
    expect(attempts).toBe(100 + 10 + 20)
    await clock.advance(1000)
    expect(again.budget?.balance).toBe(1)
    expect([retry().budget, retry({ budget: false }).budget]).toEqual([undefined, undefined])
  })

  it('deposits once a call, whichever layers share the budget, and again for each call', async () => {
    const { budget, notes } = noting()
    const inner = retry({ name: 'inner', retries: 1, backoff: 0, budget })
    const pool = failoverPool(['a', 'b'], { budget, guard: () => inner })
    const outer = pipeline(
      retry({ retries: 2, backoff: 0 }),
      retry({ name: 'again', retries: 1, backoff: 0, budget }),
      pool,
    )
    await ended(outer.execute(fails))
    expect(notes.filter((note) => note === 'deposit')).toHaveLength(1)
    expect(notes.filter((note) => note === 'settled')).toHaveLength(1)
    await outer.execute(() => 1)
    expect(notes.filter((note) => note === 'deposit')).toHaveLength(2)
    expect(notes.filter((note) => note === 'settled')).toHaveLength(2)
  })

  it('lets a success deposit once a call, and only where no extra attempt was needed', async () => {
    const { budget, notes } = noting(9, { depositsOn: 'success' })
    const pool = failoverPool(['a', 'b'], { budget })
    const both = pipeline(retry({ retries: 1, backoff: 0, budget }), pool)
    await both.execute(() => 1)
    expect(notes).toEqual(['deposit'])
    notes.length = 0
    await both.execute(scripted<string>(down, 'fine'))
    expect(notes).toEqual(['transient 1', 'release', 'refund'])
    notes.length = 0
    await both.execute(scripted<string>(down, down, 'fine'))
    expect(notes).toEqual(['transient 1', 'release', 'transient 1', 'release', 'refund'])
    notes.length = 0
    await ended(both.execute(fails, { idempotent: false }))
    expect(notes).toEqual([])
  })

  it('counts no outcome that is ignored', async () => {
    const { budget, notes } = noting(9, { depositsOn: 'success' })
    const again = retry({ backoff: 0, budget, when: () => 'ignore' })
    await again.execute(() => 1)
    await ended(again.execute(fails))
    const open = circuitBreaker({ consecutiveFailures: 1 })
    await ended(open.execute(fails))
    await ended(pipeline(retry({ backoff: 0, budget }), open).execute(() => 1))
    expect(notes).toEqual([])
  })

  it('deposits for an error that is no failure', async () => {
    const { budget, notes } = noting(9, { depositsOn: 'success' })
    await ended(retry({ backoff: 0, budget, when: () => false }).execute(fails))
    expect(notes).toEqual(['deposit'])
  })

  it('has its give-up not repeated by an outer retry, and replaced by a fallback', async () => {
    const { budget, notes } = noting(0)
    const outer = pipeline(
      fallback({ value: 'instead' }),
      retry({ retries: 3, backoff: 0 }),
      retry({ name: 'in', budget }),
    )
    const operation = scripted<string>(down, 'fine')
    expect(await outer.execute(operation)).toBe('instead')
    expect(operation.calls).toHaveLength(1)
    expect(notes).toEqual(['deposit', 'deny transient', 'settled'])
  })

  it('is aborted by a listener of its budget', async () => {
    const budget = retryBudget.tokens(0)
    const controller = new AbortController()
    budget.on('exhausted', () => controller.abort('stop'))
    const again = retry({ backoff: 0, budget })
    const { of } = recorder(again)
    expect(await ended(again.execute(fails, { signal: controller.signal }))).toEqual({ ok: false, error: 'stop' })
    expect(of('giveUp')).toEqual([])
  })

  it("stays in its caller's context", async () => {
    const callers = new AsyncLocalStorage<number>()
    const seen: unknown[] = []
    const { budget } = noting(9, { deposit: () => void seen.push(callers.getStore()) })
    const budgeted = retry({ retries: 1, backoff: 1, budget })
    await Promise.all([1, 2].map((id) => callers.run(id, () => ended(budgeted.execute(fails)))))
    expect(seen).toEqual([1, 2])
  })

  describe("of one's own", () => {
    const broken = new Error('broken')
    const throwing = () => {
      throw broken
    }
    const cases: readonly (readonly [what: string, more: object, faults: number])[] = [
      ['deposit throws', { deposit: throwing }, 1],
      ['callSettled throws', { callSettled: throwing }, 1],
      ['tryWithdraw throws', { tryWithdraw: throwing }, 1],
      ['tryWithdraw gives nonsense', { tryWithdraw: () => true }, 1],
      ['tryWithdraw gives null', { tryWithdraw: () => null }, 1],
      ['tryWithdraw gives half a permit', { tryWithdraw: () => ({ release() {}, refund: 1 }) }, 1],
      ['tryWithdraw gives a promise', { tryWithdraw: () => Promise.reject(broken) }, 1],
      ['release throws', { tryWithdraw: () => ({ release: throwing, refund() {} }) }, 1],
      ['refund throws', { tryWithdraw: () => ({ release() {}, refund: throwing }) }, 1],
      [
        'all of it gives promises',
        { deposit: fails, callSettled: fails, tryWithdraw: () => ({ release: fails, refund: fails }) },
        0,
      ],
      ['it has no callSettled', { callSettled: undefined }, 0],
    ]

    it.each(cases)('never breaks the call: %s', async (_what, more, faults) => {
      const { budget } = noting(9, more)
      const again = retry({ retries: 1, backoff: 0, budget })
      const { of } = recorder(again)
      expect(await again.execute(scripted<string>(down, 'fine'))).toBe('fine')
      expect(of('fault')).toHaveLength(faults)
      for (const fault of of('fault')) expect(fault).toMatchObject({ source: 'budget' })
    })

    it('may abort the call', async () => {
      const controller = new AbortController()
      const { budget, notes } = noting()
      const { tryWithdraw } = budget
      const aborting: RetryBudget = Object.assign(budget, {
        tryWithdraw() {
          controller.abort('stop')
          return tryWithdraw.call(budget, 1, 'transient')
        },
      })
      const again = retry({ backoff: 0, budget: aborting })
      expect(await ended(again.execute(fails, { signal: controller.signal }))).toEqual({ ok: false, error: 'stop' })
      expect(notes.filter((note) => note === 'release')).toHaveLength(1)
    })

    it('may abort the call between two retries', async () => {
      const controller = new AbortController()
      const { budget, notes } = noting()
      const { tryWithdraw } = budget
      let asked = 0
      const aborting: RetryBudget = Object.assign(budget, {
        tryWithdraw() {
          if (++asked === 2) controller.abort('stop')
          return tryWithdraw.call(budget, 1, 'transient')
        },
      })
      const again = retry({ backoff: 0, retries: 5, budget: aborting })
      expect(await ended(again.execute(fails, { signal: controller.signal }))).toEqual({ ok: false, error: 'stop' })
      expect(notes.filter((note) => note === 'release')).toHaveLength(2)
    })
  })
})

describe('maxRetryAfter', () => {
  const asking = (hint: number) => ({ retryAfter: () => hint })

  it.each([
    { own: 100, hint: 2000, max: 60_000, wait: 2000 },
    { own: 100, hint: 120_000, max: 60_000, wait: 'stop' },
    { own: 100, hint: 0, max: 60_000, wait: 100 },
    { own: 100, hint: 60_000, max: undefined, wait: 60_000 },
    { own: 100, hint: 60_001, max: undefined, wait: 'stop' },
    { own: 90_000, hint: 0, max: undefined, wait: 90_000 },
    { own: 100, hint: 1, max: 0, wait: 'stop' },
    { own: 100, hint: 1e9, max: Number.POSITIVE_INFINITY, wait: 1e9 },
  ])('stops at a longer hint, and never shortens one: $hint', async ({ own, hint, max, wait }) => {
    const clock = virtualClock()
    const again = retry({
      retries: 1,
      backoff: own,
      clock,
      ...asking(hint),
      ...(max === undefined ? {} : { maxRetryAfter: max }),
    })
    const { of } = recorder(again)
    await clock.settle(ended(again.execute(fails)))
    if (wait === 'stop') {
      expect(of('giveUp')).toMatchObject([{ reason: 'retryAfter', attempts: 1, error: down }])
      expect(clock.now()).toBe(0)
    } else expect(clock.now()).toBe(wait)
  })

  it('holds for the hint of a rejection too', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ consecutiveFailures: 1, openFor: '2m' })
    const guarded = pipeline({ clock }, retry({ backoff: 0 }), breaker)
    const { of } = recorder(guarded)
    await ended(guarded.execute(fails, { deadline: '10m' }))
    await ended(guarded.execute(fails, { deadline: '10m' }))
    expect(of('giveUp').at(-1)).toMatchObject({ reason: 'retryAfter' })
  })
})

describe('call.retryDepth', () => {
  it('counts the retries that led to an attempt, also of a retry outside', async () => {
    const depths: number[] = []
    const outer = retry({ name: 'outer', retries: 1, backoff: 0, when: () => true })
    // A value that the inner retry lets pass is one that the outer one repeats.
    const inner = retry({ name: 'inner', retries: 1, backoff: 0 })
    await pipeline(outer, inner).execute(({ retryDepth, attempt }) => {
      depths.push(retryDepth)
      return attempt % 2 === 1 ? fails() : 'a value'
    })
    expect(depths).toEqual([0, 1, 1, 2])
  })

  it('does not count the members of a pool', async () => {
    const depths: number[] = []
    await ended(
      pipeline(retry({ retries: 1, backoff: 0 }), failoverPool(['a', 'b'])).execute(({ retryDepth }) => {
        depths.push(retryDepth)
        return fails()
      }),
    )
    expect(depths).toEqual([0, 0, 1, 1])
  })

  it('passes on to a call that an attempt makes', async () => {
    const inner = retry({ retries: 1, backoff: 0 })
    const depths: number[] = []
    const nested = async (call: Call) => {
      await ended(
        inner.execute(({ retryDepth }) => {
          depths.push(retryDepth)
          return fails()
        }, call),
      )
      return fails()
    }
    await ended(retry({ retries: 2, backoff: 0 }).execute(nested))
    expect(depths).toEqual([0, 1, 1, 2, 2, 3])
  })

  it('is 0 without a retry, and what the caller says with one', async () => {
    const read = ({ retryDepth }: Call) => retryDepth
    expect(await timeout(50).execute(read)).toBe(0)
    expect(await circuitBreaker().execute(read)).toBe(0)
    expect(await timeout(50).execute(read, { retryDepth: 3 })).toBe(3)
    const depths: number[] = []
    const track = vi.fn(({ retryDepth }: Call) => {
      depths.push(retryDepth)
      return fails()
    })
    await ended(retry({ retries: 1, backoff: 0 }).execute(track, { retryDepth: 3 }))
    expect(depths).toEqual([3, 4])
  })
})

describe('a call that its own functions abort', () => {
  it('counts nothing in the budget', async () => {
    const controller = new AbortController()
    const { budget, notes } = noting()
    const when = () => {
      controller.abort('stop')
      return true
    }
    const again = retry({ backoff: 0, budget, when })
    expect(await ended(again.execute(fails, { signal: controller.signal }))).toEqual({ ok: false, error: 'stop' })
    expect(notes).toEqual(['deposit', 'settled'])
  })
})
