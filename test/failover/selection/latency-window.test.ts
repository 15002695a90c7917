import { latencyWindow } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ask, candidate, candidates, type Made } from './candidates.ts'
import { pickerVectors } from './vectors.ts'

describe('latencyWindow', () => {
  const { rtts, inWindow } = pickerVectors.leastRequestWeighted.mongoWindow

  it('draws only among those within the window of the quickest', () => {
    const list = Object.keys(rtts).map((name, ordinal) => candidate(name, { ordinal }))
    const { picker, shares } = ask(latencyWindow(), { random: seededRandom(1) })
    for (const each of list) {
      for (let i = 0; i < 5; i++) picker.settled?.(each, true, rtts[each.name as keyof typeof rtts], 0)
    }
    const found = shares(list, 1000)

    expect(Object.keys(found).sort()).toEqual(inWindow)
  })

  it('includes members with few answers, and refreshes its list ten times a second', () => {
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

  it('ignores a busy moment, and learns a new distance once the old one has expired', () => {
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

  it('tries a far member again from time to time, the further the later', () => {
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
