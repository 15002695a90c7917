/**
 * A system with a few states, such as up, degraded and down, and constant rates between them.
 *
 * Gives the long-run probability of each state, and the availability as the mean of what the states serve.
 */
import { type Check, finite, isRecord, ratio, resolveOptions, show } from '../../core/options.ts'
import { stationary } from './stationary.ts'

export interface MarkovOptions<State extends string> {
  /** The share of the service that each state gives, from 0 (down) to 1 (up). */
  readonly service: Readonly<Record<State, number>>
  /** Rates per hour, from each state to others. 0 or more; a missing rate is 0. */
  readonly rates: Readonly<Record<State, Partial<Readonly<Record<NoInfer<State>, number>>>>>
}

export interface Markov<State extends string> {
  /** The long-run share of time in each state. */
  readonly probabilities: Readonly<Record<State, number>>
  /** The mean of `service`, weighted by these probabilities. */
  readonly availability: number
  /** 1 - availability, with all its digits. */
  readonly unavailability: number
}

/**
 * The long-run probabilities of a Markov chain in continuous time.
 *
 * Every state must be reachable from every other. Throws a `TypeError` where it is not, and for options out of bounds.
 *
 * ```ts
 * import { markov } from 'holdfast/availability'
 * const site = markov({
 *   service: { up: 1, degraded: 0.5, down: 0 },
 *   rates: { up: { degraded: 0.1, down: 0.02 }, degraded: { up: 1, down: 0.04 }, down: { up: 0.5 } },
 * })
 * site.availability.toFixed(4) // => '0.9163'
 * ```
 */
export function markov<State extends string>(options: MarkovOptions<State>): Markov<State> {
  const { service, rates } = resolveOptions('markov', options, { service: serviceCheck, rates: rowsCheck })
  const states = Object.keys(service)
  for (const name of Object.keys(rates)) if (!states.includes(name)) refuse(name, states)
  const matrix = states.map((from) => {
    const row = rates[from] ?? {}
    for (const name of Object.keys(row)) if (!states.includes(name)) refuse(name, states)
    return states.map((to) => (to === from ? 0 : (row[to] ?? 0)))
  })
  const shares = stationary(matrix)
  if (shares === null) throw new TypeError('markov: rates must lead from every state to every other, got an object')
  const weighed = (weight: (given: number) => number): number =>
    shares.reduce((sum, share, index) => sum + share * weight(service[states[index] as string] as number), 0)
  return {
    probabilities: Object.fromEntries(states.map((name, index) => [name, shares[index]])) as Record<State, number>,
    availability: weighed((given) => given),
    unavailability: weighed((given) => 1 - given),
  }
}

const serviceCheck: Check<Readonly<Record<string, number>>> = (value, fail) => {
  if (!isRecord(value) || Object.keys(value).length === 0) return fail('a record of numbers from 0 to 1')
  return resolveOptions('markov', value, Object.fromEntries(Object.keys(value).map((name) => [name, ratio])))
}

const rowsCheck: Check<Readonly<Record<string, Readonly<Record<string, number>>>>> = (value, fail) => {
  if (!isRecord(value)) return fail('a record of records of rates')
  const row: Check<Readonly<Record<string, number>>> = (given, refused) => {
    if (!isRecord(given)) return refused('a record of rates')
    return resolveOptions('markov', given, Object.fromEntries(Object.keys(given).map((name) => [name, finite(0)])))
  }
  return resolveOptions('markov', value, Object.fromEntries(Object.keys(value).map((name) => [name, row])))
}

function refuse(name: string, states: readonly string[]): never {
  const known = states.map((state) => show(state)).join(', ')
  throw new TypeError(`markov: rates must be between ${known}, got ${show(name)}`)
}
