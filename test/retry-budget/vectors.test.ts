/** Every case of data/policies/retry-budget.json. */
import { readFileSync } from 'node:fs'
import { type Permit, retry, retryBudget } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

interface TokenStep {
  readonly call: number
  readonly event: 'transient' | 'success'
  readonly allow?: boolean
  readonly capacity: number
}

interface RatioStep {
  readonly t: number
  readonly deposit?: number
  readonly withdraw?: number
  readonly granted?: number
  readonly balance: number
}

interface RatioCase {
  readonly ttl: number
  readonly minPerSecond: number
  readonly ratio: number
  readonly steps: readonly RatioStep[]
}

interface Vectors {
  readonly aws2026: {
    readonly cases: readonly {
      readonly name: string
      readonly summary?: { readonly granted: number; readonly firstDenied: number; readonly left: number }
      readonly steps: readonly TokenStep[]
    }[]
  }
  readonly grpc: {
    readonly cases: readonly {
      readonly max: number
      readonly ratio: number
      readonly steps: readonly { readonly event: 'F' | 'S'; readonly tokens: number; readonly allow: boolean }[]
    }[]
  }
  readonly ratio: { readonly cases: readonly RatioCase[] }
  readonly ratioFinagle: { readonly cases: readonly RatioCase[] }
  readonly concurrent: {
    readonly cases: readonly {
      readonly rate: number
      readonly min: number
      readonly steps: readonly {
        readonly step: 'call+' | 'extra+' | 'extra-'
        readonly allow: boolean
        readonly extra: number
        readonly all: number
      }[]
    }[]
  }
}

const vectors = JSON.parse(
  readFileSync(new URL('../data/policies/retry-budget.json', import.meta.url), 'utf8'),
) as Vectors
const down = new Error('down')
const fails = () => Promise.reject(down)

describe('retryBudget.tokens, as the AWS SDKs', () => {
  it.each(vectors.aws2026.cases)('$name', ({ summary, steps }) => {
    const budget = retryBudget.tokens()
    const permits = Array.from({ length: 40 }, () => {
      const permit = budget.tryWithdraw()
      return { permit, capacity: budget.balance }
    })
    if (summary !== undefined) {
      expect({
        granted: permits.filter(({ permit }) => permit !== undefined).length,
        firstDenied: permits.findIndex(({ permit }) => permit === undefined) + 1,
        left: budget.balance,
      }).toEqual(summary)
    }
    for (const { call, event, allow, capacity } of steps) {
      const known = permits[call]
      if (event === 'success') {
        if (known === undefined) budget.deposit()
        else known.permit?.refund()
        expect(budget.balance).toBe(capacity)
      } else if (known === undefined) {
        expect(budget.tryWithdraw() !== undefined).toBe(allow)
        expect(budget.balance).toBe(capacity)
      } else expect({ allow: known.permit !== undefined, capacity: known.capacity }).toEqual({ allow, capacity })
    }
  })

  it('gives a retry the same decisions', async () => {
    const budget = retryBudget.tokens()
    const again = retry({ retries: 1, backoff: 0, budget })
    let attempts = 0
    for (let call = 0; call < 40; call++) {
      await ended(
        again.execute(() => {
          attempts++
          return fails()
        }),
      )
    }
    expect(attempts - 40).toBe(35)
    expect(budget.balance).toBe(10)
    for (let call = 0; call < 5; call++) await again.execute(() => 1)
    expect(budget.balance).toBe(15)
    await again.execute(({ attempt }) => (attempt === 1 ? fails() : 'fine'))
    expect(budget.balance).toBe(15)
  })
})

