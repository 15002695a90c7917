import { peakEwma } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { peakAfter, peakAt } from '../../../src/stats/peak-ewma.ts'
import { ask, candidates, loaded, type Made, steady, ten } from './candidates.ts'
import { pickerVectors } from './vectors.ts'

describe('peakEwma', () => {
  it('has the published costs', () => {
    let [mean, at] = [0, 0]
    for (const { t, rtt, cost } of pickerVectors.peakEwma.samples) {
      mean = peakAfter(mean, rtt, t - at, 10_000)
      at = t
      expect(mean).toBeCloseTo(cost, 3)
    }
    const { cost, after_ms, value } = pickerVectors.peakEwma.readDecay
    expect(peakAt(cost, after_ms, 10_000)).toBeCloseTo(value, 3)
  })

  it('decays the same by samples as by time, and tolerates a clock that steps back', () => {
    let one = 10
    for (let t = 11; t <= 30; t++) one = peakAfter(one, 10, 1, 1000)
    expect(peakAfter(one, 5, 10, 1000)).toBeCloseTo(peakAfter(peakAfter(10, 10, 20, 1000), 5, 10, 1000), 9)
    expect(peakAfter(10, 5, -40, 1000)).toBe(10)
    expect(peakAt(10, -1000, 1000)).toBe(10)
  })

  it('keeps the cost of a member that was absent', () => {
    const list = candidates([1, 1])
    const { picker, picks } = ask(peakEwma(), { random: seededRandom(1) })
    picks(list, 1)
    picker.settled?.(list[0] as Made, true, 500, 0)
    picker.settled?.(list[1] as Made, true, 5, 0)
    picks(list.slice(1), 1)
    picker.settled?.(list[0] as Made, true, 1, 0)
    expect(picks([...list], 50)).not.toContain('a')
  })

  it('takes the lowest cost times tries under way, and first those that never had a try', () => {
    const list = loaded([3, 1, 0])
    const { picker, pick } = ask(peakEwma(), { random: seededRandom(1) })
    pick(list)
    for (const [i, took] of [10, 100].entries()) picker.settled?.(list[i] as Made, true, took, 0)
    // 40 against 200; against nothing known of c.
    expect(new Set(Array.from({ length: 50 }, () => pick(list.slice(0, 2))))).toEqual(new Set(['a']))
    expect(new Set(Array.from({ length: 50 }, () => pick([list[0], list[2]] as Made[])))).toEqual(new Set(['c']))
    // A first try under way: nobody else follows before it is known what it costs.
    ;(list[2] as Made).pending = 1
    expect(new Set(Array.from({ length: 50 }, () => pick([list[0], list[2]] as Made[])))).toEqual(new Set(['a']))
  })

  it('counts a slow failure as slow, and ignores a quick one', () => {
    const list = candidates([1, 1])
    const { picker, picks } = ask(peakEwma(), { random: seededRandom(1) })
    picks(list, 1)
    for (const each of list) picker.settled?.(each, true, 50, 0)
    picker.settled?.(list[0] as Made, false, 1, 0)
    expect(picks(list, 100)).toContain('a')
    picker.settled?.(list[0] as Made, false, 2000, 0)
    expect(picks(list, 100)).not.toContain('a')
  })

  it('never prefers a member that fails at once, even one that never answered', () => {
    const list = candidates([1, 1])
    const { picker, picks } = ask(peakEwma(), { random: seededRandom(1) })
    picks(list, 1)
    picker.settled?.(list[1] as Made, true, 500, 0)
    ;(list[0] as Made).trust = 0.8

    expect(picks(list, 100)).not.toContain('a')
  })

  it('sends less than 4 % to one of ten that is five times slower, and tries it again in time', () => {
    const found = steady(peakEwma(), ten(), { a: 5 })
    expect(found['a']).toBeLessThan(0.04)
    expect(found['a']).toBeGreaterThan(0)
  })
})
