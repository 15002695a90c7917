import {
  bulkhead,
  type Call,
  type CallEvent,
  chaos,
  circuitBreaker,
  pipeline,
  retry,
  retryBudget,
  singleFlight,
  timeout,
} from 'holdfast'
import { recorder, scripted, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const key = 'k'

describe('singleFlight outside other policies', () => {
  it('has one retry loop for all, and each caller sees it in its `call` event', async () => {
    const clock = virtualClock()
    const again = retry({ retries: 2, backoff: 10 })
    const all = pipeline({ clock, random: seededRandom(1) }, singleFlight(), again)
    const { of } = recorder(again)
    const ends: CallEvent[] = []
    all.on('call', (event) => ends.push(event))
    const operation = scripted(new Error('down'), 'value')
    const calls = [1, 2].map(() => all.execute(operation, { key }))
    expect(await clock.settle(Promise.all(calls))).toEqual(['value', 'value'])
    expect([operation.calls.length, of('retry').length]).toEqual([2, 1])
    expect(ends).toMatchObject([
      { ok: true, first: false, savedBy: 'retry', attempts: 2 },
      { ok: true, first: false, savedBy: 'retry', attempts: 0 },
    ])
  })

  it('deposits once a flight in a budget, also if a retry outside shares it', async () => {
    const budget = retryBudget.ratio()
    const deposits = vi.spyOn(budget, 'deposit')
    const depths: number[] = []
    const run = async ({ retryDepth }: Call) => depths.push(retryDepth)
    const inside = pipeline(singleFlight(), retry({ retries: 1, budget }))
    await Promise.all([1, 2, 3].map(() => inside.execute(run, { key, retryDepth: 2 })))
    expect([deposits.mock.calls.length, depths]).toEqual([1, [2]])
    const both = pipeline(retry({ retries: 1, budget }), singleFlight(), retry({ retries: 1, budget }))
    await both.execute(run, { key })
    expect(deposits.mock.calls.length).toBe(2)
  })

  it('repeats nothing in the retry inside once a member that is not idempotent has joined', async () => {
    const clock = virtualClock()
    const all = pipeline({ clock }, singleFlight(), retry({ retries: 2, backoff: 0 }))
    const gate = deferred()
    let runs = 0
    const run = () => {
      runs++
      return gate.promise
    }
    const calls = [ended(all.execute(run, { key })), ended(all.execute(run, { key, idempotent: false }))]
    gate.reject(new Error('down'))
    await clock.advance(10)
    expect((await Promise.all(calls)).map(({ ok }) => ok)).toEqual([false, false])
    expect(runs).toBe(1)
  })

  it('marks the calls of all members where something was injected into the work', async () => {
    const all = pipeline(singleFlight(), chaos({ enabled: true, rate: 1, value: 'stale' }))
    const ends: CallEvent[] = []
    all.on('call', (event) => ends.push(event))
    expect(await Promise.all([1, 2].map(() => all.execute(async () => 'fresh', { key })))).toEqual(['stale', 'stale'])
    expect(ends.every(({ injected }) => injected === true)).toBe(true)
  })

  it('counts a failure once in a breaker inside, and gives each member the refusal of an open one', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 2 })
    const all = pipeline(singleFlight(), breaker)
    const fail = async () => {
      throw new Error('down')
    }
    for (const state of ['closed', 'open']) {
      await Promise.all([1, 2, 3].map(() => ended(all.execute(fail, { key }))))
      expect(breaker.state).toBe(state)
    }
    for (const end of await Promise.all([1, 2].map(() => ended(all.execute(fail, { key }))))) {
      expect(end).toMatchObject({ error: { code: 'HF_CIRCUIT_OPEN' } })
    }
  })

  it('takes one slot of a bulkhead inside until the work has settled', async () => {
    const slots = bulkhead(1)
    const all = pipeline(singleFlight(), slots)
    const controllers = [new AbortController(), new AbortController()]
    const gate = deferred()
    const calls = controllers.map(({ signal }) => ended(all.execute(() => gate.promise, { key, signal })))
    expect(slots.active).toBe(1)
    for (const controller of controllers) controller.abort()
    await Promise.all(calls)
    expect(slots.active).toBe(1)
    gate.resolve(1)
    await virtualClock().advance(0)
    expect(slots.active).toBe(0)
  })

  it('lets a timeout inside wait on for members that have more time', async () => {
    const clock = virtualClock()
    const all = pipeline({ clock }, singleFlight(), timeout(200), timeout(180))
    const run = () => new Promise(() => {})
    const first = ended(all.execute(run, { key, deadline: 100 }))
    const second = ended(all.execute(run, { key, deadline: 150 }))
    await clock.advance(50)
    const third = ended(all.execute(run, { key }))
    await clock.advance(50)
    expect(await first).toMatchObject({ error: { policy: 'singleFlight', after: 100 } })
    await clock.advance(50)
    expect(await second).toMatchObject({ error: { policy: 'singleFlight', after: 150 } })
    await clock.advance(29)
    await clock.advance(1)
    expect(await third).toMatchObject({ error: { policy: 'timeout', after: 180 } })
    expect(clock.pending).toBe(0)
  })

  it('lets a timeout without limit wait on for ever once a member has no deadline', async () => {
    const clock = virtualClock()
    const all = pipeline({ clock }, singleFlight(), timeout(Number.POSITIVE_INFINITY))
    const gate = deferred()
    const first = ended(all.execute(() => gate.promise, { key, deadline: 100 }))
    const second = all.execute(() => 1, { key })
    await clock.advance(1000)
    expect(await first).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    expect(clock.pending).toBe(0)
    gate.resolve('late')
    expect(await second).toBe('late')
  })

  it('lets a call in a queue inside wait on for members that have more time', async () => {
    const clock = virtualClock()
    const slots = bulkhead({ limit: 1, queue: 5, maxWait: 120 })
    const all = pipeline({ clock }, singleFlight(), slots)
    const free = deferred()
    const holds = slots.execute(() => free.promise)
    const first = ended(all.execute(() => 1, { key, deadline: 50 }))
    const second = ended(all.execute(() => 1, { key, deadline: 100 }))
    await clock.advance(60)
    const third = ended(all.execute(() => 1, { key }))
    expect(await first).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    await clock.advance(40)
    expect(await second).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    await clock.advance(20)
    expect(await third).toMatchObject({ error: { code: 'HF_BULKHEAD_FULL', reason: 'maxWait' } })
    free.resolve(1)
    await holds
    expect(clock.pending).toBe(0)
  })

  it('lets a call in a queue without `maxWait` wait as long as a member waits', async () => {
    const clock = virtualClock()
    const slots = bulkhead({ limit: 1, queue: 5 })
    const all = pipeline({ clock }, singleFlight(), slots)
    const free = deferred()
    const holds = slots.execute(() => free.promise)
    const first = ended(all.execute(() => 'run', { key, deadline: 50 }))
    const second = all.execute(() => 1, { key })
    await clock.advance(500)
    expect(await first).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    free.resolve(1)
    await holds
    expect(await second).toBe('run')
  })
})

