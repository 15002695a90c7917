import { type AdaptiveLimiterOptions, adaptiveLimiter } from 'holdfast'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { PriorityHistogram, queueRejectRate } from '../../src/adaptive-limiter/priorities.ts'
import { deferred, ended } from '../composition/deferred.ts'

function made(options: AdaptiveLimiterOptions) {
  const clock = virtualClock()
  const limiter = adaptiveLimiter({ clock, random: seededRandom(5), ...options })
  const faults: string[] = []
  limiter.on('fault', ({ source }) => faults.push(source))
  const reasonOf = async (priority: number) => {
    const end = await ended(limiter.execute(() => 1, { priority }))
    return end.ok ? 'in' : (end.error as { reason: string }).reason
  }
  return { clock, limiter, faults, reasonOf }
}

describe('priorities', () => {
  it('leave the queue most important first, and gain one for each target that they waited', async () => {
    const { limiter, clock } = made({ initial: 4, max: 4, queue: 99, order: 'fifo', priority: 'level' })
    const gate = deferred()
    const served: string[] = []
    const calls: Promise<unknown>[] = [1, 2, 3, 4].map(() => limiter.execute(() => gate.promise))
    const wait = (name: string, priority: number) =>
      calls.push(limiter.execute(async () => served.push(name), { priority }))
    wait('low', 0)
    await clock.advance(15)
    wait('middle', 1)
    wait('high', 3)
    await clock.advance(1)
    wait('late middle', 1)
    gate.resolve(1)
    await Promise.all(calls)
    // 0 + 1.6, 1 + 0.1, 3 + 0.1, 1 + 0
    expect(served).toEqual(['high', 'low', 'middle', 'late middle'])
  })

  it('leave a queue of the newest first by priority, the newest of each first', async () => {
    const { limiter } = made({ initial: 4, max: 4, queue: 99, order: 'lifo', priority: 'level' })
    const gate = deferred()
    const served: number[] = []
    const calls: Promise<unknown>[] = [1, 2, 3, 4].map(() => limiter.execute(() => gate.promise))
    for (const [at, priority] of [0, 5, 5, 0].entries()) {
      calls.push(limiter.execute(async () => served.push(at), { priority }))
    }
    gate.resolve(1)
    await Promise.all(calls)
    expect(served).toEqual([2, 1, 3, 0])
  })

  it('are refused for their wait, the oldest of all first, where the newest go first', async () => {
    const { limiter, clock } = made({ initial: 4, max: 4, queue: 99, priority: 'level' })
    const gate = deferred()
    const running = [1, 2, 3, 4].map(() => limiter.execute(() => gate.promise))
    const refused: number[] = []
    const wait = (name: number, priority: number) =>
      void limiter.execute(() => name, { priority }).catch(() => refused.push(name))
    wait(0, 0)
    await clock.advance(50)
    wait(1, 7)
    await clock.advance(10)
    wait(2, 0)
    await clock.advance(30)
    wait(3, 7)
    await clock.advance(11)
    wait(4, 3)
    await clock.advance(0)
    expect(refused).toEqual([0, 1, 2, 3])
    expect(limiter.queued).toBe(1)
    gate.resolve(1)
    await Promise.all(running)
  })

  it('are refused, the least important first, while the queue grows', async () => {
    const { limiter, reasonOf } = made({ initial: 1, max: 1, queue: 6, order: 'fifo', priority: 'level' })
    const gate = deferred()
    const calls = [1, 2, 3].map(() => limiter.execute(() => gate.promise, { priority: 1 }))
    expect([limiter.queued, limiter.threshold]).toEqual([2, undefined])
    calls.push(limiter.execute(() => gate.promise, { priority: 0 }))
    // 3 of 3 times the limit: as the queue of 6 is at most three times the limit, all but the most important.
    expect([limiter.queued, limiter.threshold, limiter.snapshot().threshold]).toEqual([3, 1, 1])
    expect(await reasonOf(0)).toBe('priority')
    const important = limiter.execute(() => gate.promise, { priority: 1 })
    expect(limiter.queued).toBe(4)
    gate.resolve(1)
    await Promise.all([...calls, important])
    expect(limiter.threshold).toBe(undefined)
  })

  it('follow the latest arrivals only', () => {
    const seen = new PriorityHistogram()
    expect(seen.cut(0.5)).toEqual({ threshold: Number.NEGATIVE_INFINITY, part: 0 })
    for (let i = 0; i < 500; i++) seen.saw(0)
    for (let i = 0; i < 500; i++) seen.saw(1)
    expect(seen.cut(0.25)).toEqual({ threshold: 0, part: 0.5 })
    expect(seen.cut(0.75)).toEqual({ threshold: 1, part: 0.5 })
    expect(seen.cut(1)).toEqual({ threshold: 1, part: 1 })
    for (let i = 0; i < 500; i++) seen.saw(1)
    seen.saw(1)
    expect(seen.cut(0)).toEqual({ threshold: 1, part: 0 })
  })

  it('are refused sooner where the queue is short', () => {
    expect(queueRejectRate(0, 10, 0)).toBe(0)
    expect(queueRejectRate(4, 10, 6)).toBe(0)
    expect(queueRejectRate(5, 10, 6)).toBe(0.5)
    expect(queueRejectRate(6, 10, 6)).toBe(1)
  })
})

