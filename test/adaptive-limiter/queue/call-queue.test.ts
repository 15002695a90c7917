import { type AdaptiveLimiterOptions, adaptiveLimiter } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { CallQueue } from '../../../src/adaptive-limiter/queue/call-queue.ts'
import type { Scope } from '../../../src/core/hooks.ts'
import { deferred, type Ended, ended } from '../../composition/deferred.ts'
import { steppedClock } from '../../rate-limiter/stepped-clock.ts'

/** A limiter of one permit that is held; calls wait for it. */
function held(options: AdaptiveLimiterOptions) {
  const clock = virtualClock()
  const limiter = adaptiveLimiter({ initial: 1, max: 1, clock, ...options })
  const gate = deferred()
  const first = limiter.execute(() => gate.promise)
  const served: string[] = []
  const ends = new Map<string, Ended>()
  const wait = (key: string, more: object = {}) => {
    const call = limiter.execute(() => served.push(key), { key, ...more })
    void ended(call).then((end) => ends.set(key, end))
    return call.catch(() => {})
  }
  const reasonOf = (key: string) => {
    const end = ends.get(key)
    return end === undefined || end.ok ? undefined : ((end.error as { reason?: string }).reason ?? end.error)
  }
  const free = async () => {
    gate.resolve(1)
    await first
    await clock.advance(0)
  }
  return { clock, limiter, served, wait, reasonOf, free }
}

describe('the queue', () => {
  it('takes as many calls as it may, and reports waits', async () => {
    const { limiter, wait, reasonOf, free, served, clock } = held({ queue: 2, order: 'fifo' })
    const seen: unknown[] = []
    limiter.on('enqueue', ({ queued }) => seen.push(['enqueue', queued]))
    limiter.on('dequeue', ({ waited, queued }) => seen.push(['dequeue', waited, queued]))
    wait('a')
    wait('b')
    await wait('c')
    expect(reasonOf('c')).toBe('queue')
    await clock.advance(7)
    await free()
    expect(served).toEqual(['a', 'b'])
    expect(seen).toEqual([
      ['enqueue', 1],
      ['enqueue', 2],
      ['dequeue', 7, 1],
      ['dequeue', 7, 0],
    ])
  })

  it('ends a wait at maxWait, at the deadline and at an abort, and leaves no timer', async () => {
    const { clock, limiter, wait, reasonOf, free, served } = held({ queue: 9, order: 'lifo', maxWait: 50 })
    const caller = new AbortController()
    wait('patient')
    wait('due', { deadline: 20 })
    wait('left', { signal: caller.signal })
    expect([limiter.queued, clock.pending]).toEqual([3, 3])
    caller.abort('left')
    await clock.advance(20)
    expect([reasonOf('left'), reasonOf('due'), limiter.queued]).toEqual(['left', 'deadline', 1])
    await clock.advance(30)
    expect([reasonOf('patient'), limiter.queued, clock.pending]).toEqual(['maxWait', 0, 0])
    await free()
    expect(served).toEqual([])
    expect(limiter.snapshot().rejections).toEqual({ deadline: 1, maxWait: 1 })
  })

  it('takes none with maxWait 0', async () => {
    const { wait, reasonOf, free } = held({ queue: 9, maxWait: 0 })
    await wait('a')
    expect(reasonOf('a')).toBe('maxWait')
    await free()
  })

  it('lets a listener of dequeue or reject abort the call, and loses no permit', async () => {
    const { limiter, wait, reasonOf, free, clock, served } = held({ queue: 9, order: 'fifo', maxWait: 30 })
    const callers = new Map<string, AbortController>()
    const abortable = (key: string) => {
      const caller = new AbortController()
      callers.set(key, caller)
      return wait(key, { signal: caller.signal })
    }
    limiter.on('reject', () => callers.get('a')?.abort('by reject'))
    limiter.on('dequeue', () => callers.get('b')?.abort('by dequeue'))
    abortable('a')
    await clock.advance(30)
    expect(reasonOf('a')).toBe('by reject')
    abortable('b')
    await free()
    expect([reasonOf('b'), served, limiter.inflight, limiter.queued]).toEqual(['by dequeue', [], 0, 0])
  })

  it('lets a listener of reject abort the call that comes in, and frees no permit for it', async () => {
    const { limiter, wait, reasonOf, free, clock, served } = held({ queue: 9 })
    const caller = new AbortController()
    wait('a')
    await clock.advance(60)
    wait('b')
    await clock.advance(41)
    limiter.on('reject', () => caller.abort('by reject'))
    // The queue has not been empty for 101 ms: that refuses b, before c may wait.
    wait('c', { signal: caller.signal })
    await clock.advance(0)
    expect([reasonOf('b'), reasonOf('c'), limiter.inflight, limiter.queued]).toEqual(['codel', 'by reject', 1, 0])
    await free()
    expect([served, limiter.inflight, clock.pending]).toEqual([[], 0, 0])
  })

  it('serves a call that a served one makes at once after those that wait', async () => {
    const { limiter, wait, free, served } = held({ queue: 9, order: 'fifo' })
    void limiter.execute(() => {
      served.push('first')
      wait('nested')
    })
    wait('second')
    await free()
    expect(served).toEqual(['first', 'second', 'nested'])
  })
})

