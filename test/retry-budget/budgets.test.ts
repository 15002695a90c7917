import fc from 'fast-check'
import {
  type Clock,
  failoverPool,
  type Permit,
  pipeline,
  type RetryBudget,
  type RetryBudgetSnapshot,
  retry,
  retryBudget,
  type ShareSnapshot,
} from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { ended } from '../composition/deferred.ts'

/** A clock of other readings. */
function readings(clock: Clock, now: () => number): Clock {
  return {
    now,
    wall: () => clock.wall(),
    schedule: (timer, after) => clock.schedule(timer, after),
    cancel: (timer) => clock.cancel(timer),
  }
}

/** A budget of each kind that grants one extra attempt and then none. */
const small: readonly (readonly [rule: string, make: (name?: string) => RetryBudget])[] = [
  ['ratio', (name = 'small') => retryBudget.ratio({ name, ratio: 0, ttl: '1s', clock: virtualClock() })],
  ['tokens', (name = 'small') => retryBudget.tokens({ name, capacity: 20, clock: virtualClock() })],
  ['share', (name = 'small') => retryBudget.share({ name, ratio: 0, min: 1, clock: virtualClock() })],
  ['successes', (name = 'small') => retryBudget.successes({ name, max: 3, clock: virtualClock() })],
]

describe.each(small)('retryBudget.%s', (rule, make) => {
  it('emits exhausted at the first refusal after a permit, and not at each', () => {
    const budget = make()
    const seen: unknown[] = []
    budget.on('exhausted', (event) => seen.push(event))
    budget.tryWithdraw()
    expect(seen).toEqual([])
    budget.tryWithdraw()
    budget.tryWithdraw()
    expect(seen).toMatchObject([{ policy: 'small', kind: 'retryBudget', time: 0, denied: 1 }])
  })

  it('shows its state as plain JSON, with counters that only grow', () => {
    const budget = make()
    const before = budget.balance
    budget.tryWithdraw()
    budget.tryWithdraw()
    const snapshot = budget.snapshot()
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
    expect(snapshot).toMatchObject({ name: 'small', rule, balance: budget.balance, granted: 1, denied: 1 })
    expect(budget.balance).toBeLessThan(before)
  })

  it('stops calling a listener that was taken off, and calls one of once once', () => {
    const budget = make()
    const [first, second] = [vi.fn(), vi.fn()]
    budget.off('exhausted', first)
    budget.on('exhausted', first).once('exhausted', second).off('exhausted', first)
    for (let i = 0; i < 3; i++) budget.tryWithdraw()
    expect([first, second].map(({ mock }) => mock.calls.length)).toEqual([0, 1])
  })

  it('contains a listener that throws', () => {
    const budget = make()
    const faults: unknown[] = []
    budget.on('exhausted', () => {
      throw new Error('in the listener')
    })
    budget.on('fault', ({ source }) => faults.push(source))
    for (let i = 0; i < 3; i++) budget.tryWithdraw()
    expect(faults).toEqual(['listener:exhausted'])
  })

  it('reports a listener to an event that no one emits', () => {
    const budget = make()
    const faults: unknown[] = []
    budget.on('fault', ({ source, error }) => faults.push(`${source}: ${error}`))
    budget.on('exhaust' as never, () => 1)
    expect(faults).toEqual(['on: TypeError: "exhaust" is not an event, did you mean exhausted?'])
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1', null])('refuses the cost %s', (cost) => {
    const budget = make()
    expect(() => budget.tryWithdraw(cost as never)).toThrow(
      new RegExp(`^retryBudget\\.${rule}: cost must be a finite number > 0, got `),
    )
    expect(budget.snapshot()).toMatchObject({ granted: 0, denied: 0 })
  })

  it('never has a negative balance, and ends a permit once', async () => {
    const step = fc.constantFrom(
      'deposit',
      'settle',
      'withdraw',
      'throttled',
      'half',
      'release',
      'refund',
      'later',
      'back',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = virtualClock()
        let shift = 0
        const stepping = readings(clock, () => clock.now() + shift)
        const budgets: Readonly<Record<string, RetryBudget>> = {
          ratio: retryBudget.ratio({ ratio: 0.3, minPerSecond: 0.5, ttl: '2s', clock: stepping }),
          tokens: retryBudget.tokens({ capacity: 60 }),
          share: retryBudget.share({ min: 1 }),
          successes: retryBudget.successes({ max: 4, ratio: 0.3 }),
        }
        const budget = budgets[rule] as RetryBudget
        const permits: Permit[] = []
        for (const kind of steps) {
          if (kind === 'deposit') budget.deposit()
          else if (kind === 'settle') budget.callSettled?.()
          else if (kind === 'later') await clock.advance(700)
          else if (kind === 'back') shift -= 900
          else if (kind === 'release') permits.at(-1)?.release()
          else if (kind === 'refund') permits.at(-1)?.refund()
          else {
            const before = budget.balance
            const permit = budget.tryWithdraw(kind === 'half' ? 0.5 : 1, kind === 'throttled' ? 'throttled' : undefined)
            if (permit !== undefined) permits.push(permit)
            // What the balance promises is granted.
            if (rule === 'ratio' || rule === 'share') expect(before < 1 || permit !== undefined).toBe(true)
          }
          expect(budget.balance).toBeGreaterThanOrEqual(0)
        }
        for (const permit of permits) {
          permit.release()
          permit.release()
        }
        const { extra = 0, balance } = budget.snapshot() as Partial<ShareSnapshot> & RetryBudgetSnapshot
        expect(extra).toBe(0)
        for (const permit of permits) permit.refund()
        const refunded = budget.balance
        for (const permit of permits) permit.refund()
        expect(budget.balance).toBe(refunded)
        expect(refunded).toBeGreaterThanOrEqual(balance)
      }),
      { numRuns: 100 },
    )
  })
})

