import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CountRing, levelsFor } from '../../src/objectives/count-ring.ts'

const day = 86_400_000
const month = levelsFor(30 * day, [300_000, 3_600_000])

describe('the levels of a ring', () => {
  it('are 354 buckets for 30 days, in less than 6 kB', () => {
    expect(month.map(({ width, buckets }) => [width / 1000, buckets])).toEqual([
      [10, 30],
      [60, 60],
      [300, 72],
      [3600, 72],
      [21_600, 120],
    ])
    expect(new CountRing(month, 2, 0, 0).bytes).toBeLessThan(6000)
  })

  it.each([1, 7, 28, 31, 90, 365])('span %i days, each a multiple of the one before', (days) => {
    const levels = levelsFor(days * day, [])
    for (const [index, { width }] of levels.slice(1).entries()) {
      const times = width / (levels[index]?.width as number)
      expect(times).toBeCloseTo(Math.round(times), 6)
    }
    const last = levels.at(-1) as (typeof levels)[number]
    expect(last.buckets).toBeLessThanOrEqual(120)
    expect(last.width * last.buckets).toBeGreaterThanOrEqual(days * day * (1 - 1e-9))
  })

  it('include a level for a shorter window', () => {
    expect(levelsFor(30 * day, [60_000, 6000, 60_000]).slice(0, 3)).toEqual([
      { width: 200, buckets: 30 },
      { width: 2000, buckets: 30 },
      { width: 10_000, buckets: 30 },
    ])
  })
})

/** Small, so that everything wraps: 3 at 10, 4 at 40, 5 at 160. */
const small = [
  { width: 10, buckets: 3 },
  { width: 40, buckets: 4 },
  { width: 160, buckets: 5 },
]

interface Added {
  readonly time: number
  readonly good: number
  readonly bad: number
}

const history = fc.array(
  fc.record({
    wait: fc.integer({ min: 0, max: 250 }),
    good: fc.nat(9),
    bad: fc.nat(9),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  { maxLength: 60 },
)

function added(steps: readonly { wait: number; good: number; bad: number; count: number }[], since: number): Added[] {
  let time = since
  return steps.flatMap(({ wait, good, bad, count }) => {
    time += wait
    return Array.from({ length: count }, (_, index) => ({ time: time + index, good, bad }))
  })
}

describe('a window', () => {
  it('is off by less than the count of its oldest bucket', () => {
    const property = fc.property(
      history,
      fc.integer({ min: 1, max: 800 }),
      fc.nat(60),
      fc.nat(9),
      (steps, length, later, since) => {
        const all = added(steps, since)
        const ring = new CountRing(small, 2, 0, since)
        for (const { time, good, bad } of all) {
          ring.add(0, time, good)
          ring.add(1, time, bad)
        }
        // Steps may overlap, so the last one need not be the latest.
        const now = Math.max(since, ...all.map(({ time }) => time)) + later
        const { width } = small.find(({ width, buckets }) => width * buckets >= length) as (typeof small)[number]
        const from = now - length
        const bucket = Math.floor(from / width) * width
        for (const [column, of] of [({ good }: Added) => good, ({ bad }: Added) => bad].entries()) {
          const sum = (list: readonly Added[]): number => list.reduce((total, one) => total + of(one), 0)
          const inside = sum(all.filter(({ time }) => time >= from))
          const oldest = sum(all.filter(({ time }) => time >= bucket && time < bucket + width))
          const found = ring.totals(now, length)[column] as number
          expect(Math.abs(found - inside)).toBeLessThanOrEqual(oldest)
          // On the edge of a bucket, and from before the beginning, there is no oldest one to be cut.
          if (from <= since || from === bucket) expect(found).toBe(inside)
        }
      },
    )
    fc.assert(property, { numRuns: 500 })
  })

  it('counts the oldest bucket by the share inside the window', () => {
    const ring = new CountRing(small, 1, 0, 0)
    ring.add(0, 0, 10)
    ring.add(0, 12, 7)

    expect(ring.totals(25, 20)).toEqual([12])
    expect(ring.totals(8, 2)).toEqual([2.5])
  })

  it('longer than all levels has all that is kept', () => {
    const ring = new CountRing(small, 1, 0, 0)
    for (let time = 0; time < 2000; time += 10) ring.add(0, time, 1)

    expect(ring.totals(1999, 5000)[0]).toBe(88)
  })

  it('leaves out older counts', () => {
    const ring = new CountRing(small, 1, 0, 0)
    ring.add(0, 500, 1)
    ring.add(0, 10, 5)

    expect(ring.totals(500, 30)).toEqual([1])
    expect(ring.totals(500, 800)).toEqual([6])
  })

  it('has all of an amount spread over time', () => {
    const property = fc.property(fc.nat(300), fc.integer({ min: 1, max: 400 }), (from, length) => {
      const ring = new CountRing(small, 1, 0, 0)
      ring.spread(0, from, from + length, (start, end) => end - start)
      for (const [index, window] of [25, 140, 700].entries()) {
        const { width } = small[index] as (typeof small)[number]
        const expected = Math.min(window, length)
        expect(Math.abs((ring.totals(from + length, window)[0] as number) - expected)).toBeLessThanOrEqual(width)
      }
    })
    fc.assert(property)
  })
})