describe('singleFlight inside other policies', () => {
  it('ends a member alone when the timeout outside it does', async () => {
    const clock = virtualClock()
    const slow = singleFlight()
    const breaker = circuitBreaker({ consecutiveFailures: 1 })
    const all = pipeline({ clock }, timeout(100), slow, breaker)
    let signal: AbortSignal | undefined
    const run = (call: { readonly signal: AbortSignal }) => {
      signal = call.signal
      return new Promise(() => {})
    }
    const first = ended(all.execute(run, { key }))
    await clock.advance(60)
    const second = ended(all.execute(run, { key }))
    await clock.advance(40)
    expect(await first).toMatchObject({ error: { code: 'HF_TIMEOUT', policy: 'timeout' } })
    expect([signal?.aborted, breaker.state]).toEqual([false, 'closed'])
    await clock.advance(60)
    expect(await second).toMatchObject({ error: { code: 'HF_TIMEOUT', policy: 'timeout' } })
    expect([signal?.aborted, breaker.state, clock.pending]).toEqual([true, 'open', 0])
  })

  it('gives each retry outside the error once, and a retried call may join again', async () => {
    const clock = virtualClock()
    const once = singleFlight()
    const again = retry({ retries: 1, backoff: 10 })
    const all = pipeline({ clock }, again, once)
    const { of } = recorder(again)
    const attempts: number[] = []
    const ends: CallEvent[] = []
    all.on('call', (event) => ends.push(event))
    const run = async ({ attempt }: { readonly attempt: number }) => {
      attempts.push(attempt)
      if (attempt === 1) throw new Error('down')
      return gate.promise
    }
    const gate = deferred()
    const calls = [1, 2].map(() => all.execute(run, { key }))
    await clock.advance(10)
    gate.resolve('value')
    expect(await Promise.all(calls)).toEqual(['value', 'value'])
    expect([attempts, of('retry').length]).toEqual([[1, 2], 2])
    expect(ends.map((event) => event.attempts)).toEqual([2, 0])
  })

  it('forbids a retry outside to run again what ran for a call that is not idempotent', async () => {
    const clock = virtualClock()
    const again = retry({ retries: 1, backoff: 0 })
    const all = pipeline({ clock }, again, singleFlight())
    const { of } = recorder(again)
    const gate = deferred()
    const leader = ended(all.execute(() => gate.promise, { key, idempotent: false }))
    const joiner = ended(all.execute(() => 'never', { key, idempotent: false }))
    gate.reject(new Error('down'))
    expect([(await leader).ok, (await joiner).ok]).toEqual([false, false])
    expect(of('giveUp')).toMatchObject([{ reason: 'idempotent' }, { reason: 'idempotent' }])
  })

  it('holds the slot of the leader outside until its work has settled, and frees that of a joiner at once', async () => {
    const slots = bulkhead(2)
    const all = pipeline(slots, singleFlight())
    const controllers = [new AbortController(), new AbortController()]
    const gate = deferred()
    const calls = controllers.map(({ signal }) => ended(all.execute(() => gate.promise, { key, signal })))
    for (const controller of controllers) controller.abort()
    await Promise.all(calls)
    expect(slots.active).toBe(1)
    gate.resolve(1)
    await virtualClock().advance(0)
    expect(slots.active).toBe(0)
  })

  it('counts what ran under a leader that left as its own', async () => {
    const all = pipeline(singleFlight())
    const ends: CallEvent[] = []
    all.on('call', (event) => ends.push(event))
    const controller = new AbortController()
    const gate = deferred()
    const leader = ended(all.execute(() => gate.promise, { key, signal: controller.signal }))
    const joiner = all.execute(() => 1, { key })
    controller.abort()
    gate.resolve(1)
    await Promise.all([leader, joiner])
    expect(ends).toMatchObject([
      { ok: false, ignored: true, attempts: 1 },
      { ok: true, first: true, attempts: 0 },
    ])
  })

  it('keeps the frames of the caller on an error that is thrown after an await', async () => {
    const once = singleFlight()
    async function theCaller() {
      return await once.execute(
        async () => {
          await undefined
          throw new Error('deep')
        },
        { key },
      )
    }
    const end = await ended(theCaller())
    expect(String(!end.ok && (end.error as Error).stack)).toContain('theCaller')
  })
})
