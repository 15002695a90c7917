import { adaptiveLimiter } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

function shared(more: object = {}) {
  const clock = virtualClock()
  const limiter = adaptiveLimiter({
    initial: 4,
    max: 4,
    partitions: { live: 0.5, batch: 0.5 },
    partition: ({ key }) => key,
    clock,
    ...more,
  })
  const run = (key?: string) => {
    const gate = deferred()
    const call = ended(limiter.execute(() => gate.promise, key === undefined ? {} : { key }))
    return { call, end: () => gate.resolve(key) }
  }
  return { clock, limiter, run }
}

describe('partitions', () => {
  it('lend what they do not use, and get their share back at once', async () => {
    const { limiter, run } = shared()
    const batch = ['batch', 'batch', 'batch', 'batch'].map(run)
    expect(limiter.inflight).toBe(4)
    const live = ['live', 'live', 'live'].map(run)
    expect(limiter.inflight).toBe(6)
    expect(await live[2]?.call).toMatchObject({ ok: false, error: { reason: 'limit' } })
    expect(await run('batch').call).toMatchObject({ ok: false, error: { reason: 'limit' } })
    expect(limiter.snapshot().partitions).toEqual([
      { name: 'live', inflight: 2, queued: 0, limit: 2 },
      { name: 'batch', inflight: 4, queued: 0, limit: 2 },
    ])
    for (const { end } of [...batch, ...live]) end()
    await Promise.all([...batch, ...live].map(({ call }) => call))
    expect(limiter.inflight).toBe(0)
  })

  it('serve from the queue those whose share is free, however many wait before', async () => {
    const { limiter, run, clock } = shared({ queue: 9, order: 'fifo' })
    const live = ['live', 'live'].map(run)
    const batch = ['batch', 'batch', 'batch', 'live'].map(run)
    // Two of batch run; its third and the third of live wait.
    expect([limiter.inflight, limiter.queued]).toEqual([4, 2])
    live[0]?.end()
    await live[0]?.call
    await clock.advance(0)
    // The third of batch has waited longer, but its partition has all of its share.
    expect(limiter.snapshot().partitions).toEqual([
      { name: 'live', inflight: 2, queued: 0, limit: 2 },
      { name: 'batch', inflight: 2, queued: 1, limit: 2 },
    ])
    live[1]?.end()
    await live[1]?.call
    await clock.advance(0)
    // Nothing of live waits, so its share is lent.
    expect(limiter.snapshot().partitions.map(({ inflight }) => inflight)).toEqual([1, 3])
    for (const { end } of [...live, ...batch]) end()
    await Promise.all([...live, ...batch].map(({ call }) => call))
    expect([limiter.inflight, limiter.queued]).toEqual([0, 0])
  })

  it('serve the newest of those whose share is free, where the newest go first', async () => {
    const { limiter, run, clock } = shared({ queue: 9, order: 'lifo' })
    const batch = ['batch', 'batch', 'live', 'live'].map(run)
    const waiting = ['live', 'live', 'batch', 'batch'].map(run)
    const served: number[] = []
    for (const [at, { call }] of waiting.entries()) void call.then(() => served.push(at))
    for (const { end } of waiting) end()
    batch[2]?.end()
    await batch[2]?.call
    await clock.advance(0)
    // Those of live first, the newest before the other; then the rest.
    expect(served).toEqual([1, 0, 3, 2])
    for (const { end } of batch) end()
    await Promise.all([...batch, ...waiting].map(({ call }) => call))
    expect([limiter.inflight, limiter.queued]).toEqual([0, 0])
  })

  it('go before priorities', async () => {
    const { limiter, run, clock } = shared({ queue: 99, order: 'fifo', priority: 'level' })
    const batch = ['batch', 'batch', 'live', 'live'].map((key) => run(key))
    const served: string[] = []
    const waiting = [
      limiter.execute(() => served.push('important'), { key: 'batch', priority: 5 }),
      limiter.execute(() => served.push('second'), { key: 'batch' }),
      limiter.execute(() => served.push('owed'), { key: 'live' }),
    ]
    batch[2]?.end()
    await batch[2]?.call
    await clock.advance(0)
    expect(served).toEqual(['owed', 'important', 'second'])
    for (const { end } of batch) end()
    await Promise.all([...batch.map(({ call }) => call), ...waiting])
  })

  it('serve a waiting call whose share is free although the limiter is above its limit', async () => {
    const clock = virtualClock()
    let next = 4
    const limiter = adaptiveLimiter({
      initial: 4,
      queue: 9,
      order: 'fifo',
      algorithm: { update: () => next },
      window: { every: 1, samples: 1 },
      partitions: { live: 0.5, batch: 0.5 },
      partition: ({ key }) => key,
      clock,
    })
    const gates = Array.from({ length: 6 }, () => deferred())
    const keys = ['live', 'live', 'batch', 'batch', 'batch', 'live']
    const calls = gates.map(({ promise }, i) => limiter.execute(() => promise, { key: keys[i] as string }))
    next = 2
    await clock.advance(1)
    gates[2]?.resolve(1)
    await calls[2]
    await clock.advance(1)
    // The limit falls to 2 with the second sample: one of live runs on, and its share is 1.
    gates[0]?.resolve(1)
    await calls[0]
    expect([limiter.limit, limiter.inflight, limiter.queued]).toEqual([2, 3, 1])
    gates[1]?.resolve(1)
    await calls[1]
    await clock.advance(0)
    expect(limiter.snapshot().partitions.map(({ inflight }) => inflight)).toEqual([1, 2])
    for (const { resolve } of gates) resolve(1)
    await Promise.all(calls)
  })

  it('give a call of none what is free, and a name that is none is a fault', async () => {
    const { limiter, run } = shared()
    const faults: unknown[] = []
    limiter.on('fault', ({ source, error }) => faults.push([source, (error as Error).message]))
    const others = [run(), run(), run('bach'), run('batch')]
    expect(limiter.inflight).toBe(4)
    expect(await run().call).toMatchObject({ ok: false, error: { reason: 'limit' } })
    expect(faults).toEqual([['partition', 'partition must return a name of partitions, or undefined']])
    for (const { end } of others) end()
    await Promise.all(others.map(({ call }) => call))
  })

  it('are undefined where the function throws', async () => {
    const faults: string[] = []
    const { limiter } = shared({
      partition: () => {
        throw new Error('partition')
      },
    })
    limiter.on('fault', ({ source }) => faults.push(source))
    expect(await limiter.execute(() => 1)).toBe(1)
    expect(faults).toEqual(['partition'])
  })

  it('lose nothing where the function aborts the call', async () => {
    const caller = new AbortController()
    const { limiter } = shared({
      queue: 1,
      partition: () => {
        caller.abort('left')
        return 'live'
      },
    })
    expect(await ended(limiter.execute(() => 1, { signal: caller.signal }))).toEqual({ ok: false, error: 'left' })
    expect(limiter.snapshot()).toMatchObject({ inflight: 0, queued: 0 })
  })
})