describe('overload', () => {
  it('refuses that share of the calls, by chance', async () => {
    const { limiter, reasonOf } = made({ overload: () => 0.25 })
    let refused = 0
    for (let i = 0; i < 1000; i++) if ((await reasonOf(0)) === 'overload') refused++
    expect(refused).toBeGreaterThan(200)
    expect(refused).toBeLessThan(300)
    expect(limiter.snapshot().rejections).toEqual({ overload: refused })
    expect(limiter.threshold).toBe(undefined)
  })

  it('refuses the least important calls first, and by chance among equals', async () => {
    const { limiter, reasonOf } = made({ overload: () => 0.75, priority: 'level' })
    const refused = [0, 0, 0]
    for (let i = 0; i < 3000; i++) {
      const priority = i % 3
      if ((await reasonOf(priority)) !== 'in') (refused[priority] as number)++
    }
    expect(limiter.threshold).toBe(2)
    const [low = 0, middle = 0, high = 0] = refused
    // All of the lowest, all of the middle, and a quarter of the highest third, but for the first few calls.
    expect(low).toBeGreaterThan(990)
    expect(middle).toBeGreaterThan(990)
    expect(high).toBeGreaterThan(200)
    expect(high).toBeLessThan(310)
  })

  it('refuses none at 0 and all at 1', async () => {
    let rate = 0
    const { clock, reasonOf } = made({ overload: () => rate, priority: 'level' })
    expect(await reasonOf(0)).toBe('in')
    rate = 1
    await clock.advance(100)
    expect(await reasonOf(0)).toBe('overload')
    expect(await reasonOf(1)).toBe('overload')
  })

  it('is read at most ten times a second, and at once after the clock was set back', async () => {
    let reads = 0
    const { clock, reasonOf } = made({
      overload: () => {
        reads++
        return 0
      },
    })
    for (let i = 0; i < 10; i++) await reasonOf(0)
    expect(reads).toBe(1)
    await clock.advance(99)
    await reasonOf(0)
    expect(reads).toBe(1)
    await clock.advance(1)
    await reasonOf(0)
    expect(reads).toBe(2)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('async')) as never],
    ['gives no number', () => '1' as never],
    ['gives more than 1', () => 2],
    [
      'throws',
      () => {
        throw new Error('overload')
      },
    ],
  ])('refuses none where it %s, which is a fault', async (_, overload) => {
    const { faults, reasonOf } = made({ overload })
    expect(await reasonOf(0)).toBe('in')
    expect(faults).toEqual(['overload'])
  })

  it('refuses none where random throws, which is a fault', async () => {
    const { faults, reasonOf } = made({
      overload: () => 1,
      random: () => {
        throw new Error('random')
      },
    })
    expect(await reasonOf(0)).toBe('in')
    expect(faults).toEqual(['random'])
  })

  it('loses nothing where it aborts the call', async () => {
    const caller = new AbortController()
    const { limiter } = made({
      overload: () => {
        caller.abort('left')
        return 1
      },
    })
    expect(await ended(limiter.execute(() => 1, { signal: caller.signal }))).toEqual({ ok: false, error: 'left' })
    expect(limiter.snapshot()).toMatchObject({ inflight: 0, rejections: {} })
  })
})
