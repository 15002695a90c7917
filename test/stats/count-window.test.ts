import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CountWindow } from '../../src/stats/count-window.ts'

describe('the window over the latest calls', () => {
  it('holds exactly the latest results', () => {
    const results = fc.array(fc.boolean(), { maxLength: 60 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), results, fc.nat(59), (size, list, clearAt) => {
        const window = new CountWindow(size)
        let kept: { readonly bad: boolean; readonly at: number }[] = []
        for (const [at, bad] of list.entries()) {
          if (at === clearAt) {
            window.clear()
            kept = []
          }
          window.record(bad, at, at)
          kept = [...kept, { bad, at }].slice(-size)
          expect(window.total).toBe(kept.length)
          expect(window.bad).toBe(kept.filter((result) => result.bad).length)
          expect(window.firstBad(-1)).toBe(kept.find((result) => result.bad)?.at ?? -1)
        }
      }),
    )
  })

  it('may be larger than any memory, and takes what its results need', () => {
    const window = new CountWindow(Number.MAX_SAFE_INTEGER)
    for (let i = 0; i < 5; i++) window.record(i > 2, i, i)
    expect([window.total, window.bad, window.firstBad(9)]).toEqual([5, 2, 3])
  })

  it('knows of nothing before the first result', () => {
    const window = new CountWindow(3)
    expect([window.total, window.bad, window.firstBad(9)]).toEqual([0, 0, 9])
  })
})
