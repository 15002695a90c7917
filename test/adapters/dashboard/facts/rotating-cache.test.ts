import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { Rota } from '../../../../src/adapters/dashboard/facts/rotating-cache.ts'

const keys = Array.from({ length: 20 }, (_, index) => index)

describe('a rota', () => {
  it('looks at all that are new, then at about as many each time, each once in a period', async () => {
    const clock = virtualClock()
    const rota = new Rota<number, number>(clock, { every: 500, period: 5000, budget: 3 })
    const looks: number[] = []
    const counts: number[] = []
    for (let tick = 0; tick < 31; tick++) {
      const before = looks.length
      rota.go(keys, (key) => looks.push(key))
      counts.push(looks.length - before)
      await clock.advance(500)
    }

    expect(counts).toEqual([20, ...Array(9).fill(0), ...Array(21).fill(2)])
    expect(looks.slice(20, 60)).toEqual([...keys, ...keys])
  })

  it('goes on where time was over, those that have waited longest first', async () => {
    const clock = virtualClock()
    let took = 0
    const dear = Object.assign(Object.create(clock) as typeof clock, { now: () => clock.now() + took })
    const rota = new Rota<number, string>(dear, { every: 5000, period: 5000, budget: 3 })
    const look = (key: number): string => {
      took += 2
      return `seen ${key} at ${took}`
    }
    rota.go([0, 1, 2, 3], look)
    expect([0, 1, 2, 3].map((key) => rota.get(key))).toEqual(['seen 0 at 2', 'seen 1 at 4', undefined, undefined])
    rota.go([0, 1, 2, 3], look)
    expect(rota.get(3)).toBe('seen 3 at 8')
    await clock.advance(5000)
    rota.go([0, 1, 2, 3], look)

    expect([0, 1, 2].map((key) => rota.get(key))).toEqual(['seen 0 at 10', 'seen 1 at 12', 'seen 2 at 6'])
  })

  it('forgets what is not wanted any more, and keeps what it saw where a look fails', async () => {
    const clock = virtualClock()
    const rota = new Rota<string, number>(clock, { every: 500, period: 500, budget: 3 })
    rota.go(['a', 'b'], () => 1)
    rota.go(['a'], () => 2)
    expect([rota.get('a'), rota.get('b')]).toEqual([1, undefined])
    await clock.advance(500)

    expect(() =>
      rota.go(['a'], () => {
        throw new Error('broken')
      }),
    ).toThrow('broken')
    expect(rota.get('a')).toBe(1)
  })
})