describe('retryBudget.ratio', () => {
  it('takes the clock of the first policy that has one, and keeps its own', async () => {
    const [own, first, second] = [virtualClock(), virtualClock(), virtualClock()]
    const [adopting, keeping] = [retryBudget.ratio({ ttl: '1s' }), retryBudget.ratio({ ttl: '1s', clock: own })]
    for (const clock of [first, second]) for (const budget of [adopting, keeping]) retry({ budget, clock })
    for (const budget of [adopting, keeping]) budget.tryWithdraw()
    await first.advance(500)
    expect([adopting.balance, keeping.balance]).toEqual([0.5, 0])
    await own.advance(1000)
    expect([adopting.balance, keeping.balance]).toEqual([0.5, 1])
  })

  it('reads the real clock where no one hands it one', () => {
    const budget = retryBudget.ratio({ minPerSecond: 0, ratio: 1 })
    budget.deposit()
    expect(budget.balance).toBe(1)
    expect(budget.tryWithdraw()).toBeDefined()
    expect(budget.balance).toBe(0)
  })

  it('reads the recent time for a deposit, where the clock has that', () => {
    const [now, recent] = [vi.fn(() => 0), vi.fn(() => 0)]
    const budget = retryBudget.ratio({ ratio: 1, clock: { ...readings(virtualClock(), now), recent } })
    budget.deposit()
    expect([now, recent].map(({ mock }) => mock.calls.length)).toEqual([0, 1])
    budget.tryWithdraw()
    expect([now, recent].map(({ mock }) => mock.calls.length)).toEqual([1, 1])
  })

  it('adds thirds to a whole', () => {
    const budget = retryBudget.ratio({ ratio: 1 / 3, minPerSecond: 0, clock: virtualClock() })
    for (let i = 0; i < 3; i++) budget.deposit()
    expect(budget.tryWithdraw()).toBeDefined()
    expect(budget.tryWithdraw()).toBeUndefined()
  })

  it('lets deposits expire slice by slice, the oldest first', async () => {
    const clock = virtualClock()
    const budget = retryBudget.ratio({ ratio: 1, minPerSecond: 0, ttl: '10s', clock })
    for (let second = 0; second < 10; second++) {
      budget.deposit()
      await clock.advance(1000)
    }
    expect(budget.balance).toBe(9)
    budget.tryWithdraw(2)
    // The two oldest are spent, so two seconds take nothing away.
    await clock.advance(2000)
    expect(budget.balance).toBe(7)
    await clock.advance(1000)
    expect(budget.balance).toBe(6)
    await clock.advance(60_000)
    expect(budget.balance).toBe(0)
  })
})

describe('retryBudget.share', () => {
  it('has no bound where all may be extra', () => {
    const budget = retryBudget.share(1)
    for (let i = 0; i < 20; i++) expect(budget.tryWithdraw()).toBeDefined()
    expect(budget.balance).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('promises as many as it grants one after the other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), fc.nat(5), fc.nat(60), fc.nat(20), (percent, min, calls, before) => {
        const budget = retryBudget.share({ ratio: percent / 100, min })
        for (let i = 0; i < calls; i++) budget.deposit()
        for (let i = 0; i < before; i++) budget.tryWithdraw()
        const { balance } = budget
        let granted = 0
        while (budget.tryWithdraw() !== undefined) granted++
        expect(Math.abs(granted - balance)).toBeLessThanOrEqual(percent === 0 ? 0 : 1)
        expect(budget.balance).toBe(0)
      }),
    )
  })
})

describe('a budget in explain()', () => {
  it('is shown by its rule and its options', () => {
    const text = (budget: RetryBudget | boolean) =>
      pipeline(retry({ budget }), failoverPool(['a'], { budget })).explain().text
    expect(text(true)).toContain('budget ratio(ratio 0.2, minPerSecond 1, ttl 10000)')
    expect(text(retryBudget.tokens())).toContain('budget tokens(capacity 500, cost 14, throttledCost 5)')
    expect(text(retryBudget.share())).toContain('budget share(ratio 0.2, min 3)')
    expect(text(retryBudget.successes())).toContain('budget successes(max 10, ratio 0.1)')
    expect(text(false)).not.toContain('; budget ')
  })
})

describe('a budget of no name', () => {
  it('is called retryBudget', async () => {
    const budget = retryBudget.tokens(0)
    expect(budget.snapshot().name).toBe('retryBudget')
    expect(await ended(retry({ budget, backoff: 0 }).execute(() => Promise.reject(new Error('down'))))).toMatchObject({
      ok: false,
    })
  })
})