describe('retryBudget.successes, as gRPC', () => {
  it.each(vectors.grpc.cases)('max $max, ratio $ratio', ({ max, ratio, steps }) => {
    const budget = retryBudget.successes({ max, ratio })
    for (const { event, tokens, allow } of steps) {
      if (event === 'S') budget.deposit()
      else expect(budget.tryWithdraw() !== undefined).toBe(allow)
      expect(budget.balance).toBe(tokens)
      expect(budget.balance > max / 2).toBe(allow)
    }
  })

  it.each(vectors.grpc.cases)(
    'gives a retry the same decisions: max $max, ratio $ratio',
    async ({ max, ratio, steps }) => {
      const budget = retryBudget.successes({ max, ratio })
      const again = retry({ retries: 1, backoff: 0, budget })
      for (const { event, tokens, allow } of steps) {
        let attempts = 0
        await ended(
          again.execute(() => {
            attempts++
            return event === 'S' ? 'fine' : fails()
          }),
        )
        expect(budget.balance).toBe(tokens)
        if (event === 'F') expect(attempts === 2).toBe(allow)
      }
    },
  )
})

describe('retryBudget.ratio', () => {
  it.each(vectors.ratio.cases)('ratio $ratio, minPerSecond $minPerSecond', async ({ steps, ...options }) => {
    const clock = virtualClock()
    const budget = retryBudget.ratio({ ...options, clock })
    for (const { t, deposit = 0, withdraw = 0, granted = 0, balance } of steps) {
      await clock.advance(t - clock.now())
      for (let i = 0; i < deposit; i++) budget.deposit()
      const permits: (Permit | undefined)[] = Array.from({ length: withdraw }, () => budget.tryWithdraw())
      expect(permits.filter((permit) => permit !== undefined).length).toBe(granted)
      expect(budget.balance).toBe(balance)
    }
  })

  it.each(vectors.ratioFinagle.cases)(
    'differs from Finagle where its leaky bucket would, and nowhere else: minPerSecond $minPerSecond',
    async ({ steps, ...options }) => {
      const clock = virtualClock()
      const ours = retryBudget.ratio({ ...options, clock })
      const finagle = finagleBudget(options)
      for (const { t, deposit = 0, withdraw = 0, granted = 0, balance } of steps) {
        await clock.advance(t - clock.now())
        for (let i = 0; i < deposit; i++) {
          ours.deposit()
          finagle.deposit(t)
        }
        const theirs = Array.from({ length: withdraw }, () => finagle.tryWithdraw(t)).filter(Boolean).length
        const own = Array.from({ length: withdraw }, () => ours.tryWithdraw()).filter(Boolean).length
        expect({ granted: theirs, balance: finagle.balance(t) }).toEqual({ granted, balance })
        expect(ours.balance).toBeGreaterThanOrEqual(0)
        // Time fills our floor; there it takes until the withdrawals expire.
        if (options.minPerSecond === 0 || t === 0) expect(own).toBe(theirs)
        if (t === 999) expect([own, theirs]).toEqual([1, 0])
      }
    },
  )
})

describe('retryBudget.share, as Envoy', () => {
  it.each(vectors.concurrent.cases)('ratio $rate, min $min', ({ rate: ratio, min, steps }) => {
    const budget = retryBudget.share({ ratio, min })
    const permits: Permit[] = []
    for (const { step, allow, extra, all } of steps) {
      if (step === 'call+') budget.deposit()
      else if (step === 'extra-') permits.pop()?.release()
      else {
        const permit = budget.tryWithdraw()
        expect(permit !== undefined).toBe(allow)
        if (permit !== undefined) permits.push(permit)
      }
      expect(budget.snapshot()).toMatchObject({ extra, calls: all - extra })
    }
  })
})

/** Finagle's `RetryBudget`, by the rule of the vectors. */
function finagleBudget({ ttl, minPerSecond, ratio }: Omit<RatioCase, 'steps'>) {
  const cost = 1 / ratio
  const reserve = minPerSecond * (ttl / 1000) * cost
  const slices = new Map<number, number>()
  const slice = (t: number): number => Math.floor(t / (ttl / 10))
  const add = (t: number, amount: number) => slices.set(slice(t), (slices.get(slice(t)) ?? 0) + amount)
  const left = (t: number): number =>
    [...slices].filter(([at]) => at > slice(t) - 10).reduce((sum, [, amount]) => sum + amount, reserve)
  return {
    deposit: (t: number) => add(t, 1),
    tryWithdraw(t: number): boolean {
      if (left(t) < cost) return false
      add(t, -cost)
      return true
    },
    balance: (t: number): number => Math.floor(left(t) / cost),
  }
}
