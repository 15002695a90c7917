import { bulkhead, circuitBreaker, failoverPool, hedge, ordered, pipeline, retry, timeout } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'
import { later, slowWork, unbounded } from './slow-work.ts'

describe('an attempt that has lost', () => {
  it('is ignored by a breaker inside, has no latency in a pool, and keeps its slot until its work has settled', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ consecutiveFailures: 1 })
    const slots = bulkhead(2)
    const pool = failoverPool(['slow', 'fast'], { selection: ordered(), outlier: { consecutiveFailures: 1 } })
    const policy = hedge({ after: 50, budget: unbounded })
    const all = pipeline({ name: 'all', clock }, policy, pool, slots, breaker)
    const log = recorder(breaker)
    const call = all.execute(async ({ target }) => {
      await later(clock, target === 'slow' ? 500 : 10)
      return target
    })
    expect(await clock.settle(call)).toBe('fast')
    expect(log.of('ignored')).toMatchObject([{ error: { name: 'AbortError' } }])
    expect([log.of('success').length, log.of('failure').length]).toEqual([1, 0])
    expect(pool.members).toMatchObject([
      { name: 'slow', state: 'unknown', latency: undefined },
      { name: 'fast', state: 'up', latency: 10 },
    ])
    expect(slots.active).toBe(1)
    await clock.advance(1000)
    expect([slots.active, breaker.state, log.of('ignored').length, log.of('failure').length]).toEqual([
      0,
      'closed',
      1,
      0,
    ])
    expect(pool.members[0]).toMatchObject({ latency: undefined, pending: 0 })
  })

  it('emits its late result, whatever it is', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: 50, hedges: 2, budget: unbounded, clock })
    const log = recorder(policy)
    const steps = [
      { after: 300, value: 'late' },
      { after: 20, value: 'win' },
    ] as const
    expect(await clock.settle(policy.execute(slowWork(clock, ...steps)))).toBe('win')
    const failing = slowWork(clock, { after: 300, error: new Error('late') }, { after: 20, value: 'win' })
    expect(await clock.settle(policy.execute(failing))).toBe('win')
    await clock.advance(1000)
    expect(log.of('lateResult').map(({ attempt, ok }) => [attempt, ok])).toEqual([
      [1, true],
      [1, false],
    ])
  })

  it('hands its late value to dispose, in the attempt of an inner retry or under an inner timeout too', async () => {
    for (const inner of [[], [retry({ retries: 1, backoff: 10 })], [timeout('10s')], [failoverPool(['a', 'b'])]]) {
      const clock = virtualClock()
      const disposed: unknown[] = []
      const policy = hedge({ after: 50, budget: unbounded, dispose: (value) => disposed.push(value) })
      const all = pipeline({ name: 'all', clock }, policy, ...inner)
      const work = slowWork(clock, { after: 300, value: 'late' }, { after: 20, value: 'win' })
      expect(await clock.settle(all.execute(work))).toBe('win')
      expect(disposed).toEqual([])
      await clock.advance(1000)
      expect(disposed).toEqual(['late'])
    }
  })

  it('hands on what an inner hedge has not lost, and only once', async () => {
    const clock = virtualClock()
    const [ofOuter, ofInner]: [unknown[], unknown[]] = [[], []]
    const outer = hedge({ name: 'outer', after: 100, budget: unbounded, dispose: (value) => ofOuter.push(value) })
    const inner = hedge({ name: 'inner', after: 30, budget: unbounded, dispose: (value) => ofInner.push(value) })
    const work = slowWork(
      clock,
      { after: 500, value: 'first' },
      { after: 400, value: 'its hedge' },
      { after: 5, value: 'win' },
    )
    expect(await clock.settle(pipeline({ clock }, outer, inner).execute(work))).toBe('win')
    await clock.advance(1000)
    expect([ofOuter, ofInner]).toEqual([['its hedge', 'first'], []])
  })

  it('keeps a value that it shares with the winner, which the caller has', async () => {
    const clock = virtualClock()
    const disposed: unknown[] = []
    const policy = hedge({ after: 50, hedges: 2, budget: unbounded, dispose: (value) => disposed.push(value), clock })
    let work: Promise<unknown> | undefined
    const shared = () => {
      work ??= later(clock, 200).then(() => ({ rows: 1 }))
      return work
    }
    expect(await clock.settle(policy.execute(shared))).toEqual({ rows: 1 })
    await clock.advance(1000)
    expect([disposed, policy.snapshot().sent, policy.pending]).toEqual([[], 2, 0])
    // Equal values that are no objects are results of their own.
    await clock.settle(policy.execute(slowWork(clock, { after: 300, value: true }, { after: 20, value: true })))
    await clock.advance(1000)
    expect(disposed).toEqual([true])
  })

  it('has its web body cancelled by default, and other values left alone', async () => {
    const clock = virtualClock()
    const cancelled: string[] = []
    const body = (name: string) => ({
      cancel: () => {
        cancelled.push(name)
        return Promise.reject(new Error('locked'))
      },
    })
    const values = [{ body: body('response') }, { body: 'text' }, { body: null }, 'text', null, [1]]
    for (const value of values) {
      const policy = hedge({ after: 50, budget: unbounded, clock })
      const log = recorder(policy)
      await clock.settle(policy.execute(slowWork(clock, { after: 300, value }, { after: 20 })))
      await clock.advance(1000)
      expect(log.of('fault')).toEqual([])
    }
    expect(cancelled).toEqual(['response'])
  })

  it('may have a dispose that fails: that is a fault', async () => {
    const bug = new Error('a bug')
    for (const dispose of [() => Promise.reject(bug), () => fail(bug)]) {
      const clock = virtualClock()
      const policy = hedge({ after: 50, budget: unbounded, dispose, clock })
      const log = recorder(policy)
      expect(await clock.settle(policy.execute(slowWork(clock, { after: 300 }, { after: 20, value: 1 })))).toBe(1)
      await clock.advance(1000)
      expect(log.of('fault')).toMatchObject([{ source: 'dispose', error: bug }])
    }
  })
})

