/**
 * Budgets shared by the layers of random stacks, in random interleavings.
 *
 * At every moment the balance is not negative, a call has deposited at most once, and extra attempts in flight hold a permit.
 * When all work has settled, each permit was released once and refunded at most once, and nothing is left behind.
 */
import fc from 'fast-check'
import { bulkhead, failoverPool, type Permit, pipeline, type RetryBudget, retry, retryBudget, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { type Deferred, deferred, ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

type Command =
  | { readonly do: 'call'; readonly idempotent: boolean }
  | { readonly do: 'settle'; readonly which: number; readonly ok: boolean }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'step back' }

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('call' as const), idempotent: fc.boolean() }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(9), ok: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(9) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 20, 60, 1500) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('step back' as const) }) },
)

const layers = ['retry', 'pool', 'timeout', 'bulkhead', 'other retry', 'guarded pool'] as const
const stack = fc.record({
  kind: fc.constantFrom('ratio', 'tokens', 'share', 'successes'),
  order: fc.array(fc.constantFrom(...layers), { minLength: 1, maxLength: 5 }),
  backoff: fc.constantFrom(0, 10),
})

/** The budget, with each permit and deposit counted. */
function watched(inner: RetryBudget) {
  const counts = { deposits: 0, settled: 0, granted: 0, released: 0, refunded: 0 }
  const once = (permit: Permit): Permit => {
    let [released, refunded] = [false, false]
    return {
      release() {
        expect(released).toBe(false)
        released = true
        counts.released++
        permit.release()
      },
      refund() {
        expect(refunded).toBe(false)
        refunded = true
        counts.refunded++
        permit.refund()
      },
    }
  }
  const budget: RetryBudget = {
    ...(inner.depositsOn === undefined ? {} : { depositsOn: inner.depositsOn }),
    deposit() {
      counts.deposits++
      inner.deposit()
    },
    callSettled() {
      counts.settled++
      inner.callSettled?.()
    },
    tryWithdraw(cost, reason) {
      const permit = inner.tryWithdraw(cost, reason)
      if (permit === undefined) return undefined
      counts.granted++
      return once(permit)
    },
    get balance() {
      return inner.balance
    },
    snapshot: () => inner.snapshot(),
    on: () => budget,
    once: () => budget,
    off: () => budget,
  }
  return { budget, counts }
}

async function play(
  { kind, order, backoff }: typeof stack extends fc.Arbitrary<infer S> ? S : never,
  commands: readonly Command[],
) {
  const clock = virtualClock()
  const made = {
    ratio: () => retryBudget.ratio({ ratio: 0.3, minPerSecond: 0.5, ttl: '4s', clock }),
    tokens: () => retryBudget.tokens({ capacity: 50 }),
    share: () => retryBudget.share({ min: 1 }),
    successes: () => retryBudget.successes({ max: 4, ratio: 0.5 }),
  }[kind as 'ratio']()
  const { budget, counts } = watched(made)
  const faults: unknown[] = []
  const policies = order.map((layer, i) => {
    const name = `${layer}-${i}`
    if (layer === 'retry') return retry({ name, retries: 2, backoff, budget })
    if (layer === 'other retry') return retry({ name, retries: 1, backoff })
    if (layer === 'pool') return failoverPool(['a', 'b', 'c'], { name, budget })
    if (layer === 'guarded pool') {
      return failoverPool(['a', 'b'], { name, guard: (m) => retry({ name: m.name, retries: 1, backoff, budget }) })
    }
    return layer === 'timeout' ? timeout({ name, after: 50 }) : bulkhead({ name, limit: 2, queue: 1 })
  })
  const guarded = pipeline({ clock }, ...policies)
  guarded.on('fault', (fault) => faults.push(fault))
  const uses = order.some((layer) => layer !== 'other retry' && layer !== 'timeout' && layer !== 'bulkhead')
  const ofRoot = order[0] === 'retry' || order[0] === 'pool'
  const works: Deferred<unknown>[] = []
  const open: AbortController[] = []
  const ends: Promise<unknown>[] = []
  let calls = 0

  const check = () => {
    expect(budget.balance).toBeGreaterThanOrEqual(0)
    expect(counts.deposits).toBeLessThanOrEqual(calls)
    if (ofRoot && budget.depositsOn === undefined) expect(counts.deposits).toBe(calls)
    expect(counts.released).toBeLessThanOrEqual(counts.granted)
    expect(counts.refunded).toBeLessThanOrEqual(counts.granted)
    expect(counts.settled).toBeLessThanOrEqual(counts.deposits)
  }

  for (const each of commands) {
    if (each.do === 'call') {
      const controller = new AbortController()
      open.push(controller)
      calls++
      const operation = () => {
        const work = deferred()
        works.push(work)
        return work.promise
      }
      const { signal } = controller
      ends.push(ended(guarded.execute(operation, { signal, idempotent: each.idempotent })))
    } else if (each.do === 'settle') {
      const [work] = works.splice(each.which % Math.max(1, works.length), 1)
      if (each.ok) work?.resolve('fine')
      else work?.reject(new Error('down'))
    } else if (each.do === 'abort') open[each.which % Math.max(1, open.length)]?.abort()
    else if (each.do === 'advance') await clock.advance(each.ms)
    else clock.stepWall(-1000)
    for (let i = 0; i < 8; i++) await undefined
    check()
  }
  for (const controller of open) controller.abort()
  while (works.length > 0) {
    works.shift()?.reject(new Error('at the end'))
    for (let i = 0; i < 8; i++) await undefined
  }
  await Promise.all(ends)
  await clock.advance(0)
  check()
  expect(faults).toEqual([])
  expect(counts.released).toBe(counts.granted)
  if (budget.depositsOn === undefined) expect(counts.settled).toBe(counts.deposits)
  if (!uses) expect(counts.deposits).toBe(0)
  if (kind === 'share') expect(budget.snapshot()).toMatchObject({ calls: 0, extra: 0 })
  expect(clock.pending).toBe(0)
}

describe('a budget shared in a pipeline', () => {
  it('keeps its promises in random interleavings', { timeout: 120_000 }, async () => {
    await fc.assert(fc.asyncProperty(stack, fc.array(command, { maxLength: 60, size: 'max' }), play), {
      numRuns: runs(1000),
    })
  })
})
