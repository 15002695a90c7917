import { type CallOptions, deadlineBudget, fallback, pipeline, runWithCall, timeout } from 'holdfast'
import { holdfastMetrics } from 'holdfast/prometheus'
import { recorder, virtualClock } from 'holdfast/testing'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

function made(options: Parameters<typeof deadlineBudget>[0] = {}) {
  const clock = virtualClock()
  const policy = deadlineBudget({ clock, ...options })
  const run = (call?: CallOptions, work: () => unknown = () => 'ran') => ended(policy.execute(work, call))
  /** Calls that take so long, and succeed. */
  const took = async (ms: number, count: number, call?: CallOptions): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await clock.settle(policy.execute(() => clock.advance(ms), call))
    }
  }
  /** Calls with enough time, so that others may be refused. */
  const plenty = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await run({ deadline: '1h' })
  }
  return { clock, policy, run, took, plenty, recorded: recorder(policy) }
}
const ran = { ok: true, value: 'ran' }
const refused = { ok: false, error: { code: 'HF_DEADLINE' } }

describe('deadlineBudget', () => {
  it('refuses a call with less than the reserve left, before its operation runs', async () => {
    const { policy, run, plenty, recorded } = made({ name: 'stock', reserve: 100 })
    await plenty(9)
    expect(await run({ deadline: 100 })).toEqual(ran)
    let began = false
    const end = await run({ deadline: 99 }, () => {
      began = true
    })
    expect(end).toMatchObject(refused)
    expect(began).toBe(false)
    const { error } = end as { readonly error: unknown }
    expect(error).toMatchObject({
      name: 'DeadlineError',
      policy: 'stock',
      retryAfter: undefined,
      message: 'stock: too little time is left before the deadline',
    })
    expect(recorded.of('reject')).toEqual([
      expect.objectContaining({ policy: 'stock', remaining: 99, needed: 100, error }),
    ])
    expect(policy.snapshot()).toEqual({ needed: 100, expected: 0, calls: 11, refused: 1, rejections: 1 })
  })

  it('refuses a call whose deadline has passed, also without a reserve', async () => {
    const { run, plenty } = made()
    await plenty(9)
    expect(await run({ deadline: 1 })).toEqual(ran)
    expect(await run({ deadline: 0 })).toMatchObject(refused)
    expect(await run()).toEqual(ran)
  })

  it('refuses a call with less left than the median of the successes', async () => {
    const { policy, run, took, plenty } = made({ reserve: 10 })
    await took(50, 9)
    expect(policy.needed).toBe(10)
    await took(50, 1)
    expect([policy.needed, policy.snapshot().expected]).toEqual([50, 50])
    expect(policy.snapshot().calls).toBe(0)
    await plenty(9)
    expect(policy.needed).toBeGreaterThan(40)
    expect(await run({ deadline: 40 })).toMatchObject(refused)
    expect(await run({ deadline: 51 })).toEqual(ran)
  })

  it('learns another quantile, and nothing from failures', async () => {
    const { policy, clock, took } = made({ expected: 0.9 })
    for (let i = 0; i < 50; i++) {
      await took(10, 9)
      await took(100, 1)
    }
    expect(policy.needed).toBeGreaterThan(10)
    const before = policy.needed
    const failing = policy.execute(async () => {
      await clock.advance(5000)
      throw new Error('down')
    })
    expect(await clock.settle(ended(failing))).toMatchObject({ ok: false })
    expect(policy.needed).toBe(before)
  })

  it('learns nothing if it is to use the reserve alone', async () => {
    const { policy, took } = made({ expected: false, reserve: 5 })
    await took(50, 20)
    await took(50, 20, { deadline: '1h' })
    expect(policy.snapshot()).toMatchObject({ needed: 5, expected: undefined, calls: 20 })
  })

  it('refuses at most a fifth of the calls with a deadline in 10 s', async () => {
    const { policy, clock, run } = made({ reserve: 100 })
    const ends: unknown[] = []
    for (let i = 0; i < 100; i++) ends.push(await run({ deadline: 10 }))
    expect(ends.filter((end) => (end as { ok: boolean }).ok)).toHaveLength(80)
    expect(ends[3]).toEqual(ran)
    expect(ends[4]).toMatchObject(refused)
    expect(policy.snapshot()).toMatchObject({ calls: 100, refused: 20, rejections: 20 })
    await clock.advance('10s')
    expect(policy.snapshot()).toMatchObject({ calls: 0, refused: 0, rejections: 20 })
  })

  it('refuses a quantile that is none', () => {
    for (const expected of ['0.5', 0, 1]) {
      expect(() => deadlineBudget({ expected: expected as never })).toThrow(
        /^deadlineBudget: expected must be false, or a number above 0 and below 1, got /,
      )
    }
  })

  it('takes no clock before its first call', () => {
    const clock = virtualClock()
    const policy = deadlineBudget()
    expect(policy.snapshot()).toEqual({ needed: 0, expected: undefined, calls: 0, refused: 0, rejections: 0 })
    expect(() => pipeline({ clock }, policy)).not.toThrow()
  })

  it('gives up a call that a listener aborts as aborted', async () => {
    const { policy, plenty } = made({ reserve: 100 })
    await plenty(9)
    const controller = new AbortController()
    policy.on('reject', () => controller.abort('left'))
    expect(await ended(policy.execute(() => 1, { deadline: 1, signal: controller.signal }))).toEqual({
      ok: false,
      error: 'left',
    })
  })
})

describe('deadlineBudget in a pipeline', () => {
  it('counts the limit of a timeout outside, and a fallback replaces its error', async () => {
    const clock = virtualClock()
    const policy = deadlineBudget({ reserve: 100 })
    const stock = pipeline({ clock }, fallback({ value: 'old' }), timeout(50), policy)
    const values: unknown[] = []
    for (let i = 0; i < 5; i++) values.push(await stock.execute(() => 'new'))
    expect(values).toEqual(['new', 'new', 'new', 'new', 'old'])
  })

  it('counts what the call around it has left', async () => {
    const clock = virtualClock()
    const stock = pipeline({ clock, inherit: true }, deadlineBudget({ reserve: 100 }))
    for (let i = 0; i < 4; i++) await stock.execute(() => 1, { deadline: '1s' })
    await runWithCall({ deadline: 120, clock }, async () => {
      await clock.advance(30)
      expect(await ended(stock.execute(() => 1))).toMatchObject(refused)
    })
  })

  it('exports its rejections', async () => {
    const registry = new Registry()
    const { policy, run, plenty } = made({ name: 'stock', reserve: 100 })
    const metrics = holdfastMetrics({ registry, policies: [policy] })
    await plenty(4)
    await run({ deadline: 1 })
    const text = await registry.metrics()
    metrics.stop()
    expect(text).toMatch(/holdfast_deadline_budget_rejections_total\{[^}]*policy="stock"[^}]*\} 1/)
  })
})
