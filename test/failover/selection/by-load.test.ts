import { dynamic, latencyWindow, peakEwma, reportedLoad } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { reportedWeight } from '../../../src/failover/selection/reported-load.ts'
import { peakAfter, peakAt } from '../../../src/stats/peak-ewma.ts'
import { pickerVectors } from '../vectors.ts'
import { ask, candidate, candidates, keyless, loaded, type Made, steady, ten } from './candidates.ts'

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

  it('is the same whether samples come or time passes, and stands a clock that steps back', () => {
    let one = 10
    for (let t = 11; t <= 30; t++) one = peakAfter(one, 10, 1, 1000)
    expect(peakAfter(one, 5, 10, 1000)).toBeCloseTo(peakAfter(peakAfter(10, 10, 20, 1000), 5, 10, 1000), 9)
    expect(peakAfter(10, 5, -40, 1000)).toBe(10)
    expect(peakAt(10, -1000, 1000)).toBe(10)
  })

  it('keeps what is known of a member that was away', () => {
    const list = candidates([1, 1])
    const { picker, picks } = ask(peakEwma(), { random: seededRandom(1) })
    picks(list, 1)
    picker.settled?.(list[0] as Made, true, 500, 0)
    picker.settled?.(list[1] as Made, true, 5, 0)
    picks(list.slice(1), 1)
    picker.settled?.(list[0] as Made, true, 1, 0)
    expect(picks([...list], 50)).not.toContain('a')
  })

  it('takes cost times what is under way, and those first that were never asked', () => {
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

  it('takes a slow failure for slow, and a quick one for nothing', () => {
    const list = candidates([1, 1])
    const { picker, picks } = ask(peakEwma(), { random: seededRandom(1) })
    picks(list, 1)
    for (const each of list) picker.settled?.(each, true, 50, 0)
    picker.settled?.(list[0] as Made, false, 1, 0)
    expect(picks(list, 100)).toContain('a')
    picker.settled?.(list[0] as Made, false, 2000, 0)
    expect(picks(list, 100)).not.toContain('a')
  })

  it('never prefers a member that fails at once, also one that never answered', () => {
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

describe('latencyWindow', () => {
  const { rtts, inWindow } = pickerVectors.leastRequestWeighted.mongoWindow

  it('draws among those within the window of the quickest alone', () => {
    const list = Object.keys(rtts).map((name, ordinal) => candidate(name, { ordinal }))
    const { picker, shares } = ask(latencyWindow(), { random: seededRandom(1) })
    for (const each of list) {
      for (let i = 0; i < 5; i++) picker.settled?.(each, true, rtts[each.name as keyof typeof rtts], 0)
    }
    const found = shares(list, 1000)

    expect(Object.keys(found).sort()).toEqual(inWindow)
  })

  it('gives those with few answers their chance, and looks again ten times a second', () => {
    const list = candidates([1, 1])
    const [a, b] = list as [Made, Made]
    const { picker, picks } = ask(latencyWindow({ window: 0 }), { random: seededRandom(1) })
    for (let i = 0; i < 5; i++) picker.settled?.(a, true, 5, 0)
    for (let i = 0; i < 4; i++) picker.settled?.(b, true, 6, 0)
    // A failure says nothing of the distance.
    picker.settled?.(b, false, 1000, 0)
    expect(picks(list, 100)).toContain('b')
    picker.settled?.(b, true, 7, 0)
    expect(picks(list, 100, 99)).toContain('b')
    expect(picks(list, 100, 100)).not.toContain('b')
  })

  it('takes no busy moment for distance, and learns a new distance once the old one is old', () => {
    const list = candidates([1, 1])
    const [a, b] = list as [Made, Made]
    const { picker, picks } = ask(latencyWindow(), { random: seededRandom(1) })
    for (const took of [6, 500, 500, 500, 500]) picker.settled?.(b, true, took, 0)
    for (let now = 0; now <= 30_000; now += 1000) {
      picker.settled?.(a, true, 5, now)
      if (now > 0) picker.settled?.(b, true, 90, now)
      const found = picks(list, 100, now)
      if (now < 10_000) expect(found).toContain('b')
      if (now >= 20_000) expect(found).not.toContain('b')
    }
  })

  it('asks a far one again from time to time, the further the later', () => {
    for (const [distance, after] of [
      [30, 12_164],
      [80, 41_589],
    ] as const) {
      const list = candidates([1, 1])
      const [a, b] = list as [Made, Made]
      const { picker, picks } = ask(latencyWindow(), { random: seededRandom(1) })
      for (let i = 0; i < 5; i++)
        for (const [member, took] of [
          [a, 5],
          [b, distance],
        ] as const)
          picker.settled?.(member, true, took, 0)
      expect(picks(list, 100, 100)).not.toContain('b')
      picker.settled?.(a, true, 5, after - 100)
      expect(picks(list, 100, after - 100)).not.toContain('b')
      picker.settled?.(a, true, 5, after + 1)
      expect(picks(list, 100, after + 1)).toContain('b')
    }
  })
})

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

  it('gives weight by speed, success and what is free', () => {
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

  it('forgets a report and a latency after their time', () => {
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

  it('stands answers of no time, and an empty history', () => {
    expect(shareOfA(four({ latency: 0 }), settled)).toBeLessThan(1)
    expect(shareOfA(candidates([1, 1, 1, 1]), settled)).toBeCloseTo(1 / 4, 2)
  })

  it('sends less than 4 % to one of ten that is five times slower', () => {
    expect(steady(dynamic({ blackout: 0 }), ten(), { a: 5 })['a']).toBeLessThan(0.04)
  })

  it('draws for a further try among the others', () => {
    const list = candidates([1, 1])
    const { picker } = ask(dynamic(), { random: seededRandom(6) })
    expect(picker.next?.(list, keyless, 0, list.slice(0, 1))?.name).toBe('b')
  })

  it('refuses options that are none', () => {
    expect(() => dynamic({ slew: 0.5 })).toThrow('dynamic: slew must be a finite number >= 1, got 0.5')
    expect(() => dynamic({ floor: 2 })).toThrow('dynamic: floor must be a number from 0 to 1, got 2')
    expect(() => dynamic({ every: 0 })).toThrow('dynamic: every must be a duration > 0, got 0')
  })
})

describe('reportedLoad', () => {
  const { cases, scheduling, time } = pickerVectors.orcaWeight

  it.each(cases)('has the published weight of $qps/s at $util', ({ qps, util, eps, penalty, weight }) => {
    expect(reportedWeight({ rate: qps, utilisation: util, errors: eps }, penalty)).toBeCloseTo(weight, 3)
  })

  it.each(scheduling)('shares as published: $weights', ({ weights, share }) => {
    const list = Object.entries(weights).map(([name, weight], ordinal) =>
      candidate(name, {
        ordinal,
        load: weight === null ? undefined : { utilisation: 0.5, rate: weight / 2, errors: 0, at: 0 },
      }),
    )
    const found = ask(reportedLoad({ blackout: 0 }), { random: seededRandom(1) }).shares(list, 9000)

    for (const [name, expected] of Object.entries(share)) expect(found[name]).toBeCloseTo(expected, 2)
  })

  it('uses a weight after the blackout, and until it is too old', () => {
    const share = (now: number, lastReport: number): number => {
      const list = candidates([1, 1, 1])
      for (const [i, each] of list.entries())
        each.load = { utilisation: 0.5, rate: i === 0 ? 400 : 100, errors: 0, at: 0 }
      const { pick, shares } = ask(reportedLoad(), { random: seededRandom(1) })
      pick(list, undefined, 0)
      for (const each of list) each.load = { ...(each.load as NonNullable<Made['load']>), at: lastReport }
      return shares(list, 6000, now)['a'] ?? 0
    }
    const [black, used, expired] = time
    expect(share(black?.now as number, 9000)).toBeCloseTo(1 / 3, 2)
    expect(share(used?.now as number, 9000)).toBeCloseTo(4 / 6, 2)
    expect(share(expired?.now as number, 10_000)).toBeCloseTo(1 / 3, 2)
  })

  it('takes the next one that was not tried', () => {
    const list = candidates([1, 1])
    const { picker } = ask(reportedLoad())
    expect(picker.next?.(list, keyless, 0, list.slice(0, 1))?.name).toBe('b')
  })
})
