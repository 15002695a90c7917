/**
 * Redundancy with repairs: spares, a common repair crew, failures nobody notices. What independent blocks cannot say.
 *
 * In software a crew is what can bring back one unit at a time: an operator, a restart budget, a migration lock. One
 * crew for two replicas doubles the unavailability of a pair. The model is the chain of `chain.ts`; all times are
 * exponential.
 */
import type { Duration } from '../../core/duration.ts'
import { duration, resolveOptions } from '../../core/options.ts'
import type { AvailabilityShares } from '../structures/shares.ts'
import { BirthDeathChain } from './birth-death-chain.ts'
import { type RepairableOptions, resolveRepairable } from './repairable-options.ts'
import { transient } from './transient.ts'

const hour = 3_600_000
const mostStates = 201

/** TimeFactors in ms. */
export interface Repairable<N extends number | null = number> extends AvailabilityShares<N> {
  /** Mean time from all units up until the system is down. */
  readonly mttf: N
  /** Mean time the system is up between two times down. */
  readonly mut: N
  /** Mean time it is down. */
  readonly mdt: N
  /** How often it goes down, per hour. */
  readonly failureFrequency: N
  /** The probability of 0, 1, … failed units; without `unnoticed` where there is such. */
  readonly stateProbabilities: readonly N[]
  /** The probability of being down with units enough, since nobody noticed. */
  readonly unnoticed: N
  /** So long after all were up. A duration >= 0. Throws a `RangeError` for a chain of more than 201 states. */
  instantaneous(after: Duration): AvailabilityShares<N>
  /**
   * On the average over so long, from all up. A duration > 0. Throws a `RangeError` for a chain of more than 201
   * states.
   */
  interval(length: Duration): AvailabilityShares<N>
}

/**
 * Availability and times of units that are repaired.
 *
 * A rate of null gives null for every number. Throws a `TypeError` for options out of bounds.
 *
 * ```ts
 * import { repairable } from 'holdfast/availability'
 * const each = { units: 2, mtbf: '1000h', mttr: '10h' } as const
 * repairable(each).unavailability.toFixed(6) // => '0.000098'
 * repairable({ ...each, crews: 1 }).unavailability.toFixed(6) // => '0.000196'
 * ```
 */
export function repairable(options: RepairableOptions): Repairable
export function repairable(options: RepairableOptions<null>): Repairable<number | null>
export function repairable(options: RepairableOptions<null>): Repairable<number | null> {
  const { units, chain } = resolveRepairable(options)
  return chain === null ? unknown(units) : numbers(new BirthDeathChain(chain))
}

function numbers(chain: BirthDeathChain): Repairable {
  const { up, down, frequency, failed, unnoticed } = chain.steady()
  const share = (states: readonly number[]): AvailabilityShares => ({
    availability: sum(states.slice(0, chain.upStates)),
    unavailability: sum(states.slice(chain.upStates)),
  })
  const rates = () => {
    const matrix = chain.rates()
    if (matrix.length <= mostStates) return matrix
    throw new RangeError(
      `repairable: a chain may have ${mostStates} states to be followed in time, this has ${matrix.length}`,
    )
  }
  const time = (kind: string, value: unknown, bound: '> 0' | '>= 0'): number =>
    resolveOptions(kind, { time: value }, { time: duration(bound) }).time / hour
  return {
    availability: up,
    unavailability: down,
    mttf: chain.toFailure() * hour,
    mut: (up / frequency) * hour,
    mdt: (down / frequency) * hour,
    failureFrequency: frequency,
    stateProbabilities: failed,
    unnoticed,
    instantaneous(after) {
      const hours = time('instantaneous', after, '>= 0')
      return hours === 0 ? { availability: 1, unavailability: 0 } : share(transient(rates(), hours).after)
    },
    interval: (length) => share(transient(rates(), time('interval', length, '> 0')).until),
  }
}

function unknown(units: number): Repairable<null> {
  const share = { availability: null, unavailability: null }
  return {
    ...share,
    mttf: null,
    mut: null,
    mdt: null,
    failureFrequency: null,
    stateProbabilities: new Array<null>(units + 1).fill(null),
    unnoticed: null,
    instantaneous: () => share,
    interval: () => share,
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
