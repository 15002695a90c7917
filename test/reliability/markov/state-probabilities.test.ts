import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stationary, type TransitionRates } from '../../../src/reliability/markov/stationary.ts'
import { transient } from '../../../src/reliability/markov/transient.ts'

const rate = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 10, noNaN: true }))
/** Chains in which every state leads to the next, and the last to the first. */
const chains = fc
  .integer({ min: 2, max: 6 })
  .chain((size) =>
    fc.tuple(
      fc.array(fc.array(rate, { minLength: size, maxLength: size }), { minLength: size, maxLength: size }),
      fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: size, maxLength: size }),
    ),
  )
  .map(
    ([rates, ring]): TransitionRates =>
      rates.map((row, from) =>
        row.map((value, to) => value + (to === (from + 1) % row.length ? (ring[from] ?? 0) : 0)),
      ),
  )

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** What leaves a state, and what comes to it. */
function flows(rates: TransitionRates, shares: readonly number[], state: number): readonly [number, number] {
  const at = (from: number, to: number): number => (from === to ? 0 : (rates[from]?.[to] as number))
  return [
    sum(shares.map((_, to) => (shares[state] as number) * at(state, to))),
    sum(shares.map((share, from) => share * at(from, state))),
  ]
}

describe('the stationary distribution of a chain', () => {
  it('balances the flow into and out of each state', () => {
    fc.assert(
      fc.property(chains, (rates) => {
        const shares = stationary(rates) ?? []
        expect(sum(shares)).toBeCloseTo(1, 14)
        for (const state of rates.keys()) {
          const [out, back] = flows(rates, shares, state)
          expect(Math.abs(out - back)).toBeLessThanOrEqual(1e-13 * out)
        }
      }),
    )
  })

  it('has the digits of small probabilities', () => {
    // 1 : 1e-12 : 1e-24
    const shares = stationary([
      [0, 1e-12, 0],
      [1, 0, 1e-12],
      [0, 1, 0],
    ])
    expect((shares?.[2] ?? 0) / 1e-24 - 1).toBeCloseTo(0, 11)
  })

  it('does not exist if a state is never left', () => {
    expect(
      stationary([
        [0, 1],
        [0, 0],
      ]),
    ).toBeNull()
  })

  it('is 1 for a single state', () => {
    expect(stationary([[5]])).toEqual([1])
  })
})

describe('the transient distribution of a chain', () => {
  it('matches the closed form for two states, with the digits of the small probability', () => {
    for (const [down, up] of [
      [0.001, 0.1],
      [1e-9, 2],
      [3, 0.5],
    ] as const) {
      for (const time of [1e-6, 0.1, 1, 50, 1e4, 1e9]) {
        const both = down + up
        const { after, until } = transient(
          [
            [0, down],
            [up, 0],
          ],
          time,
        )
        const gone = -Math.expm1(-both * time)
        expect((after[1] as number) / ((down / both) * gone)).toBeCloseTo(1, 11)
        // x - (1 - e^-x) cancels for short times, so there it is its series.
        const x = both * time
        const mean = x < 1e-2 ? x / 2 - x ** 2 / 6 + x ** 3 / 24 - x ** 4 / 120 : (x - gone) / x
        expect((until[1] as number) / ((down / both) * mean)).toBeCloseTo(1, 10)
      }
    }
  })

  it('converges to the stationary distribution, and so does its mean', () => {
    fc.assert(
      fc.property(chains, (rates) => {
        const { after, until } = transient(rates, 1e13)
        for (const [state, share] of (stationary(rates) ?? []).entries()) {
          expect(after[state]).toBeCloseTo(share, 11)
          expect(until[state]).toBeCloseTo(share, 6)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('composes: two steps equal one of twice the length', () => {
    fc.assert(
      fc.property(chains, fc.double({ min: 0.01, max: 20, noNaN: true }), (rates, time) => {
        const rotated = rates.map((row, from) => {
          const start = rates[from === 0 ? 0 : from] as readonly number[]
          return start.map((value, to) => (row[to] === undefined ? 0 : value))
        })
        const first = transient(rotated, time).after
        // From each state by itself: the chain with that state in front.
        const second = first.map((_, begin) => {
          const order = [begin, ...first.keys()].filter((state, index, all) => all.indexOf(state) === index)
          const moved = transient(
            order.map((from) => order.map((to) => rates[from]?.[to] as number)),
            time,
          ).after
          return first.map((_state, to) => moved[order.indexOf(to)] as number)
        })
        const twice = transient(rates, 2 * time).after
        for (const to of first.keys()) {
          expect(sum(first.map((share, from) => share * (second[from]?.[to] as number)))).toBeCloseTo(
            twice[to] as number,
            12,
          )
        }
      }),
      { numRuns: 50 },
    )
  })
})
