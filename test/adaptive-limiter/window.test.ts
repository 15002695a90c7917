import { describe, expect, it } from 'vitest'
import { SampleWindow } from '../../src/adaptive-limiter/window.ts'

const settings = { every: 100, samples: 10, quantile: 0.9 }

describe('a window', () => {
  it('begins with its first sample, and ends with the first after its length', () => {
    const window = new SampleWindow({ ...settings, samples: 2 })
    expect(window.add(5, 1, 1000)).toBe(false)
    expect(window.add(5, 1, 1099)).toBe(false)
    expect(window.add(5, 1, 1100)).toBe(true)
    expect(window.take(3)).toEqual({ latency: 5, inflight: 3, samples: 3, drops: 0 })
    expect(window.samples).toBe(0)
    expect(window.add(5, 1, 1101)).toBe(false)
  })

  it('goes on with too few samples, for at most five times as long', () => {
    const window = new SampleWindow(settings)
    for (const at of [0, 100, 200, 300, 400]) expect(window.add(5, 1, at)).toBe(false)
    expect(window.add(9, 1, 500)).toBe(true)
    expect(window.take(1)).toEqual({ latency: 9, inflight: 1, samples: 6, drops: 0 })
  })

  it('may need more samples than are kept', () => {
    const window = new SampleWindow({ ...settings, samples: 2000 })
    for (let i = 0; i < 1990; i++) expect(window.add(i, 1, i / 10)).toBe(false)
    let more = 0
    while (!window.add(more, 1, 200)) more++
    expect(more).toBeLessThan(20)
    expect(window.take(1).samples).toBeGreaterThanOrEqual(2000)
  })

  it('gives the quantile, with overload as the slowest', () => {
    const window = new SampleWindow(settings)
    for (let latency = 1; latency <= 20; latency++) window.add(latency, 1, 0)
    expect(window.take(1).latency).toBe(18)
    for (let latency = 1; latency <= 18; latency++) window.add(latency, 1, 0)
    for (const _ of [1, 2]) window.add(Number.POSITIVE_INFINITY, 1, 0)
    expect(window.take(1)).toMatchObject({ latency: 18, drops: 2 })
    for (let latency = 1; latency <= 17; latency++) window.add(latency, 1, 0)
    for (const _ of [1, 2, 3]) window.add(Number.POSITIVE_INFINITY, 1, 0)
    expect(window.take(1)).toMatchObject({ latency: Number.POSITIVE_INFINITY, drops: 3 })
  })

  it('keeps a part of very many latencies, enough for the quantile', () => {
    const window = new SampleWindow(settings)
    for (let i = 0; i < 100_000; i++) window.add((i * 7919) % 1000, 1, 0)
    const { latency, samples } = window.take(1)
    expect(Math.abs(samples - 100_000)).toBeLessThan(400)
    expect(Math.abs(latency - 900)).toBeLessThan(20)
  })

  it('begins again where the clock is set back', () => {
    const window = new SampleWindow({ ...settings, samples: 1 })
    window.add(5, 1, 1000)
    expect(window.add(5, 1, 500)).toBe(false)
    expect(window.add(5, 1, 599)).toBe(false)
    expect(window.add(5, 1, 600)).toBe(true)
  })

  it('measures every call while they are few, and about one in 16 of many', () => {
    const window = new SampleWindow({ ...settings, samples: 1 })
    const play = (calls: number) => {
      let measured = 0
      for (let i = 0; i < calls; i++) {
        const weight = window.weigh()
        if (weight === 0) continue
        measured++
        window.add(i % 100, weight, 0)
      }
      const { samples, latency } = window.take(1)
      expect(Math.abs(samples - calls)).toBeLessThanOrEqual(calls / 20)
      expect(Math.abs(latency - 90)).toBeLessThan(10)
      return measured
    }
    expect(play(400)).toBe(400)
    expect(play(400)).toBe(400)
    expect(play(100_000)).toBeLessThan(8000)
    for (const _ of [1, 2]) expect(Math.abs(play(100_000) - 100_000 / 16)).toBeLessThan(100)
    // Few again: the next window measures all of them.
    for (let i = 0; i < 1000; i++) window.weigh()
    window.add(1, 1, 0)
    window.take(1)
    expect(play(100)).toBe(100)
  })

  it('is no other where calls repeat in a pattern', () => {
    for (const period of [2, 3, 4, 5, 8, 16]) {
      const window = new SampleWindow({ ...settings, quantile: 0.9 })
      const slow = Math.floor(period / 2)
      for (const calls of [1000, 600, 2000, 4000, 10_000, 100_000, 100_000]) {
        for (let i = 0; i < calls; i++) {
          const weight = window.weigh()
          if (weight > 0) window.add(i % period < slow ? 10 : 1, weight, 0)
        }
        expect(window.take(1).latency).toBe(10)
      }
    }
  })
})
