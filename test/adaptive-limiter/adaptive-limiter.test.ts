import { adaptiveLimiter, isHoldfastError, type LimitAlgorithm, LimitReachedError, RejectedError } from 'holdfast'
import { type VirtualClock, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { policyOf } from '../../src/core/policy-of.ts'
import { Alarm } from '../../src/core/timer.ts'
import { deferred, ended } from '../composition/deferred.ts'
import { steppedClock } from '../rate-limiter/stepped-clock.ts'

function sleep(clock: VirtualClock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(new Alarm(resolve), ms))
}

/** Moves the limit to each of these in turn. */
const moves = (...limits: readonly number[]): LimitAlgorithm => {
  const left = [...limits]
  return { update: (limit) => left.shift() ?? limit }
}

const each = { every: 1, samples: 1 }

describe('the limit', () => {
  it('admits as many calls at once, and refuses the next one', async () => {
    const limiter = adaptiveLimiter({ name: 'store', initial: 2, clock: virtualClock() })
    const gate = deferred()
    const inside = [1, 2].map(() => limiter.execute(() => gate.promise))
    const { error } = (await ended(limiter.execute(() => 'third'))) as { error: LimitReachedError }
    expect(error).toBeInstanceOf(LimitReachedError)
    expect(error).toBeInstanceOf(RejectedError)
    expect(isHoldfastError(error)).toBe(true)
    expect({ ...error, code: error.code, message: error.message }).toEqual({
      code: 'HF_LIMIT_REACHED',
      message: 'store: limit reached (limit)',
      policy: 'store',
      reason: 'limit',
      retryAfter: undefined,
    })
    gate.resolve('in')
    expect(await Promise.all(inside)).toEqual(['in', 'in'])
    expect(await limiter.execute(() => 'third')).toBe('third')
  })

  it('is the nearest to 20 between min and max at first', () => {
    expect(adaptiveLimiter().limit).toBe(20)
    expect(adaptiveLimiter({ max: 7 }).limit).toBe(7)
    expect(adaptiveLimiter({ min: 30 }).limit).toBe(30)
  })

  it.each([
    ['gradient', 22],
    ['vegas', 32],
    ['aimd', 23],
  ] as const)('grows with %s while calls are quick', async (algorithm, limit) => {
    const clock = virtualClock()
    const limiter = adaptiveLimiter({ algorithm, window: { every: 10, samples: 10 }, clock })
    for (let i = 0; i < 4; i++)
      await Promise.all(Array.from({ length: 20 }, () => limiter.execute(() => clock.advance(10))))
    expect(limiter.limit).toBe(limit)
    expect(limiter.baseline).toBe(algorithm === 'aimd' ? undefined : 10)
  })

  it('stays between min and max, whatever the algorithm says', async () => {
    const clock = virtualClock()
    const limiter = adaptiveLimiter({ min: 3, max: 9, initial: 4, window: each, algorithm: moves(100, -5, 6.9), clock })
    const seen: unknown[] = []
    limiter.on('limit', ({ from, to, cause }) => seen.push([from, to, cause]))
    for (let i = 0; i < 8; i++) await limiter.execute(() => clock.advance(1))
    expect(seen).toEqual([
      [4, 9, 'window'],
      [9, 3, 'window'],
      [3, 6, 'window'],
    ])
  })

  it('lets waiting calls start at once where it rises, and stops none where it falls', async () => {
    const clock = virtualClock()
    const limiter = adaptiveLimiter({
      initial: 2,
      queue: 9,
      order: 'fifo',
      window: each,
      algorithm: moves(4, 1),
      clock,
    })
    const gates = Array.from({ length: 6 }, () => deferred())
    const calls = gates.map(({ promise }) => limiter.execute(() => promise))
    expect([limiter.inflight, limiter.queued]).toEqual([2, 4])
    await clock.advance(1)
    gates[0]?.resolve(0)
    await calls[0]
    await clock.advance(1)
    // The first sample begins the window, the second ends it.
    gates[1]?.resolve(1)
    await calls[1]
    expect([limiter.limit, limiter.inflight, limiter.queued]).toEqual([4, 4, 0])
    await clock.advance(1)
    gates[2]?.resolve(2)
    await calls[2]
    await clock.advance(1)
    gates[3]?.resolve(3)
    await calls[3]
    expect([limiter.limit, limiter.inflight]).toEqual([1, 2])
    for (const { resolve } of gates) resolve(0)
    await Promise.all(calls)
    expect(limiter.snapshot()).toMatchObject({ limit: 1, inflight: 0, queued: 0, samples: 2 })
  })

  it('keeps a permit until the work has settled, also of a caller that left', async () => {
    const limiter = adaptiveLimiter({ initial: 1, clock: virtualClock() })
    const gate = deferred()
    const caller = new AbortController()
    const left = ended(limiter.execute(() => gate.promise, { signal: caller.signal }))
    expect(policyOf(limiter)?.idleSince()).toBe(undefined)
    caller.abort('left')
    expect(await left).toEqual({ ok: false, error: 'left' })
    expect(limiter.inflight).toBe(1)
    expect((await ended(limiter.execute(() => 1))).ok).toBe(false)
    gate.resolve(1)
    await gate.promise
    expect(limiter.inflight).toBe(0)
    expect(limiter.snapshot().samples).toBe(0)
    expect(policyOf(limiter)?.idleSince()).toBe(Number.NEGATIVE_INFINITY)
  })

  it('refuses a call whose deadline has passed', async () => {
    const clock = virtualClock()
    const limiter = adaptiveLimiter({ clock })
    const past = await ended(limiter.execute(() => 1, { deadline: 0 }))
    expect(past).toMatchObject({ ok: false, error: { code: 'HF_LIMIT_REACHED', reason: 'deadline' } })
    expect(await limiter.execute(() => 1, { deadline: 1 })).toBe(1)
  })

  it('reports each refusal, and counts it by its reason', async () => {
    const limiter = adaptiveLimiter({ initial: 1, clock: virtualClock() })
    const seen: unknown[] = []
    limiter.on('reject', ({ reason, error }) => seen.push([reason, error.reason]))
    const gate = deferred()
    const first = limiter.execute(() => gate.promise)
    await ended(limiter.execute(() => 1))
    await ended(limiter.execute(() => 1, { deadline: 0 }))
    expect(seen).toEqual([
      ['limit', 'limit'],
      ['deadline', 'deadline'],
    ])
    expect(limiter.snapshot().rejections).toEqual({ limit: 1, deadline: 1 })
    gate.resolve(1)
    await first
  })

  it('keeps no permit of a call that a listener of reject aborts', async () => {
    const limiter = adaptiveLimiter({ initial: 1, clock: virtualClock() })
    const caller = new AbortController()
    limiter.on('reject', () => caller.abort('enough'))
    const gate = deferred()
    const first = limiter.execute(() => gate.promise)
    expect(await ended(limiter.execute(() => 1, { signal: caller.signal }))).toEqual({ ok: false, error: 'enough' })
    expect(limiter.inflight).toBe(1)
    gate.resolve(1)
    await first
    expect(limiter.inflight).toBe(0)
  })
})

