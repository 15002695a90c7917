/** Refreshes in the background. */
import { type Call, type CallEvent, cache, circuitBreaker, pipeline, timeout } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { type Deferred, deferred, ended } from '../composition/deferred.ts'

const key = 'k'
const down = new Error('down')

/** A cache whose value of `key` has just become stale. */
async function becameStale(options: Parameters<typeof cache>[0] & object = {}) {
  const clock = virtualClock()
  const policy = cache({ ttl: 10, staleWhileRevalidate: '1h', ...options })
  const all = pipeline({ clock }, policy)
  await all.execute(() => 'old', { key })
  await clock.advance(10)
  return { clock, policy, all, recorded: recorder(policy) }
}

describe('a refresh', () => {
  it('runs once for a key, whatever number of calls is given the stale value', async () => {
    const { clock, policy, all } = await becameStale()
    const gate = deferred()
    let runs = 0
    const run = () => {
      runs++
      return gate.promise
    }
    for (let i = 0; i < 5; i++) expect(await all.execute(run, { key })).toBe('old')
    expect([runs, policy.snapshot().refreshing]).toEqual([1, 1])
    gate.resolve('new')
    await clock.advance(0)
    expect(await all.execute(run, { key })).toBe('new')
    expect([runs, clock.pending, policy.snapshot().refreshing]).toEqual([1, 0, 0])
  })

  it('is no call of its own: it counts for nothing, and its caller has had its outcome', async () => {
    const { clock, all } = await becameStale()
    const ends: CallEvent[] = []
    all.on('call', (event) => ends.push(event))
    await all.execute(() => 'new', { key })
    await clock.advance(0)
    expect(ends).toMatchObject([{ ok: true, first: true, attempts: 0, savedBy: undefined }])
  })

  it('has neither the signal nor the deadline of its caller, but its key, priority and retry depth', async () => {
    const { clock, policy, all } = await becameStale()
    const controller = new AbortController()
    const gate = deferred()
    let call: Call | undefined
    const run = (given: Call) => {
      call = given
      return gate.promise
    }
    await all.execute(run, { key, signal: controller.signal, deadline: 5, priority: 3, retryDepth: 2 })
    controller.abort()
    await clock.advance(20)
    expect(call).toMatchObject({ key, priority: 3, retryDepth: 2, idempotent: true, attempt: 1 })
    expect(call?.signal.aborted).toBe(false)
    gate.resolve('new')
    await clock.advance(0)
    expect(policy.get(key)).toBe('new')
  })

  it.each([
    ['30 s', [], 30_000],
    ['as long as the timeout outside the cache', [timeout('3s')], 3000],
    ['as long as the shortest of them', [timeout('5s'), timeout('2s')], 2000],
    ['30 s where that has no limit', [timeout(Number.POSITIVE_INFINITY)], 30_000],
  ] as const)('may take %s', async (_, outside, within) => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleWhileRevalidate: '1h' })
    const breaker = circuitBreaker({ consecutiveFailures: 1 })
    const all = pipeline({ clock }, ...outside, policy, breaker, timeout('2h'))
    const { of } = recorder(policy)
    await all.execute(() => 'old', { key })
    await clock.advance(10)
    let signal: AbortSignal | undefined
    const hangs = (call: Call) => {
      signal = call.signal
      return new Promise(() => {})
    }
    expect(await all.execute(hangs, { key, deadline: 1 })).toBe('old')
    await clock.advance(within - 1)
    expect([signal?.aborted, breaker.state]).toEqual([false, 'closed'])
    await clock.advance(1)
    expect(signal?.reason).toMatchObject({ code: 'HF_TIMEOUT', policy: 'cache', after: within })
    // A failure of what is inside, like any timeout.
    expect(breaker.state).toBe('open')
    expect(of('refreshError')).toMatchObject([{ key, error: signal?.reason, time: 10 + within }])
    expect([clock.pending, policy.snapshot().refreshing]).toEqual([0, 0])
  })

  it('drops what comes after its time', async () => {
    const { clock, policy, all } = await becameStale()
    const gate = deferred()
    await all.execute(() => gate.promise, { key })
    await clock.advance(30_000)
    gate.resolve('late')
    await clock.advance(0)
    expect(policy.get(key)).toBe('old')
  })

  it('that failed is an event, and the next one waits for the cooldown', async () => {
    for (const [run, error] of [
      [async () => Promise.reject(down), down],
      [
        () => {
          throw down
        },
        down,
      ],
      [() => 'bad', undefined],
    ] as const) {
      const { clock, policy, all, recorded } = await becameStale({
        refreshCooldown: 100,
        when: (outcome) => !outcome.ok || outcome.value === 'bad',
      })
      let runs = 0
      const counted = () => {
        runs++
        return run()
      }
      expect(await all.execute(counted, { key })).toBe('old')
      await clock.advance(99)
      await all.execute(counted, { key })
      expect(runs).toBe(1)
      await clock.advance(1)
      await all.execute(counted, { key })
      expect(runs).toBe(2)
      await clock.advance(0)
      expect(recorded.of('refreshError').map((event) => event['error'])).toEqual([error, error])
      expect(policy.snapshot()).toMatchObject({ refreshes: 2, refreshErrors: 2, stores: 1, refreshing: 0 })
      expect([policy.get(key), clock.pending]).toEqual(['old', 0])
    }
  })

  it('that brought nothing to store waits for the cooldown too, but has not failed', async () => {
    for (const changes of [
      { storeWhen: (value: unknown) => value === 'old' },
      {
        when: (outcome: { readonly ok: boolean }) => ('value' in outcome && outcome.value !== 'old' ? 'ignore' : false),
      },
    ] as const) {
      const { clock, policy, all, recorded } = await becameStale(changes)
      let runs = 0
      for (let i = 0; i < 3; i++) await all.execute(() => `new ${++runs}`, { key })
      await clock.advance(0)
      expect([runs, recorded.of('refreshError'), policy.get(key)]).toEqual([1, [], 'old'])
      await clock.advance(1000)
      await all.execute(() => `new ${++runs}`, { key })
      expect(runs).toBe(2)
    }
  })

  it('that fails with what `when` calls no failure has failed nevertheless', async () => {
    const { clock, all, recorded } = await becameStale({ when: () => false })
    await all.execute(() => Promise.reject(down), { key })
    await clock.advance(0)
    expect(recorded.of('refreshError')).toMatchObject([{ error: down }])
  })

  it('is refused by an open circuit like any call', async () => {
    const clock = virtualClock()
    const policy = cache({ ttl: 10, staleWhileRevalidate: '1h' })
    const breaker = circuitBreaker()
    const all = pipeline({ clock }, policy, breaker)
    const { of } = recorder(policy)
    await all.execute(() => 'old', { key })
    breaker.isolate()
    await clock.advance(10)
    expect(await all.execute(() => 'new', { key })).toBe('old')
    expect(of('refreshError')).toMatchObject([{ error: { code: 'HF_CIRCUIT_OPEN' } }])
    expect(clock.pending).toBe(0)
  })

  it('does not store what was invalidated or primed while it ran', async () => {
    const changes: readonly (readonly [string, unknown])[] = [
      ['invalidate', undefined],
      ['prime', 'primed'],
    ]
    for (const [change, left] of changes) {
      const { clock, policy, all } = await becameStale()
      const gate = deferred()
      await all.execute(() => gate.promise, { key })
      if (change === 'prime') policy.prime(key, 'primed')
      else policy.invalidate(key)
      gate.resolve('new')
      await clock.advance(0)
      expect(policy.get(key)).toBe(left)
    }
  })

  it('does not overwrite what began later', async () => {
    const { clock, policy, all } = await becameStale({ staleWhileRevalidate: 5 })
    const gate = deferred()
    await all.execute(() => gate.promise, { key })
    await clock.advance(5)
    await all.execute(() => 'newer', { key })
    gate.resolve('older')
    await clock.advance(0)
    expect(policy.get(key)).toBe('newer')
  })

  it('is started again where its timer has never come', async () => {
    const { clock, policy, all } = await becameStale()
    const gates: Deferred<unknown>[] = []
    const run = () => {
      const gate = deferred()
      gates.push(gate)
      return gate.promise
    }
    const { schedule } = clock
    clock.schedule = () => {}
    await all.execute(run, { key })
    clock.schedule = schedule
    await clock.advance(29_999)
    await all.execute(run, { key })
    expect(gates.length).toBe(1)
    await clock.advance(1)
    await all.execute(run, { key })
    expect(gates.length).toBe(2)
    gates[0]?.reject(down)
    await clock.advance(0)
    expect(policy.snapshot().refreshing).toBe(1)
    gates[1]?.resolve('new')
    await clock.advance(0)
    expect([policy.snapshot().refreshing, policy.get(key), clock.pending]).toEqual([0, 'new', 0])
  })

  it('has a timer that does not keep the process alive', async () => {
    const { clock, all } = await becameStale()
    const { schedule } = clock
    const background: boolean[] = []
    clock.schedule = (timer, after, now) => {
      background.push(timer.background)
      schedule.call(clock, timer, after, now)
    }
    const gate = deferred()
    await all.execute(() => gate.promise, { key })
    expect(background).toEqual([true])
    gate.resolve(1)
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })

  it('goes on where a policy outside has taken the call over', async () => {
    const { clock, policy, all } = await becameStale()
    const outer = pipeline({ clock }, timeout(5), all)
    const gate = deferred()
    expect(await outer.execute(() => gate.promise, { key })).toBe('old')
    gate.resolve('new')
    await clock.advance(0)
    expect(policy.get(key)).toBe('new')
  })

  it('works with a clock of the cache that differs from that of the call', async () => {
    const [own, other] = [virtualClock(), virtualClock()]
    await other.advance(5000)
    const policy = cache({ ttl: 10, staleWhileRevalidate: '1h', clock: own })
    const all = pipeline({ clock: other }, timeout('1s'), policy)
    policy.prime(key, 'old')
    await own.advance(10)
    let deadline: Date | undefined
    const gate = deferred()
    const run = (call: Call) => {
      deadline = call.deadline
      return gate.promise
    }
    expect(await all.execute(run, { key })).toBe('old')
    expect(deadline?.getTime()).toBe(other.wall() + 1000)
    expect([own.pending, other.pending]).toEqual([1, 0])
    gate.resolve(1)
    await own.advance(0)
    expect([own.pending, policy.get(key)]).toEqual([0, 1])
  })
})

describe('a call after the window of the refresh', () => {
  it('goes on beside a refresh that still runs', async () => {
    const { clock, policy, all } = await becameStale({ staleWhileRevalidate: 5, staleIfError: 100 })
    const gate = deferred()
    await all.execute(() => gate.promise, { key })
    await clock.advance(5)
    expect(await ended(all.execute(() => Promise.reject(down), { key }))).toEqual({ ok: true, value: 'old' })
    gate.resolve('new')
    await clock.advance(0)
    expect(policy.get(key)).toBe('new')
  })
})
