import { describe, expect, it } from 'vitest'
import { countsIn, noCalls, ratesOf, savedIn, sumOf } from '../../../../../src/adapters/dashboard/page/live/rates.ts'
import type { CallCounts } from '../../../../../src/adapters/dashboard/wire/facts.ts'
import type { CallSample } from '../../../../../src/adapters/dashboard/wire/messages.ts'

const counts = (success: number, more: Partial<CallCounts> = {}): CallCounts => ({ ...noCalls, success, ...more })
const samples = (...of: readonly (readonly [at: number, CallSample['calls']])[]): readonly CallSample[] =>
  of.map(([at, calls]) => ({ at, calls }))

describe('rates', () => {
  it('are the growth of counts per second', () => {
    const history = samples(
      [0, { p: counts(10, { attempts: 12 }) }],
      [2000, { p: counts(30, { attempts: 36, failure: 4, saved: { retry: 2 } }) }],
    )

    expect(ratesOf(history, 'p')).toEqual([{ at: 2000, calls: 12, failed: 2, attempts: 12, saved: 1 }])
  })

  it('are of all policies together, or of one', () => {
    const history = samples([0, { p: counts(0), q: counts(0) }], [1000, { p: counts(3), q: counts(5) }])

    expect(ratesOf(history, undefined)[0]?.calls).toBe(8)
    expect(ratesOf(history, 'q')[0]?.calls).toBe(5)
    expect(ratesOf(history, 'unknown')[0]?.calls).toBe(0)
  })

  it('compare samples over the span, not only the last two', () => {
    const history = samples(...[0, 1, 2, 3, 4, 5, 6, 7].map((s) => [s * 1000, { p: counts(s < 7 ? 0 : 10) }] as const))

    expect(ratesOf(history, 'p', 5000).at(-1)?.calls).toBe(2)
    expect(ratesOf(history, 'p', 1000).at(-1)?.calls).toBe(10)
  })

  it.each(['constructor', '__proto__'])('are of a policy of any name: %s', (name) => {
    const of = (count: number) => JSON.parse(`{"${name}":${JSON.stringify(counts(count))}}`) as CallSample['calls']

    expect(ratesOf(samples([0, {}], [1000, of(3)]), name)[0]).toMatchObject({ calls: 3, saved: 0 })
    const saved = JSON.parse(`{"${name}":2}`) as CallCounts['saved']
    const sum = sumOf(counts(0, { saved }), counts(0, { saved }))
    expect([Object.entries(sum.saved), savedIn(sum)]).toEqual([[[name, 4]], 4])
  })

  it('are unknown after a restart of the process, and over a gap', () => {
    const anew = samples([0, { p: counts(10) }], [1000, { p: counts(3) }])
    const gap = samples([0, { p: counts(10) }], [60_000, { p: counts(90) }])

    expect(ratesOf(anew, 'p')[0]?.calls).toBeNull()
    expect(ratesOf(gap, 'p')[0]?.calls).toBeNull()
  })

  it('are missing without two samples, and unknown between two of one instant', () => {
    expect(ratesOf([], undefined)).toEqual([])
    expect(ratesOf(samples([0, {}]), undefined)).toEqual([])
    expect(ratesOf(samples([0, {}], [0, {}]), undefined)[0]?.calls).toBeNull()
  })
})

describe('counts', () => {
  it('add up, also those of each saving policy', () => {
    const a = counts(1, { saved: { retry: 2, pool: 1 }, ignored: 1, first: 1 })
    const b = counts(2, { saved: { retry: 3 }, failure: 1, attempts: 9 })

    expect(sumOf(a, b)).toEqual({
      success: 3,
      failure: 1,
      ignored: 1,
      attempts: 9,
      first: 1,
      saved: { retry: 5, pool: 1 },
    })
    expect(savedIn(sumOf(a, b))).toBe(6)
    expect(countsIn({ at: 0, calls: { a, b } }, undefined)).toEqual(sumOf(a, b))
  })
})
