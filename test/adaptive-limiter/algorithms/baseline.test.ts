import { describe, expect, it } from 'vitest'
import { Baseline } from '../../../src/adaptive-limiter/algorithms/baseline.ts'
import { Gradient } from '../../../src/adaptive-limiter/algorithms/gradient.ts'
import { Vegas } from '../../../src/adaptive-limiter/algorithms/vegas.ts'

const overload = { latency: Number.POSITIVE_INFINITY, inflight: 100, samples: 10, drops: 10 }

describe('a window of overload alone', () => {
  it('shrinks the limit by a tenth with gradient, and sets no baseline', () => {
    const gradient = new Gradient(1.5)
    expect(gradient.update(100, overload)).toBeCloseTo(90.8)
    expect(gradient.baseline).toBe(undefined)
  })

  it('shrinks the limit by a step with vegas, and sets no baseline', () => {
    const vegas = new Vegas()
    expect(vegas.update(100, overload)).toBe(98)
    expect(vegas.baseline).toBe(undefined)
  })
})

describe('the baseline', () => {
  it('is the least latency, and is measured again after 60 windows above it', () => {
    const baseline = new Baseline()
    for (const latency of [12, 10, 11]) expect(baseline.measures(latency)).toBe(false)
    expect(baseline.value).toBe(10)
    for (let i = 1; i < 59; i++) baseline.measures(20)
    expect(baseline.probing).toBe(false)
    // Met again: the count begins again.
    baseline.measures(10)
    for (let i = 0; i < 60; i++) {
      expect(baseline.probing).toBe(false)
      baseline.measures(20)
    }
    for (const latency of [16, 15, 17]) {
      expect(baseline.probing).toBe(true)
      expect(baseline.measures(latency)).toBe(true)
    }
    expect([baseline.probing, baseline.value]).toEqual([false, 15])
  })

  it('stays where all windows of a probe are overloaded', () => {
    const baseline = new Baseline()
    baseline.measures(10)
    for (let i = 0; i < 63; i++) baseline.measures(Number.POSITIVE_INFINITY)
    expect([baseline.probing, baseline.value]).toEqual([false, 10])
  })
})
