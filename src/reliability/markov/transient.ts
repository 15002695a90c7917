/**
 * The state probabilities of a Markov chain in continuous time at a time, and their mean until then.
 *
 * For a time so short that about one transition is expected, the transition matrix is a sum over the number of
 * transitions (uniformisation, A. Jensen 1953). The time is then doubled until it is reached: E(2t) = E(t)², and the
 * time spent in each state is S(2t) = S(t) + E(t) S(t). All numbers are positive and each row is scaled back to its
 * sum, so small probabilities keep their digits.
 */
import type { TransitionRates } from './stationary.ts'

type Matrix = readonly (readonly number[])[]

export interface Transient {
  /** The probability of each state at that time. */
  readonly after: readonly number[]
  /** The mean share of the time until then that was spent in each. */
  readonly until: readonly number[]
}

/** Starts in the first state; `time` > 0. */
export function transient(rates: TransitionRates, time: number): Transient {
  const fastest = Math.max(
    ...rates.map((row, state) => row.reduce((sum, rate, to) => sum + (to === state ? 0 : rate), 0)),
  )
  const doublings = Math.max(0, Math.ceil(Math.log2(fastest * time)))
  const jumps = (fastest * time) / 2 ** doublings
  const jump = rates.map((row, state) => {
    const away = row.map((rate, to) => (to === state ? 0 : rate / fastest))
    away[state] = Math.max(0, 1 - away.reduce((sum, share) => sum + share, 0))
    return away
  })
  let [moved, spent] = short(jump, jumps)
  for (let doubling = 0; doubling < doublings; doubling++) {
    spent = scaled(added(spent, product(moved, spent)))
    moved = scaled(product(moved, moved))
  }
  return { after: moved[0] as readonly number[], until: spent[0] as readonly number[] }
}

/** E and S for a time in which `jumps` (at most 1) are expected. The tails of a Poisson variable weigh the time. */
function short(jump: Matrix, jumps: number): readonly [Matrix, Matrix] {
  let power: Matrix = jump.map((row, state) => row.map((_, to) => (to === state ? 1 : 0)))
  const zero = power.map((row) => row.map(() => 0))
  let moved: Matrix = zero
  let spent: Matrix = zero
  const most = 24
  const weights = [Math.exp(-jumps)]
  for (let count = 1; count <= most; count++) weights.push(((weights[count - 1] as number) * jumps) / count)
  for (let count = 0; count < most; count++) {
    const later = weights.slice(count + 1).reduceRight((sum, weight) => sum + weight, 0)
    moved = added(moved, power, weights[count])
    spent = added(spent, power, later)
    power = product(power, jump)
  }
  return [scaled(moved), scaled(spent)]
}

function added(one: Matrix, other: Matrix, times = 1): Matrix {
  return one.map((row, from) => row.map((value, to) => value + times * (other[from]?.[to] as number)))
}

/** Scales rows to the sum 1, which rounding has changed. */
function scaled(matrix: Matrix): Matrix {
  return matrix.map((row) => {
    const sum = row.reduce((total, value) => total + value, 0)
    return row.map((value) => value / sum)
  })
}

function product(one: Matrix, other: Matrix): Matrix {
  return one.map((row) => {
    const result = new Array<number>(row.length).fill(0)
    for (const [through, share] of row.entries()) {
      if (share === 0) continue
      const next = other[through] as readonly number[]
      for (let to = 0; to < result.length; to++) result[to] = (result[to] as number) + share * (next[to] as number)
    }
    return result
  })
}
