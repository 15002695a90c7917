import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { RotatingCache } from '../../../../src/adapters/dashboard/facts/rotating-cache.ts'

const keys = Array.from({ length: 20 }, (_, index) => index)

describe('a rotating cache', () => {
  it('reads all new keys, then about as many each time, each key once in a period', async () => {
    const clock = virtualClock()
    const cache = new RotatingCache<number, number>(clock, { every: 500, period: 5000, budget: 3 })
    const reads: number[] = []
    const counts: number[] = []
    for (let tick = 0; tick < 31; tick++) {
      const before = reads.length
      cache.refresh(keys, (key) => reads.push(key))
      counts.push(reads.length - before)
      await clock.advance(500)
    }

    expect(counts).toEqual([20, ...Array(9).fill(0), ...Array(21).fill(2)])
    expect(reads.slice(20, 60)).toEqual([...keys, ...keys])
  })

  it('continues where its budget ended, the longest unread key first', async () => {
    const clock = virtualClock()
    let took = 0
    const slow = Object.assign(Object.create(clock) as typeof clock, { now: () => clock.now() + took })
    const cache = new RotatingCache<number, string>(slow, { every: 5000, period: 5000, budget: 3 })
    const read = (key: number): string => {
      took += 2
      return `${key} at ${took}`
    }
    cache.refresh([0, 1, 2, 3], read)
    expect([0, 1, 2, 3].map((key) => cache.get(key))).toEqual(['0 at 2', '1 at 4', undefined, undefined])
    cache.refresh([0, 1, 2, 3], read)
    expect(cache.get(3)).toBe('3 at 8')
    await clock.advance(5000)
    cache.refresh([0, 1, 2, 3], read)

    expect([0, 1, 2].map((key) => cache.get(key))).toEqual(['0 at 10', '1 at 12', '2 at 6'])
  })

  it('forgets keys that are no longer wanted, and keeps a value if reading it again fails', async () => {
    const clock = virtualClock()
    const cache = new RotatingCache<string, number>(clock, { every: 500, period: 500, budget: 3 })
    cache.refresh(['a', 'b'], () => 1)
    cache.refresh(['a'], () => 2)
    expect([cache.get('a'), cache.get('b')]).toEqual([1, undefined])
    await clock.advance(500)

    expect(() =>
      cache.refresh(['a'], () => {
        throw new Error('broken')
      }),
    ).toThrow('broken')
    expect(cache.get('a')).toBe(1)
  })
})
