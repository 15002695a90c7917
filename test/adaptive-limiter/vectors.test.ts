import { adaptiveLimiter, type LimitAlgorithm, type LimiterWindow } from 'holdfast'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { Aimd } from '../../src/adaptive-limiter/algorithms/aimd.ts'
import { Gradient } from '../../src/adaptive-limiter/algorithms/gradient.ts'
import { Vegas } from '../../src/adaptive-limiter/algorithms/vegas.ts'
import { Partition } from '../../src/adaptive-limiter/partitions.ts'
import { PriorityHistogram, queueRejectRate } from '../../src/adaptive-limiter/priorities.ts'
import { RequestCodel } from '../../src/adaptive-limiter/queue/codel.ts'
import { ControlledDelay } from '../../src/adaptive-limiter/queue/controlled-delay.ts'
import { deferred, ended } from '../composition/deferred.ts'
import limitVectors from '../data/policies/adaptive-limit.json'
import envoyVectors from '../data/policies/adaptive-limit-envoy.json'
import partitionVectors from '../data/policies/adaptive-partitions.json'
import codelVectors from '../data/policies/codel.json'
import priorityVectors from '../data/policies/priority-shedding.json'

interface Step {
  readonly rtt: number
  readonly inflight: number
  readonly drop?: boolean
  readonly limit: number
  readonly estimate?: number
  readonly long?: number
  readonly minRtt?: number
}

interface Limits {
  readonly aimd: readonly { init: number; min: number; max: number; steps: readonly Step[] }[]
  readonly vegas: readonly { init: number; max: number; smoothing: number; steps: readonly Step[] }[]
  readonly gradient2: readonly { init: number; steps: readonly Step[] }[]
  readonly drift: Readonly<Record<string, readonly { sample: number; limit: number; base: number }[]>>
}

const limits: Limits = limitVectors as never

/** One step of a vector is one window. */
function windowOf({ rtt, inflight, drop = false }: Step): LimiterWindow {
  return { latency: rtt, inflight, samples: 1, drops: drop ? 1 : 0 }
}

const between = (min: number, max: number, value: number) => Math.max(min, Math.min(max, value))

describe('the algorithms', () => {
  it.each(limits.aimd)('AIMD has the limits of the reference', ({ init, min, max, steps }) => {
    const aimd = new Aimd()
    let limit = init
    for (const step of steps) {
      limit = between(min, max, aimd.update(limit, windowOf(step)))
      expect(limit).toBe(step.limit)
    }
  })

  it.each(limits.vegas)(
    'Vegas has the limits of the reference, smoothing $smoothing',
    ({ init, max, smoothing, steps }) => {
      const vegas = new Vegas(smoothing)
      let limit = init
      for (const step of steps) {
        limit = between(1, max, vegas.update(limit, windowOf(step)))
        expect(Math.floor(limit)).toBe(step.limit)
        if (step.estimate !== undefined) expect(limit).toBeCloseTo(step.estimate, 6)
        if (step.minRtt !== undefined) expect(vegas.baseline).toBe(step.minRtt)
      }
    },
  )

  it('the gradient has the limits of Gradient2 for as long as the average is the minimum', () => {
    for (const { init, steps } of limits.gradient2) {
      const gradient = new Gradient(1.5)
      let limit = init
      const same = steps.findIndex(({ long }) => long !== 10)
      for (const step of steps.slice(0, same)) {
        limit = gradient.update(limit, windowOf(step))
        expect(Math.floor(limit)).toBe(step.limit)
        expect(limit).toBeCloseTo(step.estimate ?? Number.NaN, 6)
      }
      expect(same).toBe(6)
    }
  })
})

/** A server that queues beyond its capacity, always full. */
function overload(
  algorithm: LimitAlgorithm,
  latency: (inflight: number, sample: number) => number,
  samples: readonly number[],
) {
  let limit = 20
  const found: { sample: number; limit: number; base: number }[] = []
  for (let sample = 1; sample <= Math.max(...samples); sample++) {
    const inflight = Math.max(1, Math.floor(algorithm.probing ? limit / 2 : limit))
    const window = { latency: latency(inflight, sample), inflight, samples: 10, drops: 0 }
    limit = between(1, 1000, algorithm.update(limit, window))
    if (samples.includes(sample)) {
      const base = Math.round((algorithm.baseline ?? Number.NaN) * 1000) / 1000
      found.push({ sample, limit: Math.floor(limit), base })
    }
  }
  return found
}

