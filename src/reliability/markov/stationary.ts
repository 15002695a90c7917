/**
 * The long-run probabilities of a Markov chain in continuous time.
 *
 * States are eliminated one by one from the last, with their flow redirected to the others, and added again with the
 * flow into them (W. Grassmann, M. Taksar, D. Heyman, 1985). Nothing is subtracted, so a probability of 1e-20 has as
 * many correct digits as one of 0.5.
 */

/** Rates from each state (row) to each other; the diagonal is ignored. */
export type TransitionRates = readonly (readonly number[])[]

/** The probability of each state, or null if some state has no transition to the ones before it. */
export function stationary(rates: TransitionRates): readonly number[] | null {
  const flow = rates.map((row) => [...row])
  const at = (from: number, to: number): number => flow[from]?.[to] as number
  for (let last = flow.length - 1; last > 0; last--) {
    const row = flow[last] as number[]
    const out = row.slice(0, last).reduce((sum, rate) => sum + rate, 0)
    if (out === 0) return null
    for (const other of flow.slice(0, last)) {
      other[last] = (other[last] as number) / out
      for (let to = 0; to < last; to++)
        other[to] = (other[to] as number) + (other[last] as number) * (row[to] as number)
    }
  }
  const weights = [1]
  for (let state = 1; state < flow.length; state++) {
    weights.push(weights.reduce((sum, weight, from) => sum + weight * at(from, state), 0))
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