describe('an algorithm of your own', () => {
  it('gets the latency, the most calls at once, and how many said overload', async () => {
    const clock = virtualClock()
    const windows: unknown[] = []
    const algorithm: LimitAlgorithm = {
      update: (limit, window) => {
        windows.push(window)
        return limit
      },
    }
    const limiter = adaptiveLimiter({ algorithm, window: { every: 50, samples: 3, quantile: 0.5 }, clock })
    const took = (ms: number) => limiter.execute(() => clock.advance(ms))
    await Promise.all([took(10), took(20), took(20)])
    await took(40)
    expect(windows).toEqual([{ latency: 20, inflight: 3, samples: 4, drops: 0 }])
    await ended(limiter.execute(() => Promise.reject({ status: 503 })))
    await ended(limiter.execute(() => Promise.reject({ status: 503 })))
    await took(60)
    expect(windows[1]).toEqual({ latency: Number.POSITIVE_INFINITY, inflight: 1, samples: 3, drops: 2 })
  })

  it('leaves the limit as it is where it throws, or gives no number', async () => {
    const clock = virtualClock()
    const failing: LimitAlgorithm = {
      update: () => {
        throw new Error('update')
      },
      get baseline(): number {
        throw new Error('baseline')
      },
      get probing(): boolean {
        throw new Error('probing')
      },
    }
    for (const algorithm of [
      failing,
      { update: () => 'many' as never },
      { update: () => Promise.reject(new Error('async')) as never },
      moves(Number.NaN),
    ]) {
      const faults: string[] = []
      const limiter = adaptiveLimiter({ algorithm, window: each, initial: 5, clock })
      limiter.on('fault', ({ source, error }) => faults.push(`${source}: ${(error as Error).message}`))
      for (let i = 0; i < 2; i++) await limiter.execute(() => clock.advance(1))
      expect(limiter.limit).toBe(5)
      expect(limiter.baseline).toBe(undefined)
      if (algorithm === failing) {
        expect(faults).toEqual(['algorithm: update', 'algorithm: probing', 'algorithm: baseline'])
      } else expect(faults).toEqual(['algorithm: update must return a number'])
    }
  })
})

