/** A window that was saved and restored, on another clock too, goes on as the first one does. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CountWindow } from '../../src/stats/count-window.ts'
import type { ResultWindow, SavedResults } from '../../src/stats/result-window.ts'
import { TimeWindow } from '../../src/stats/time-window.ts'

/** No result comes at the very edge of a bucket, where rounding decides. */
const pace = 0.9713

const results = fc.array(fc.record({ bad: fc.boolean(), after: fc.constantFrom(0, 1, 7, 33, 34, 100, 333, 1000) }), {
  maxLength: 40,
})

function same(make: () => ResultWindow, before: Results, after: Results, shift: number): void {
  const first = make()
  let now = 5000
  for (const { bad, after } of before) {
    now += after * pace
    first.record(bad, now, now)
  }
  const second = make()
  const saved = JSON.parse(JSON.stringify(first.saved(now))) as readonly SavedResults[]
  second.restore(saved, now + shift)
  expect([second.total, second.bad]).toEqual([first.total, first.bad])
  for (const { bad, after: wait } of after) {
    now += wait * pace
    first.record(bad, now, now)
    second.record(bad, now + shift, now + shift)
    expect([second.total, second.bad]).toEqual([first.total, first.bad])
    expect(second.firstBad(now + shift) - shift).toBeCloseTo(first.firstBad(now), 3)
  }
}

type Results = readonly { readonly bad: boolean; readonly after: number }[]

describe('a restored window', () => {
  const windows: Readonly<Record<string, () => ResultWindow>> = {
    'of calls': () => new CountWindow(5),
    'of time': () => new TimeWindow(333),
    'of a time that has no round tenths': () => new TimeWindow(1000 / 3),
  }
  for (const [name, make] of Object.entries(windows)) {
    it(`${name} goes on as the first one does`, () => {
      fc.assert(
        fc.property(results, results, fc.constantFrom(0, 1e6, -4000.5), (before, after, shift) =>
          same(make, before, after, shift),
        ),
        { numRuns: 500 },
      )
    })
  }

  it('may be longer than the one that was saved', () => {
    const short = new TimeWindow(100)
    for (const at of [10, 55, 90]) short.record(at > 10, at, at)
    const long = new TimeWindow(10_000)
    long.restore(short.saved(100), 100)
    expect([long.total, long.bad, long.firstBad(0)]).toEqual([3, 2, 55])
  })

  it('takes no longer for great numbers than for its size', () => {
    const window = new CountWindow(3)
    window.restore([{ age: 5, good: 2 ** 52, bad: 2 ** 52, badAge: 5 }], 10)
    expect([window.total, window.bad, window.firstBad(0)]).toEqual([3, 3, 5])
  })
})