describe('the adaptive order', () => {
  it('is first in, first out while the queue empties itself', async () => {
    const { wait, free, served, clock } = held({ queue: 9 })
    for (const key of ['a', 'b', 'c']) wait(key)
    await clock.advance(99)
    await free()
    expect(served).toEqual(['a', 'b', 'c'])
  })

  it('lets no call wait longer than an interval', async () => {
    const { wait, reasonOf, clock, free } = held({ queue: 9 })
    wait('a')
    await clock.advance(100)
    expect(reasonOf('a')).toBe('codel')
    await free()
  })

  it('serves the newest first, and waits for the target only, once the queue was not empty for an interval', async () => {
    const { wait, reasonOf, free, served, clock, limiter } = held({ queue: 9 })
    wait('a')
    await clock.advance(60)
    wait('b')
    await clock.advance(39)
    wait('c')
    await clock.advance(2)
    // The queue has not been empty for 101 ms: whoever came more than 10 ms ago is refused with the next arrival.
    expect([reasonOf('a'), limiter.queued]).toEqual(['codel', 2])
    wait('d')
    await clock.advance(0)
    expect([reasonOf('b'), limiter.queued]).toEqual(['codel', 2])
    await free()
    expect(served).toEqual(['d', 'c'])
    expect(limiter.snapshot().rejections).toEqual({ codel: 2 })
  })

  it('refuses with the next free permit, too, what has waited for too long', async () => {
    const { wait, reasonOf, free, served, clock } = held({ queue: 9 })
    wait('a')
    await clock.advance(95)
    wait('b')
    await clock.advance(4)
    wait('c')
    await clock.advance(8)
    await free()
    expect([served, reasonOf('b')]).toEqual([['c'], 'codel'])
  })

  it('serves none where a free permit finds only calls that have waited for too long', async () => {
    const { wait, reasonOf, free, served, clock, limiter } = held({ queue: 9 })
    wait('a')
    await clock.advance(95)
    wait('b')
    await clock.advance(11)
    await free()
    expect([served, reasonOf('b'), limiter.queued, limiter.inflight]).toEqual([[], 'codel', 0, 0])
  })

  it('refuses a call out of the queue that waited for twice the target while all of an interval did', async () => {
    const clock = virtualClock()
    const limiter = adaptiveLimiter({ initial: 1, max: 1, queue: 9, target: 5, interval: 100, clock })
    const reasons: unknown[] = []
    limiter.on('reject', ({ reason }) => reasons.push(reason))
    /** Each call works for 30 ms, and the next one waits for 20 of them; then the queue is empty again. */
    for (let i = 0; i < 9; i++) {
      const gate = deferred()
      const running = limiter.execute(() => gate.promise)
      await clock.advance(10)
      const next = ended(limiter.execute(() => 1))
      await clock.advance(20)
      gate.resolve(1)
      await running
      await next
    }
    expect(reasons.length).toBeGreaterThan(0)
    expect(reasons.every((reason) => reason === 'codel')).toBe(true)
    expect([limiter.inflight, limiter.queued, clock.pending]).toEqual([0, 0, 0])
  })

  it('goes on where the clock is set back', async () => {
    const clock = steppedClock()
    clock.time = 1000
    const limiter = adaptiveLimiter({ initial: 1, max: 1, queue: 9, clock })
    const gate = deferred()
    const first = limiter.execute(() => gate.promise)
    const second = limiter.execute(() => 'second')
    const waits: number[] = []
    limiter.on('dequeue', ({ waited }) => waits.push(waited))
    clock.time = 500
    gate.resolve(1)
    await first
    expect(await second).toBe('second')
    expect(waits).toEqual([0])
  })
})

describe('where contexts are reached by promises', () => {
  it('refuses and starts no call that was given up in between', async () => {
    const clock = virtualClock()
    const reached: (() => void)[] = []
    const refused: number[] = []
    const queue = new CallQueue(
      {
        clock,
        prioritized: false,
        choice: undefined,
        owes: () => false,
        admit() {},
        refusal: () => new Error('refused'),
      },
      { queue: 9, maxWait: 10, order: 'fifo', target: 10, interval: 100 },
    )
    const scopeOf = (over: boolean) => ({
      over,
      note() {},
      notEntered() {},
      remaining: () => Number.POSITIVE_INFINITY,
      waitContext: () => ({ runInAsyncScope: (work: () => void) => reached.push(work) }),
      refuse: (index: number) => refused.push(index),
    })
    for (const over of [true, false]) queue.add(scopeOf(over) as unknown as Scope, Number(over), undefined, 0)
    await clock.advance(10)
    for (const work of reached) work()
    expect(refused).toEqual([0])
    expect([queue.length, clock.pending]).toEqual([0, 0])
  })
})