describe('many calls', () => {
  it('are measured in part, and each that says overload counts', async () => {
    const clock = virtualClock()
    const limiter = adaptiveLimiter({ clock })
    for (let i = 0; i < 5000; i++) await limiter.execute(() => i)
    for (let i = 0; i < 20; i++) await ended(limiter.execute(() => Promise.reject({ status: 429 })))
    const { samples } = limiter.snapshot()
    expect(Math.abs(samples - 5020)).toBeLessThan(400)
    expect(limiter.inflight).toBe(0)
  })

  it('do not count, measured or not, if they began before the probe', async () => {
    const clock = virtualClock()
    let probing = false
    const algorithm = {
      update: (limit: number) => {
        probing = true
        return limit
      },
      get probing() {
        return probing
      },
    }
    const limiter = adaptiveLimiter({ algorithm, initial: 30, max: 30, window: { every: 10, samples: 1 }, clock })
    for (let i = 0; i < 1000; i++) await limiter.execute(() => i)
    const gate = deferred()
    const late = Array.from({ length: 8 }, () => ended(limiter.execute(() => gate.promise)))
    await clock.advance(10)
    for (let i = 0; i < 8 && !probing; i++) await limiter.execute(() => i)
    expect([probing, limiter.limit]).toEqual([true, 15])
    gate.reject({ status: 503 })
    await Promise.all(late)
    expect(limiter.snapshot()).toMatchObject({ samples: 0, inflight: 0 })
    for (let i = 0; i < 3; i++) await ended(limiter.execute(() => Promise.reject({ status: 503 })))
    expect(limiter.snapshot().samples).toBe(3)
  })
})