describe('under constant overload', () => {
  const { drift } = limits
  const samples = (name: string) => (drift[name] ?? []).map(({ sample }) => sample)

  it.each([
    ['gradientHalfProbe', () => new Gradient(1.5), (inflight: number) => 10 * Math.max(1, inflight / 40)],
    ['vegasHalfProbe', () => new Vegas(), (inflight: number) => 10 * Math.max(1, inflight / 40)],
    [
      'gradientHalfProbeServerSlowsAt5000To20ms',
      () => new Gradient(1.5),
      (inflight: number, sample: number) => (sample > 5000 ? 20 : 10) * Math.max(1, inflight / 40),
    ],
    [
      'gradientHalfProbeCapacityHalvesAt5000',
      () => new Gradient(1.5),
      (inflight: number, sample: number) => 10 * Math.max(1, inflight / (sample > 5000 ? 20 : 40)),
    ],
  ])('%s stays at the capacity with a short queue', (name, make, latency) => {
    expect(overload(make(), latency, samples(name))).toEqual(drift[name])
  })

  it('the gradient stays there with 30 % of noise', () => {
    const name = 'gradientHalfProbeNoise30%'
    const random = seededRandom(7)
    const noisy = (inflight: number) => 10 * Math.max(1, inflight / 40) * (1 + 0.3 * random())
    for (const { limit, base } of overload(new Gradient(1.5), noisy, samples(name))) {
      expect(limit).toBeGreaterThanOrEqual(50)
      expect(limit).toBeLessThanOrEqual(66)
      expect(base).toBeLessThan(12)
    }
  })
})

describe('an algorithm of your own', () => {
  it('gets the windows: Envoy in a limiter has the limits of its vectors', async () => {
    for (const { init, minRtt, steps } of envoyVectors.cases) {
      const clock = virtualClock()
      const algorithm: LimitAlgorithm = {
        update: (limit, { latency }) =>
          Math.max(3, Math.floor(between(0.5, 2, (minRtt * 1.25) / latency) * limit + Math.sqrt(limit))),
      }
      const limiter = adaptiveLimiter({ algorithm, initial: init, window: { samples: 1, every: 1 }, clock })
      for (const { sample, limit } of steps) {
        for (const _ of [1, 2]) {
          const gate = deferred()
          const call = limiter.execute(() => gate.promise)
          await clock.advance(sample)
          gate.resolve(1)
          await call
        }
        expect(limiter.limit).toBe(limit)
      }
    }
  })
})

describe('partitions', () => {
  it.each(partitionVectors.cases)('have their part of the limit $limit', ({ limit, shares, limits }) => {
    const parts = Object.entries(shares).map(([name, share]) => [name, new Partition(name, Number(share)).of(limit)])
    expect(Object.fromEntries(parts)).toEqual(limits)
  })

  it.each(partitionVectors.admission)('$ask: $why', async ({ limit, shares, inflight, ask, ok }) => {
    const clock = virtualClock()
    const limiter = adaptiveLimiter({ initial: limit, partitions: shares, partition: ({ key }) => key, clock })
    const gate = deferred()
    // What another partition has above its share was lent to it, so that one comes first.
    const names = Object.entries(inflight).sort((one, other) => other[1] - one[1])
    const running = names.flatMap(([key, count]) =>
      Array.from({ length: count }, () => limiter.execute(() => gate.promise, { key })),
    )
    expect(limiter.inflight).toBe(running.length)
    const asked = ended(limiter.execute(() => gate.promise, { key: ask }))
    expect(limiter.inflight).toBe(running.length + Number(ok))
    gate.resolve(1)
    expect((await asked).ok).toBe(ok)
    await Promise.all(running)
  })
})

describe('the control of delays', () => {
  it('refuses what folly refuses', () => {
    const { target, interval, steps } = codelVectors.request
    const codel = new RequestCodel(target, interval)
    for (const { t, delay, overloaded, drop } of steps) {
      expect(codel.refuses(t, delay)).toBe(drop)
      expect(codel.overloaded).toBe(overloaded)
    }
  })

  it('has the order and the longest wait of Fail at Scale', () => {
    const { target, interval, steps } = codelVectors.controlled
    const delay = new ControlledDelay(target, interval)
    for (const { t, queueEmpty, maxWait, order } of steps) {
      if (queueEmpty) delay.empty(t)
      expect([delay.maxWait(t), delay.newestFirst(t) ? 'lifo' : 'fifo']).toEqual([maxWait, order])
    }
  })

  it.each(['fifo', 'lifo'] as const)('serves in the order of the vector: %s', async (order) => {
    const { servedAt10_20_30_40, overloadedServed } = codelVectors.adaptiveLifo
    const clock = virtualClock()
    const limiter = adaptiveLimiter({ initial: 1, max: 1, queue: 10, order, clock })
    const served: (string | undefined)[] = []
    const first = deferred()
    const running = [limiter.execute(() => first.promise)]
    for (const key of ['a', 'b', 'c', 'd']) {
      running.push(limiter.execute(async (call) => served.push(call.key), { key }))
      await clock.advance(1)
    }
    first.resolve(1)
    await Promise.all(running)
    expect(served).toEqual(order === 'fifo' ? servedAt10_20_30_40 : overloadedServed)
  })
})

describe('priorities', () => {
  it.each(priorityVectors.cases)(
    'are refused below $threshold at the rate $rejectRate',
    ({ histogram, rejectRate, threshold }) => {
      const seen = new PriorityHistogram()
      for (const [level, times] of Object.entries(histogram)) seen.saw(Number(level), times)
      expect(seen.cut(rejectRate).threshold).toBe(threshold)
    },
  )

  it.each(priorityVectors.queueRejectRate.rows)(
    'with $queued calls in the queue at the rate $rate',
    ({ limit, queued, rate }) => {
      expect(queueRejectRate(queued, limit, Number.POSITIVE_INFINITY)).toBeCloseTo(rate, 9)
    },
  )
})
