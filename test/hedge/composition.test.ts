import {
  bulkhead,
  circuitBreaker,
  policy as custom,
  failoverPool,
  fallback,
  hedge,
  keyed,
  ordered,
  pipeline,
  rateLimiter,
  retry,
  roundRobin,
  timeout,
} from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'
import { later, slowWork, unbounded } from './slow-work.ts'

const down = new Error('down')

describe('a hedge outside', () => {
  it('a bulkhead(1): the hedge is refused, which is no outcome of the call', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, hedges: 2, budget: unbounded })
    const slots = bulkhead(1)
    const log = recorder(policy)
    const work = slowWork(clock, { after: 300, value: 'first' })
    expect(await clock.settle(pipeline({ clock }, policy, slots).execute(work))).toBe('first')
    expect(work.calls).toHaveLength(1)
    expect(log.of('deny')).toMatchObject([
      { reason: 'rejected', error: { code: 'HF_BULKHEAD_FULL' } },
      { reason: 'rejected', error: { code: 'HF_BULKHEAD_FULL' } },
    ])
    const failing = slowWork(clock, { after: 120, error: down })
    const call = ended(pipeline({ clock }, policy, slots).execute(failing))
    expect(await clock.settle(call)).toEqual({ ok: false, error: down })
    expect([slots.active, policy.pending, clock.pending]).toEqual([0, 0, 0])
  })

  it('a bulkhead(1) with a queue: the hedge waits there, and leaves it when the first attempt wins', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded })
    const slots = bulkhead({ limit: 1, queue: 1 })
    const work = slowWork(clock, { after: 300, value: 'first' })
    const call = pipeline({ clock }, policy, slots).execute(work)
    await clock.advance(60)
    expect([slots.active, slots.queued, policy.pending]).toEqual([1, 1, 1])
    expect(await clock.settle(call)).toBe('first')
    expect([slots.active, slots.queued, policy.pending, work.calls.length]).toEqual([0, 0, 0, 1])
  })

  it('a bulkhead whose queue holds the first attempt: the hedge waits behind it, and one of them wins', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded })
    const slots = bulkhead({ limit: 1, queue: 2 })
    const all = pipeline({ clock }, policy, slots)
    const before = slots.execute(() => later(clock, 100))
    const work = slowWork(clock, { after: 30, value: 'first' })
    const call = all.execute(work)
    await clock.advance(60)
    expect(slots.queued).toBe(2)
    expect(await clock.settle(call)).toBe('first')
    await before
    expect([work.startedAt, slots.active, slots.queued]).toEqual([[100], 0, 0])
  })

  it('a breaker that is half-open with one probe: the hedge takes none, and the first attempt goes on', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ consecutiveFailures: 1, openFor: '1s' })
    const policy = hedge({ after: 50, budget: unbounded })
    const all = pipeline({ clock }, policy, breaker)
    const log = recorder(policy)
    await ended(all.execute(() => Promise.reject(down)))
    await clock.advance('1s')
    const call = all.execute(slowWork(clock, { after: 300, value: 'probe' }))
    await clock.advance(60)
    expect(breaker.state).toBe('half-open')
    expect(await clock.settle(call)).toBe('probe')
    expect(breaker.state).toBe('closed')
    expect(log.of('deny')).toMatchObject([{ reason: 'rejected', error: { code: 'HF_CIRCUIT_OPEN' } }])
  })

  it('an open breaker: the refusal is the outcome where nothing ran', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker()
    breaker.isolate()
    const policy = hedge({ after: 0, hedges: 2, budget: unbounded })
    const call = ended(pipeline({ clock }, policy, breaker).execute(() => 1))
    expect(await call).toMatchObject({ ok: false, error: { code: 'HF_CIRCUIT_OPEN' } })
  })

  it('a queue whose waits are too long: the refusal of the first attempt waits for the hedge', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded })
    const slots = bulkhead({ limit: 1, queue: 5, maxWait: 80 })
    const before = slots.execute(() => later(clock, 100))
    const work = slowWork(clock, { after: 10, value: 'hedge' })
    const call = pipeline({ clock }, policy, slots).execute(work)
    expect(await clock.settle(call)).toBe('hedge')
    await before
    expect(work.startedAt).toEqual([100])
  })

  it('a rate limiter: each attempt takes a permit', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ limit: 2, per: '1m' })
    const policy = hedge({ after: 50, hedges: 2, budget: unbounded })
    const log = recorder(policy)
    const work = slowWork(clock, { after: 300, value: 1 })
    expect(await clock.settle(pipeline({ clock }, policy, limiter).execute(work))).toBe(1)
    expect([work.calls.length, limiter.available]).toEqual([2, 0])
    expect(log.of('deny')).toMatchObject([{ reason: 'rejected', error: { code: 'HF_RATE_LIMITED' } }])
  })

  it('an attempt timeout: the hedge has a time of its own, not what is left to the first attempt', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded })
    const attempt = timeout({ name: 'attempt', after: 80 })
    const all = pipeline({ clock }, timeout('10s'), policy, attempt)
    const work = slowWork(clock, { after: 500 }, { after: 70, value: 'hedge' })
    expect(await clock.settle(all.execute(work))).toBe('hedge')
    expect(clock.now()).toBe(120)
    await clock.advance('20s')
    expect(clock.pending).toBe(0)
  })

  it('a retry: attempts repeat side by side, and the first that succeeds wins', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded })
    const all = pipeline({ clock }, policy, retry({ retries: 2, backoff: 20 }))
    const work = slowWork(
      clock,
      { after: 40, error: down },
      { after: 500 },
      { after: 10, error: down },
      { after: 10, value: 'hedge' },
    )
    expect(await clock.settle(all.execute(work))).toBe('hedge')
    expect(work.startedAt).toEqual([0, 50, 60, 90])
    await clock.advance(1000)
    expect([clock.pending, policy.pending]).toEqual([0, 0])
  })

  it('a bulkhead(1) with a queue, and a retry inside: the hedge that waits does not run once the other has won', async () => {
    const clock = virtualClock()
    const slots = bulkhead({ limit: 1, queue: 1 })
    const policies = [hedge({ after: 0, budget: unbounded }), slots, retry({ retries: 1, backoff: 20 })] as const
    const work = slowWork(clock, { after: 5, error: down }, { after: 5, value: 'second try' })
    expect(await clock.settle(pipeline({ clock }, ...policies).execute(work))).toBe('second try')
    await clock.advance(1000)
    expect([work.startedAt, slots.active, slots.queued]).toEqual([[0, 25], 0, 0])
  })

  it('a failover pool: each hedge goes to a member that the call has not tried', async () => {
    const clock = virtualClock()
    for (const selection of [ordered(), roundRobin()]) {
      const pool = failoverPool(['a', 'b', 'c'], { selection })
      const policy = hedge({ after: 50, hedges: 5, budget: unbounded })
      const log = recorder(policy)
      const targets: string[] = []
      const call = pipeline({ clock }, policy, pool).execute(async ({ target }) => {
        targets.push(target)
        if (target === 'a') await later(clock, 20).then(() => Promise.reject(down))
        await later(clock, 400)
        return target
      })
      await clock.settle(call)
      expect(targets.slice().sort()).toEqual(['a', 'b', 'c'])
      expect(new Set(log.of('deny').map(({ reason }) => reason))).toEqual(new Set(['rejected']))
      expect(log.of('deny')[0]).toMatchObject({ error: { code: 'HF_NO_MEMBER' } })
    }
  })

  it('a failover pool: errors and events name the members that an attempt has tried itself', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b', 'c', 'd'], { selection: ordered() })
    const log = recorder(pool)
    const policy = hedge({ after: 50, budget: unbounded })
    const call = pipeline({ clock }, policy, pool).execute(async ({ target }) => {
      await later(clock, 30)
      throw new Error(target)
    })
    // a and b fail one after the other, then the hedge fails on c while the first attempt is on d.
    expect(await clock.settle(ended(call))).toMatchObject({
      ok: false,
      error: { code: 'HF_FAILOVER', members: ['a', 'b', 'd'] },
    })
    expect(log.of('exhausted').map(({ tried }) => tried)).toEqual([['c'], ['a', 'b', 'd']])
  })

  it('a failover pool of one member: the hedge is denied', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded })
    const work = slowWork(clock, { after: 300, value: 'only' })
    expect(await clock.settle(pipeline({ clock }, policy, failoverPool(['only'])).execute(work))).toBe('only')
    expect(policy.snapshot()).toMatchObject({ won: 0, denied: 1 })
  })

  it('a custom policy: the attempts it starts in between are tries of its own', async () => {
    const clock = virtualClock()
    const route = custom('route', (call, next) => next(call))
    const all = pipeline({ clock }, hedge({ after: 50, budget: unbounded }), route, failoverPool(['a']))
    const work = slowWork(clock, { after: 300 }, { after: 10, value: 'hedge' })
    expect(await clock.settle(all.execute(work))).toBe('hedge')
  })

  it('a keyed policy: a hedge may use in the pool of its key what another attempt uses in another', async () => {
    const clock = virtualClock()
    const pools = keyed(() => failoverPool(['a', 'b'], { selection: ordered() }), {
      key: ({ attempt }) => (attempt === 3 ? 'none' : `pool ${attempt % 2}`),
      defaultPolicy: failoverPool(['a', 'b'], { selection: ordered() }),
    })
    const all = pipeline({ clock }, hedge({ after: 50, hedges: 3, budget: unbounded }), pools)
    const seen: string[] = []
    const call = all.execute(async ({ attempt, target }) => {
      seen.push(`${attempt} ${target}`)
      await later(clock, 1000)
    })
    await clock.settle(call)
    // The fourth attempt has the key of the second, whose member it leaves out.
    expect(seen).toEqual(['1 a', '2 a', '3 a', '4 b'])
  })

  it('a keyed policy: an attempt under a key without a pool is beside none', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], { selection: ordered() })
    const routes = keyed((key) => (key === 'alone' ? bulkhead(1) : pool), {
      key: ({ attempt }) => (attempt === 1 ? 'alone' : 'pool'),
    })
    const all = pipeline({ clock }, hedge({ after: 50, budget: unbounded }), routes)
    const seen: unknown[] = []
    const call = all.execute(async (given) => {
      seen.push((given as { target?: string }).target)
      await later(clock, 1000)
    })
    await clock.settle(call)
    expect(seen).toEqual([undefined, 'a'])
  })

  it('two pools: a hedge may use in one what it may not in the other', async () => {
    const clock = virtualClock()
    const [zones, hosts] = [failoverPool(['east', 'west']), failoverPool(['a', 'b'])]
    const seen: string[] = []
    const all = pipeline({ clock }, hedge({ after: 50, budget: unbounded }), zones, hosts)
    const call = all.execute(async ({ target }) => {
      seen.push(String(target))
      await later(clock, 100)
    })
    await clock.settle(call)
    expect(seen).toHaveLength(2)
  })
})