describe('a probe', () => {
  it('runs at half the limit, and counts only calls that began in it', async () => {
    const clock = virtualClock()
    const windows: number[] = []
    let probing = false
    const algorithm = {
      update: (limit: number, { latency }: { latency: number }) => {
        windows.push(latency)
        probing = windows.length === 1
        return limit
      },
      baseline: 7,
      get probing() {
        return probing
      },
    }
    const limiter = adaptiveLimiter({ algorithm, initial: 9, window: each, clock })
    const seen: unknown[] = []
    limiter.on('probe', ({ probing, baseline }) => seen.push([probing, baseline]))
    limiter.on('limit', ({ from, to, cause }) => seen.push([from, to, cause]))
    const gate = deferred()
    const late = limiter.execute(() => gate.promise)
    for (let i = 0; i < 2; i++) await limiter.execute(() => clock.advance(1))
    expect([limiter.limit, limiter.snapshot().probing]).toEqual([4, true])
    await clock.advance(50)
    gate.resolve(1)
    await late
    for (let i = 0; i < 2; i++) await limiter.execute(() => clock.advance(3))
    expect([limiter.limit, limiter.snapshot().probing]).toEqual([9, false])
    expect(windows).toEqual([1, 3])
    expect(seen).toEqual([
      [true, 7],
      [9, 4, 'probe'],
      [false, 7],
      [4, 9, 'probe'],
    ])
  })
})

describe('under constant overload', () => {
  it('follows its algorithm through probes, for as long as it runs', async () => {
    const clock = virtualClock()
    const limiter = adaptiveLimiter({ window: { every: 10, samples: 5 }, initial: 10, max: 100, clock })
    let inside = 0
    /** A server of capacity 8: what is above queues. */
    const work = async () => {
      inside++
      await sleep(clock, 10 * Math.max(1, inside / 8))
      inside--
    }
    let most = 0
    const ends = 20_000
    const client = async () => {
      while (clock.now() < ends) {
        const end = await ended(limiter.execute(work))
        if (!end.ok) await sleep(clock, 7)
        most = Math.max(most, limiter.limit)
      }
    }
    const clients = Promise.all(Array.from({ length: 40 }, client))
    await clock.settle(clients)
    // 1.5 * 8 + 4 = 16.
    expect(most).toBeLessThan(30)
    expect(limiter.limit).toBeGreaterThanOrEqual(8)
    expect(limiter.baseline).toBeLessThan(15)
    expect([limiter.inflight, clock.pending]).toEqual([0, 0])
  })
})

describe('the clock', () => {
  it('may be set back: a call over that instant does not count, and the window begins again', async () => {
    const clock = steppedClock()
    clock.time = 1000
    const limiter = adaptiveLimiter({ window: { every: 100, samples: 1 }, clock })
    const took = (ms: number) =>
      limiter.execute(async () => {
        clock.time += ms
      })
    await took(10)
    await took(-500)
    expect(limiter.snapshot().samples).toBe(1)
    await took(10)
    await took(99)
    expect([limiter.snapshot().samples, limiter.baseline]).toEqual([3, undefined])
    await took(1)
    expect([limiter.snapshot().samples, limiter.baseline]).toEqual([0, 99])
  })
})

describe('the options', () => {
  it('are bound to each other', () => {
    expect(() => adaptiveLimiter({ min: 5, max: 4 })).toThrow(
      'adaptiveLimiter: max must be an integer >= min (5), got 4',
    )
    expect(() => adaptiveLimiter({ initial: 1, min: 2 })).toThrow('initial must be an integer from 2 to 200, got 1')
    expect(() => adaptiveLimiter({ target: 50, interval: 40 })).toThrow('interval must be a duration >= target (50 ms)')
    expect(() => adaptiveLimiter({ maxWait: undefined as never, order: 'fifo', queue: 0 })).not.toThrow()
    expect(() => adaptiveLimiter({ partitions: { a: 1 } })).toThrow('partition must be given with partitions')
    expect(() => adaptiveLimiter({ partitions: {}, partition: () => 'a' })).toThrow('partitions must be shares by name')
  })

  it('are described as they are used', () => {
    const { options } = (
      adaptiveLimiter({ max: 10, tolerance: 2, window: { every: '2s' } }) as unknown as {
        describe(): { options: object }
      }
    ).describe()
    expect(options).toMatchObject({
      algorithm: 'gradient',
      initial: 10,
      min: 1,
      max: 10,
      tolerance: 2,
      window: { every: 2000, samples: 10, quantile: 0.9 },
      queue: 0,
      order: 'adaptive',
    })
  })
})
