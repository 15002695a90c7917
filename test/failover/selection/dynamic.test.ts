import { dynamic } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ask, candidates, keyless, type Made, steady, ten } from './candidates.ts'

describe('dynamic', () => {
  const settled = { blackout: 0, minimumCalls: 1 } as const

  /** The share of a after some moves with nothing under way. */
  function shareOfA(list: Made[], options: Parameters<typeof dynamic>[0], moves = 40): number {
    const { picker, pick, shares } = ask(dynamic(options), { random: seededRandom(1) })
    for (let i = 0; i < moves; i++) {
      for (const each of list) if (each.latency !== undefined) picker.settled?.(each, true, each.latency, i * 1000)
      pick(list, undefined, i * 1000)
    }
    return shares(list, 20_000, moves * 1000 - 1)['a'] ?? 0
  }

  const four = (a: Partial<Made>): Made[] => {
    const list = candidates([1, 1, 1, 1])
    for (const each of list) each.latency = 10
    Object.assign(list[0] as Made, a)
    return list
  }

  it('gives weight by speed, success and free capacity', () => {
    expect(shareOfA(four({}), settled)).toBeCloseTo(1 / 4, 2)
    // Mean 12.5: 0.625 against 3 of 1.25.
    expect(shareOfA(four({ latency: 20 }), settled)).toBeCloseTo(0.625 / (0.625 + 3.75), 2)
    // Draws by weight 0.5; of two draws the one that does not fail is taken.
    expect(shareOfA(four({ trust: 0.5 }), settled)).toBeLessThan(0.5 / 3.5 / 2)
    expect(shareOfA(four({ load: { utilisation: 0.75, rate: 0, errors: 0, at: 39_000 } }), settled)).toBeCloseTo(
      0.25 / 3.25,
      2,
    )
  })

  it('keeps base weights for the blackout and without enough answers', () => {
    expect(shareOfA(four({ latency: 1000 }), { ...settled, blackout: '60s' })).toBeCloseTo(1 / 4, 2)
    expect(shareOfA(four({ latency: 1000 }), { ...settled, minimumCalls: 1000 })).toBeCloseTo(1 / 4, 2)
  })

  it('drops a report and a latency after their expiry', () => {
    const old = { utilisation: 0.9, rate: 0, errors: 0, at: 0 }
    expect(shareOfA(four({ load: old }), { ...settled, expiry: '30s' }, 80)).toBeCloseTo(1 / 4, 1)
  })

  it('moves no further in one step than the slew allows, and never below the floor', () => {
    const full = { load: { utilisation: 1, rate: 0, errors: 0, at: 190_000 } }
    const weightAfter = (moves: number, slew: number): number => {
      const share = shareOfA(four(full), { ...settled, slew }, moves)
      return (3 * share) / (1 - share)
    }
    expect(weightAfter(1, 1.1)).toBeCloseTo(1 / 1.1, 1)
    expect(weightAfter(200, 2)).toBeCloseTo(0.05, 1)
    expect(weightAfter(200, 2)).toBeGreaterThan(0.02)
  })

  it('tolerates latencies of 0, and an empty history', () => {
    expect(shareOfA(four({ latency: 0 }), settled)).toBeLessThan(1)
    expect(shareOfA(candidates([1, 1, 1, 1]), settled)).toBeCloseTo(1 / 4, 2)
  })

  it('sends less than 4 % to one of ten that is five times slower', () => {
    expect(steady(dynamic({ blackout: 0 }), ten(), { a: 5 })['a']).toBeLessThan(0.04)
  })

  it('draws among the others for a further try', () => {
    const list = candidates([1, 1])
    const { picker } = ask(dynamic(), { random: seededRandom(6) })
    expect(picker.next?.(list, keyless, 0, list.slice(0, 1))?.name).toBe('b')
  })

  it('refuses wrong options', () => {
    expect(() => dynamic({ slew: 0.5 })).toThrow('dynamic: slew must be a finite number >= 1, got 0.5')
    expect(() => dynamic({ floor: 2 })).toThrow('dynamic: floor must be a number from 0 to 1, got 2')
    expect(() => dynamic({ every: 0 })).toThrow('dynamic: every must be a duration > 0, got 0')
  })
})
