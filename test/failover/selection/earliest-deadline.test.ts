import { earliestDeadline } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ask, candidates } from './candidates.ts'

describe('earliestDeadline', () => {
  it('gives the published order for 11 and 3', () => {
    expect(ask(earliestDeadline()).picks(candidates([11, 3]), 14)).toBe('aaabaaaabaaaba')
  })

  it('is plain round robin for equal weights, whatever the phase', () => {
    const picked = ask(earliestDeadline(), { random: seededRandom(6) }).picks(candidates([0.1, 0.1, 0.1]), 3000)
    const cycle = picked.slice(0, 3)

    expect(picked).toBe(cycle.repeat(1000))
  })

  it('begins at a random phase, so that many clients do not begin with the heaviest', () => {
    const source = seededRandom(8)
    const first = Array.from({ length: 2000 }, () =>
      ask(earliestDeadline(), { random: source }).pick(candidates([5, 1, 1])),
    )
    const a = first.filter((name) => name === 'a').length / 2000

    expect(a).toBeGreaterThan(0.6)
    expect(a).toBeLessThan(0.9)
  })

  it('shares exactly over time, for random weights', () => {
    const source = seededRandom(9)
    for (let round = 0; round < 50; round++) {
      const weights = Array.from({ length: 2 + Math.floor(source() * 6) }, () => 1 + Math.floor(source() * 9))
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      const list = candidates(weights)
      const found = ask(earliestDeadline(), { random: source }).shares(list, total * 20)
      for (const { name, weight } of list) {
        expect(Math.abs((found[name] ?? 0) - weight / total) * total * 20).toBeLessThanOrEqual(2)
      }
    }
  })

  it('starts a member that was absent without arrears or debt', () => {
    const list = candidates([1, 1])
    const alone = list.slice(0, 1)
    const { picks } = ask(earliestDeadline())
    picks(list, 2)
    picks(alone, 100)
    const back = picks([...list], 20)

    expect(back.split('b').length - 1).toBe(10)
  })

  it('takes the next one that was not tried, which then loses its turn', () => {
    const list = candidates([1, 1, 1])
    const { picker, picks } = ask(earliestDeadline())
    const tried = [picker.pick(list, {} as never, 0)]
    const second = picker.next?.(list, {} as never, 0, tried)

    expect([tried[0]?.name, second?.name]).toEqual(['a', 'b'])
    expect(picks(list, 3)).toBe('cab')
    expect(picker.next?.(list, {} as never, 0, list)).toBeUndefined()
  })
})