describe('a hedge inside', () => {
  it('a retry: what all attempts failed with is tried again, and hedged again', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, budget: unbounded })
    const all = pipeline({ clock }, retry({ retries: 1, backoff: 100 }), policy)
    const work = slowWork(clock, { after: 60, error: down }, { after: 60, error: down }, { after: 60, value: 'again' })
    expect(await clock.settle(all.execute(work))).toBe('again')
    expect(work.startedAt).toEqual([0, 50, 210, 260])
    expect(work.calls.map(({ retryDepth }) => retryDepth)).toEqual([0, 0, 1, 1])
  })

  it('a total timeout: it ends all attempts at once, and breakers inside count each', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ consecutiveFailures: 9 })
    const policy = hedge({ after: 50, budget: unbounded })
    const log = recorder(breaker)
    const all = pipeline({ clock }, timeout(120), policy, breaker)
    const work = slowWork(clock, { after: 500 })
    expect(await clock.settle(ended(all.execute(work)))).toMatchObject({ ok: false, error: { code: 'HF_TIMEOUT' } })
    expect(clock.now()).toBe(120)
    expect([...work.aborted.keys()]).toEqual([1, 2])
    expect(log.of('failure')).toHaveLength(2)
    await clock.advance(1000)
    expect([clock.pending, policy.pending, log.of('failure').length]).toEqual([0, 0, 2])
  })

  it('a breaker: it counts the call once, by its outcome', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ consecutiveFailures: 1 })
    const log = recorder(breaker)
    const all = pipeline({ clock }, breaker, hedge({ after: 50, budget: unbounded }))
    const work = slowWork(clock, { after: 60, error: down }, { after: 30, value: 1 })
    expect(await clock.settle(all.execute(work))).toBe(1)
    expect([log.of('success').length, log.of('failure').length]).toEqual([1, 0])
  })

  it('a bulkhead: its one slot is held until the work of all attempts has settled', async () => {
    const clock = virtualClock()
    const slots = bulkhead(1)
    const all = pipeline({ clock }, slots, hedge({ after: 50, budget: unbounded }))
    expect(await clock.settle(all.execute(slowWork(clock, { after: 500 }, { after: 10, value: 1 })))).toBe(1)
    expect(slots.active).toBe(1)
    await clock.advance(1000)
    expect(slots.active).toBe(0)
  })

  it('a pool: the hedge goes to the same member', async () => {
    const clock = virtualClock()
    const targets: string[] = []
    const all = pipeline(
      { clock },
      failoverPool(['a', 'b'], { selection: ordered() }),
      hedge({ after: 50, budget: unbounded }),
    )
    const call = all.execute(async ({ target }) => {
      targets.push(target)
      await later(clock, 100)
    })
    await clock.settle(call)
    expect(targets).toEqual(['a', 'a'])
  })

  it('a fallback: the value replaces what all attempts failed with', async () => {
    const clock = virtualClock()
    const all = pipeline({ clock }, fallback({ value: 'spare' }), hedge({ after: 50, budget: unbounded }))
    expect(await clock.settle(all.execute(slowWork(clock, { after: 60, error: down })))).toBe('spare')
  })
})
