import { BulkheadFullError, bulkhead, HedgeLost, hedge, isHoldfastError, pipeline, retry, timeout } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { policyOf } from '../../src/core/policy-of.ts'
import { ended } from '../composition/deferred.ts'
import { slowWork, unbounded } from './slow-work.ts'

const down = new Error('down')

describe('the option after', () => {
  it('is a duration or an object, alone or among others', () => {
    for (const after of [null, true, [], '5', -1, Number.POSITIVE_INFINITY, () => 1]) {
      expect(() => hedge({ after: after as never })).toThrow(/^hedge: after must be a duration >= 0 or an object, got /)
    }
    expect(() => hedge('5 s' as never)).toThrow(
      'hedge: after must be a duration >= 0 or an object, got "5 s"; durations',
    )
    expect([hedge('2s').delay, hedge(0).delay, hedge({ after: {} }).delay, hedge().delay]).toEqual([
      2000,
      0,
      undefined,
      undefined,
    ])
  })
})

describe('a hedge', () => {
  it('starts nothing, and has no timer left, where the call ends before the delay', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, clock })
    expect(await policy.execute(() => 'at once')).toBe('at once')
    expect(await ended(policy.execute(() => Promise.reject(down)))).toEqual({ ok: false, error: down })
    expect(() => policy.execute(() => 'at once')).not.toThrow()
    expect(clock.pending).toBe(0)
    expect(policy.snapshot()).toEqual({ calls: 3, sent: 0, won: 0, denied: 0, delay: 50 })
  })

  it('emits each hedge and the attempt that won', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: '50ms', hedges: 3, budget: unbounded, clock })
    const log = recorder(policy)
    const work = slowWork(clock, { after: 500 }, { after: 400 }, { after: 20, value: 'third' })
    const call = policy.execute(work)
    await clock.advance(110)
    expect([policy.pending, policy.delay]).toEqual([2, 50])
    expect(await clock.settle(call)).toBe('third')
    expect(work.startedAt).toEqual([0, 50, 100])
    expect(work.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(log.of('hedge').map(({ attempt, delay }) => [attempt, delay])).toEqual([
      [2, 50],
      [3, 50],
    ])
    expect(log.of('win').map(({ attempt }) => attempt)).toEqual([3])
    expect(log.of('call')).toMatchObject([{ ok: true, attempts: 3, first: false, savedBy: 'hedge' }])
    expect(policy.snapshot()).toMatchObject({ sent: 2, won: 1, denied: 0 })
    // The hedge that has lost still runs.
    expect([policy.pending, policyOf(policy)?.idleSince()]).toEqual([1, undefined])
    await clock.advance(1000)
    expect([policy.pending, policyOf(policy)?.idleSince()]).toEqual([0, Number.NEGATIVE_INFINITY])
  })

  it('credits no policy where the first attempt wins', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded, clock })
    const log = recorder(policy)
    expect(await clock.settle(policy.execute(slowWork(clock, { after: 60, value: 1 }, { after: 90 })))).toBe(1)
    expect(log.of('win').map(({ attempt }) => attempt)).toEqual([1])
    expect(log.of('call')).toMatchObject([{ ok: true, attempts: 2, first: true, savedBy: undefined }])
    expect(policy.snapshot()).toMatchObject({ sent: 1, won: 0 })
  })

  it('aborts the signals of attempts that have lost with a reason of its own, named AbortError', async () => {
    const clock = virtualClock()
    const policy = hedge({ name: 'reads', after: 50, budget: unbounded, clock })
    const work = slowWork(clock, { after: 500 }, { after: 10, value: 'hedge' })
    await clock.settle(policy.execute(work))
    const reason = work.aborted.get(1)
    expect([...work.aborted.keys()]).toEqual([1])
    expect(reason).toBeInstanceOf(HedgeLost)
    expect(reason).toMatchObject({ name: 'AbortError', policy: 'reads', message: 'reads: another attempt was faster' })
    expect(isHoldfastError(reason)).toBe(false)
    // The winner's stays as it is: its body may still be read.
    expect(work.calls[1]?.signal.aborted).toBe(false)
  })

  it('ends all attempts at once where the caller aborts, and counts nothing', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: { initial: 50, samples: 1 }, hedges: 2, budget: unbounded, clock })
    const log = recorder(policy)
    const work = slowWork(clock, { after: 500 })
    const controller = new AbortController()
    const call = ended(policy.execute(work, { signal: controller.signal }))
    await clock.advance(60)
    controller.abort('left')
    expect([...work.aborted]).toEqual([
      [1, 'left'],
      [2, 'left'],
    ])
    expect(await call).toEqual({ ok: false, error: 'left' })
    await clock.advance(1000)
    expect(work.startedAt).toEqual([0, 50])
    expect(log.of('win')).toEqual([])
    expect(log.of('lateResult')).toEqual([])
    expect(log.of('call')).toMatchObject([{ ignored: true }])
    expect([policy.delay, policy.pending, clock.pending]).toEqual([50, 0, 0])
  })

  it('starts no hedge for a call that the caller aborts before', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded, clock })
    const controller = new AbortController()
    const call = ended(policy.execute(() => new Promise(() => {}), { signal: controller.signal }))
    await clock.advance(20)
    controller.abort('left')
    expect(await call).toEqual({ ok: false, error: 'left' })
    expect([clock.pending, policy.snapshot().sent]).toEqual([0, 0])
  })

  it.each(['hedge', 'win', 'deny'] as const)(
    'does nothing more with a call that a listener to %s aborts',
    async (event) => {
      const clock = virtualClock()
      const policy = hedge({ after: 50, hedges: 3, budget: unbounded, clock })
      const inner = bulkhead(event === 'deny' ? 1 : 9)
      const controller = new AbortController()
      policy.on(event, () => controller.abort('left'))
      const work = slowWork(clock, { after: 80, value: 'late' }, { after: 300 })
      const call = ended(pipeline({ clock }, policy, inner).execute(work, { signal: controller.signal }))
      await clock.advance(1000)
      expect(await call).toEqual({ ok: false, error: 'left' })
      expect(work.startedAt).toEqual(event === 'win' ? [0, 50] : [0])
      expect([clock.pending, policy.pending, inner.active]).toEqual([0, 0, 0])
    },
  )

  it('is refused by no listener that aborts at the start of a call without a delay', async () => {
    const clock = virtualClock()
    const policy = hedge({ clock })
    const controller = new AbortController()
    policy.on('deny', () => controller.abort('left'))
    let ran = false
    const call = policy.execute(
      () => {
        ran = true
      },
      { signal: controller.signal },
    )
    expect(await ended(call)).toEqual({ ok: false, error: 'left' })
    expect(ran).toBe(false)
  })

  it('starts no hedge that the deadline would not let wait, and says so once', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, hedges: 5, budget: unbounded, clock })
    const log = recorder(policy)
    const work = slowWork(clock, { after: 300, value: 1 })
    expect(await clock.settle(policy.execute(work, { deadline: 120 }))).toBe(1)
    expect(work.startedAt).toEqual([0, 50, 100])
    expect(log.of('deny')).toMatchObject([{ reason: 'deadline', error: undefined }])
    const short = policy.execute(() => 1, { deadline: 49 })
    expect(await short).toBe(1)
    expect(policy.snapshot()).toMatchObject({ sent: 2, denied: 2 })
  })

  it('never hedges a call that is not idempotent', async () => {
    const clock = virtualClock()
    for (const startOnFailure of [false, true]) {
      const policy = hedge({ after: 50, hedges: 3, budget: unbounded, startOnFailure, clock })
      const log = recorder(policy)
      const work = slowWork(clock, { after: 300, error: down })
      const call = ended(policy.execute(work, { idempotent: false }))
      expect(await clock.settle(call)).toEqual({ ok: false, error: down })
      expect(work.calls).toHaveLength(1)
      expect(log.of('deny').map(({ reason }) => reason)).toEqual(['idempotent'])
    }
  })

  it('runs all attempts at once without a delay, and those of a call that is not idempotent once', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 0, hedges: 2, budget: unbounded, clock })
    const work = slowWork(clock, { after: 30, error: down }, { after: 20, error: down }, { after: 10, value: 3 })
    const call = policy.execute(work)
    expect(work.startedAt).toEqual([0, 0, 0])
    expect(await clock.settle(call)).toBe(3)
    expect(await policy.execute(() => 'at once')).toBe('at once')
    const once = slowWork(clock, { after: 30, value: 1 })
    await clock.settle(policy.execute(once, { idempotent: false }))
    expect(once.calls).toHaveLength(1)
    await clock.advance(100)
    expect([clock.pending, policy.pending]).toEqual([0, 0])
  })

  it('gives the failure that an inner timeout made of the last attempt', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded })
    const all = pipeline({ clock }, policy, timeout({ name: 'attempt', after: 80 }))
    const work = slowWork(clock, { after: 500 })
    expect(await clock.settle(ended(all.execute(work)))).toMatchObject({ ok: false, error: { code: 'HF_TIMEOUT' } })
    // Each attempt has its own 80 ms.
    expect(clock.now()).toBe(130)
    expect(work.startedAt).toEqual([0, 50])
  })
})

