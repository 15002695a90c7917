/**
 * Redundancy with repairs: spares, a shared repair crew, unnoticed failures. Independent blocks cannot express these.
 *
 * In software a crew is anything that repairs one unit at a time: an operator, a restart budget, a migration lock. One
 * crew for two replicas doubles the unavailability of the pair. The model is the chain of `birth-death-chain.ts`; all
 * times are exponential.
 */
import type { Duration } from '../../core/duration.ts'
import { duration, resolveOptions } from '../../core/options.ts'
import type { AvailabilityShares } from '../structures/shares.ts'
import { BirthDeathChain } from './birth-death-chain.ts'
import { type RepairableOptions, resolveRepairable } from './repairable-options.ts'
import { transient } from './transient.ts'

const hour = 3_600_000
const mostStates = 201

/** Times in ms. */
export interface Repairable<N extends number | null = number> extends AvailabilityShares<N> {
  /** Mean time from all units up until the system is down. */
  readonly mttf: N
  /** Mean up time: between two outages of the system. */
  readonly mut: N
  /** Mean down time: the mean length of an outage. */
  readonly mdt: N
  /** How often it goes down, per hour. */
  readonly failureFrequency: N
  /** The probability of 0, 1, … failed units. Time with an unnoticed failure is in `unnoticed` instead. */
  readonly stateProbabilities: readonly N[]
  /** The probability of being down with enough units, because of an unnoticed failure. */
  readonly unnoticed: N
  /**
   * At a time after all units were up. A duration >= 0. Throws a `RangeError` for a chain of more than 201 states.
   */
  instantaneous(after: Duration): AvailabilityShares<N>
  /**
   * The mean from the time all units were up until then. A duration > 0. Throws a `RangeError` for a chain of more than
   * 201 states.
   */
  interval(length: Duration): AvailabilityShares<N>
}

/**
 * Availability, MTTF and outage lengths of units that are repaired.
 *
 * If a rate is null, every number is null. Throws a `TypeError` for options out of bounds.
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
