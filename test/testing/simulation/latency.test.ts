import { exponentialLatency, type Latency, lognormalLatency, seededRandom, uniformLatency } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { quantile, summary } from '../../../src/testing/simulation/statistics.ts'

describe('latencies', () => {
  const drawn = (latency: Latency, count = 100_000): Float64Array => {
    const source = seededRandom(3)
    return Float64Array.from({ length: count }, () => latency(source)).sort()
  }

  it('have the quantiles of their distributions', () => {
    const exponential = drawn(exponentialLatency('10ms'))
    for (const q of [0.1, 0.5, 0.9, 0.99]) {
      expect((quantile(exponential, q) as number) / (-10 * Math.log(1 - q))).toBeCloseTo(1, 1)
    }
    const uniform = drawn(uniformLatency('5ms', 15))
    expect([uniform[0], uniform.at(-1)].map((bound) => Math.round(bound as number))).toEqual([5, 15])
    for (const q of [0.1, 0.5, 0.9]) expect(quantile(uniform, q)).toBeCloseTo(5 + 10 * q, 0)
    const lognormal = drawn(lognormalLatency({ median: '20ms', p99: '200ms' }))
    expect((quantile(lognormal, 0.5) as number) / 20).toBeCloseTo(1, 1)
    expect((quantile(lognormal, 0.99) as number) / 200).toBeCloseTo(1, 1)
  })

  it('are summarised by nearest rank', () => {
    const samples = Array.from({ length: 1000 }, (_, i) => ((i * 7) % 1000) + 1)

    expect(summary(samples)).toEqual({ mean: 500.5, p50: 500, p90: 900, p99: 990, p999: 999, max: 1000 })
    expect(summary([3])).toEqual({ mean: 3, p50: 3, p90: 3, p99: 3, p999: 3, max: 3 })
    expect(quantile(Float64Array.from([1, 2]), 0)).toBe(1)
  })

  it('refuse wrong times', () => {
    expect(() => exponentialLatency(0)).toThrow('exponentialLatency: mean must be a duration > 0, got 0')
    expect(() => uniformLatency(-1, 2)).toThrow('uniformLatency: min must be a duration >= 0, got -1')
    expect(() => uniformLatency(3, 2)).toThrow('uniformLatency: max must be >= min, got 2 < 3')
    expect(() => lognormalLatency({ median: 0, p99: 1 })).toThrow(
      'lognormalLatency: median must be a duration > 0, got 0',
    )
    expect(() => lognormalLatency({ median: 2, p99: 2 })).toThrow('lognormalLatency: p99 must be > median, got 2 <= 2')
  })
})