describe('what counts as a failure', () => {
  const bad = (outcome: { readonly ok: boolean; readonly value?: unknown }) => !outcome.ok || outcome.value === 'bad'

  it('is what when says of a value or an error; it waits for the other attempts', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded, when: bad, clock })
    const log = recorder(policy)
    const work = slowWork(clock, { after: 60, value: 'bad' }, { after: 30, value: 'good' })
    expect(await clock.settle(policy.execute(work))).toBe('good')
    const failing = slowWork(clock, { after: 60, error: down }, { after: 30, value: 'bad' })
    expect(await clock.settle(policy.execute(failing))).toBe('bad')
    expect(log.of('call').map(({ ok }) => ok)).toEqual([true, false])
    expect(await policy.execute(() => 'bad')).toBe('bad')
    expect(log.of('call').map(({ ok }) => ok)).toEqual([true, false, false])
  })

  it('is nothing that when ignores: it ends the call, and is no sample', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: { initial: 50, samples: 1 }, budget: unbounded, when: () => 'ignore', clock })
    const work = slowWork(clock, { after: 60, error: down }, { after: 300 })
    expect(await clock.settle(ended(policy.execute(work)))).toEqual({ ok: false, error: down })
    expect(clock.now()).toBe(60)
    expect(await policy.execute(() => 1)).toBe(1)
    expect(policy.delay).toBe(50)
  })

  it('is every error where when fails, and the call goes on', async () => {
    const clock = virtualClock()
    const policy = hedge({
      after: 50,
      budget: unbounded,
      clock,
      when: () => {
        throw new Error('a bug')
      },
    })
    const log = recorder(policy)
    const work = slowWork(clock, { after: 60, error: down }, { after: 30, value: 'good' })
    expect(await clock.settle(policy.execute(work))).toBe('good')
    expect(log.of('fault').map(({ source }) => source)).toEqual(['when', 'when'])
  })

  it.each([
    [20, true],
    [60, true],
    [60, false],
  ])('ends with the caller’s reason where when aborts the call, at %i ms, with a value: %s', async (after, ok) => {
    const clock = virtualClock()
    const controller = new AbortController()
    const disposed: unknown[] = []
    const policy = hedge({
      after: 50,
      budget: unbounded,
      clock,
      dispose: (value) => disposed.push(value),
      when: () => {
        controller.abort('left')
        return true
      },
    })
    const work = slowWork(clock, ok ? { after, value: 'value' } : { after, error: down }, { after: 400 })
    const call = policy.execute(work, { signal: controller.signal })
    expect(await clock.settle(ended(call))).toEqual({ ok: false, error: 'left' })
    expect(disposed).toEqual(ok && after === 60 ? ['value'] : [])
    await clock.advance(1000)
    expect([clock.pending, policy.pending]).toEqual([0, 0])
  })

  it('ends with the caller’s reason where a listener aborts a call that an error has won', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const policy = hedge({ after: 50, wins: 'any', budget: unbounded, clock })
    policy.on('win', () => controller.abort('left'))
    const work = slowWork(clock, { after: 60, error: down }, { after: 400 })
    const call = policy.execute(work, { signal: controller.signal })
    expect(await clock.settle(ended(call))).toEqual({ ok: false, error: 'left' })
  })

  it('is hidden by no rejection that comes later, and one that comes before is hidden by it', async () => {
    const full = new BulkheadFullError('full', 'elsewhere')
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded, clock })
    const log = recorder(policy)
    const later = slowWork(clock, { after: 60, error: down }, { after: 30, error: full })
    expect(await clock.settle(ended(policy.execute(later)))).toEqual({ ok: false, error: down })
    const before = slowWork(clock, { after: 90, error: down }, { after: 30, error: full })
    expect(await clock.settle(ended(policy.execute(before)))).toEqual({ ok: false, error: down })
    const only = slowWork(clock, { after: 60, error: full }, { after: 30, error: full })
    expect(await clock.settle(ended(policy.execute(only)))).toEqual({ ok: false, error: full })
    expect(log.of('deny').map(({ error }) => error)).toEqual([full, full, full])
    const kept = hedge({ after: 50, budget: unbounded, when: () => true, clock })
    const value = slowWork(clock, { after: 60, value: 'bad' }, { after: 30, error: full })
    expect(await clock.settle(kept.execute(value))).toBe('bad')
  })

  it('is no rejection by a policy inside, unless when is asked', async () => {
    const clock = virtualClock()
    const full = bulkhead(0)
    for (const asked of [false, true]) {
      const policy = hedge({
        after: 50,
        startOnFailure: true,
        budget: unbounded,
        when: () => true,
        ...(asked ? { rejections: 'ask' as const } : {}),
      })
      const all = pipeline({ clock }, policy, full)
      expect(await ended(all.execute(() => 1))).toMatchObject({ ok: false, error: { code: 'HF_BULKHEAD_FULL' } })
      expect(policy.snapshot().sent).toBe(asked ? 1 : 0)
    }
  })
})