describe('a value that was judged a failure', () => {
  const when = (outcome: { readonly ok: boolean; readonly value?: unknown }) => outcome.value !== 'good'

  it('is disposed of where another attempt gives the outcome, or the caller aborts', async () => {
    const clock = virtualClock()
    const disposed: unknown[] = []
    const policy = hedge({
      after: 50,
      hedges: 2,
      budget: unbounded,
      when,
      dispose: (value) => disposed.push(value),
      clock,
    })
    const work = slowWork(
      clock,
      { after: 110, value: 'bad' },
      { after: 70, value: 'worse' },
      { after: 90, value: 'good' },
    )
    expect(await clock.settle(policy.execute(work))).toBe('good')
    expect(disposed).toEqual(['bad', 'worse'])

    const controller = new AbortController()
    const call = ended(policy.execute(slowWork(clock, { after: 60, value: 'bad' }, { after: 500 }), controller))
    await clock.advance(70)
    controller.abort()
    await call
    expect(disposed).toEqual(['bad', 'worse', 'bad'])
  })

  it('is the caller’s where it came last', async () => {
    const clock = virtualClock()
    const disposed: unknown[] = []
    const policy = hedge({ after: 50, budget: unbounded, when, dispose: (value) => disposed.push(value), clock })
    const work = slowWork(clock, { after: 60, value: 'bad' }, { after: 70, value: 'worse' })
    expect(await clock.settle(policy.execute(work))).toBe('worse')
    expect(disposed).toEqual(['bad'])
  })

  it('is disposed of where an event of another attempt lets the caller abort', async () => {
    const clock = virtualClock()
    const disposed: unknown[] = []
    const breaker = circuitBreaker()
    const controller = new AbortController()
    breaker.on('ignored', () => controller.abort('left'))
    const policy = hedge({ after: 50, budget: unbounded, dispose: (value) => disposed.push(value) })
    const work = slowWork(clock, { after: 500 }, { after: 20, value: 'won' })
    const call = ended(pipeline({ clock }, policy, breaker).execute(work, { signal: controller.signal }))
    expect(await clock.settle(call)).toEqual({ ok: false, error: 'left' })
    expect(disposed).toEqual(['won'])
    await clock.advance(1000)
    expect([clock.pending, policy.pending]).toEqual([0, 0])
  })
})

function fail(error: Error): never {
  throw error
}