describe('with startOnFailure', () => {
  it('has no effect where a failure wins, and says so once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const clock = virtualClock()
    for (let i = 0; i < 2; i++) {
      const policy = hedge({ after: 50, startOnFailure: true, wins: 'any', budget: unbounded, clock })
      const work = slowWork(clock, { after: 10, error: down })
      expect(await clock.settle(ended(policy.execute(work)))).toEqual({ ok: false, error: down })
      expect(work.calls).toHaveLength(1)
    }
    const said = warn.mock.calls.map(([text]) => text)
    warn.mockRestore()
    // Another test may have been told already.
    expect(said.length).toBeLessThanOrEqual(1)
    for (const text of said) expect(text).toBe("holdfast: hedge: startOnFailure has no effect with wins: 'any'")
  })

  it('starts the next attempt at once after a failure of the first, and waits for a slow one', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, hedges: 2, startOnFailure: true, budget: unbounded, clock })
    const log = recorder(policy)
    const work = slowWork(clock, { after: 20, error: down }, { after: 20, error: down }, { after: 20, value: 'third' })
    expect(await clock.settle(policy.execute(work))).toBe('third')
    expect(work.startedAt).toEqual([0, 20, 40])
    expect(log.of('call')).toMatchObject([{ ok: true, first: false, savedBy: 'hedge', attempts: 3 }])
  })

  it('gives the last error where all fail at once', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, hedges: 10, startOnFailure: true, budget: unbounded, clock })
    let attempts = 0
    const call = policy.execute(() => {
      throw new Error(`attempt ${++attempts}`)
    })
    expect(await ended(call)).toMatchObject({ ok: false, error: { message: 'attempt 11' } })
    expect([clock.pending, policy.pending, policy.snapshot().sent]).toEqual([0, 0, 10])
  })

  it('starts attempts by failures alone while the delay is not known', async () => {
    const clock = virtualClock()
    const policy = hedge({ hedges: 2, startOnFailure: true, budget: unbounded, clock })
    const log = recorder(policy)
    const work = slowWork(clock, { after: 20, error: down }, { after: 500, value: 'second' })
    expect(await clock.settle(policy.execute(work))).toBe('second')
    expect(work.startedAt).toEqual([0, 20])
    expect(log.of('hedge')).toMatchObject([{ attempt: 2, delay: undefined }])
  })

  it('starts none once all were asked for', async () => {
    const clock = virtualClock()
    const none = { after: 50, startOnFailure: true, budget: budgetOf(0), clock }
    const policy = hedge(none)
    const work = slowWork(clock, { after: 80, error: down })
    expect(await clock.settle(ended(policy.execute(work)))).toEqual({ ok: false, error: down })
    expect(policy.snapshot()).toMatchObject({ sent: 0, denied: 1 })
    const eager = slowWork(clock, { after: 10, error: down })
    expect(await clock.settle(ended(policy.execute(eager)))).toEqual({ ok: false, error: down })
    expect(policy.snapshot()).toMatchObject({ sent: 0, denied: 2 })
  })

  it('leaves an error that an inner retry gave up on as it is', async () => {
    const clock = virtualClock()
    const outer = retry({ retries: 5, backoff: 0 })
    const policy = hedge({ after: 50, startOnFailure: true, budget: unbounded })
    const all = pipeline({ clock }, outer, policy, retry({ name: 'inner', retries: 1, backoff: 0 }))
    let attempts = 0
    const call = all.execute(() => {
      attempts++
      throw down
    })
    expect(await clock.settle(ended(call))).toEqual({ ok: false, error: down })
    expect(attempts).toBe(4)
  })
})

function budgetOf(left: number) {
  const permit = { release() {}, refund() {} }
  const budget = { deposit() {}, tryWithdraw: () => (left-- > 0 ? permit : undefined) }
  return budget as unknown as NonNullable<Exclude<NonNullable<Parameters<typeof hedge>[0]>, number | string>['budget']>
}
