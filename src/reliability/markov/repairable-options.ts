/** The options of `repairable`, and the model they describe. */
import type { Duration } from '../../core/duration.ts'
import {
  boolean,
  type Check,
  duration,
  integer,
  optional,
  positive,
  ratio,
  resolveOptions,
  show,
} from '../../core/options.ts'
import { integerBetween, orNull } from '../checks.ts'
import type { RepairModel } from './birth-death-chain.ts'

const hour = 3_600_000
const mostUnits = 1000

/** `Unknown` is null if rates may be unknown; then all results may be null. */
export interface RepairableOptions<Unknown extends null = never> {
  /** The number of units. An integer from 1 to 1000. Default 1. */
  readonly units?: number
  /** The number of units the system needs. An integer from 1 to `units`. Default 1. */
  readonly needed?: number
  /** Failures an hour of one working unit. Above 0. Either this or `mtbf`. */
  readonly failureRate?: number | Unknown
  /** Mean time between failures of one working unit. Above 0. */
  readonly mtbf?: Duration | Unknown
  /** Repairs an hour of one working crew. Above 0. Either this or `mttr`. */
  readonly repairRate?: number | Unknown
  /** Mean time one crew takes to repair one unit. Above 0. */
  readonly mttr?: Duration | Unknown
  /** How many units can be repaired at a time. An integer >= 1. Default: all. */
  readonly crews?: number
  /** Failure rate of standby units: that of a working one, none, or a share of it, 0 to 1. Default `'hot'`. */
  readonly standby?: 'hot' | 'cold' | number
  /** The share of failures that is noticed at once, 0 to 1. Default 1, or 0 where only `detection` is given. */
  readonly coverage?: number
  /**
   * Mean time until one of the others is noticed; until then the system is down. Above 0. Required if `coverage` is
   * below 1.
   */
  readonly detection?: Duration | Unknown
  /** No unit fails while the system is down. Default false. */
  readonly suspend?: boolean
}

/** `chain` is null if a rate is unknown. */
export function resolveRepairable(options: unknown): { readonly units: number; readonly chain: RepairModel | null } {
  const given = resolveOptions('repairable', options, {
    units: optional(integerBetween(1, mostUnits), 1 as number),
    needed: optional(integer(1), 1 as number),
    failureRate: optional(orNull(positive), undefined),
    mtbf: optional(orNull(duration('> 0')), undefined),
    repairRate: optional(orNull(positive), undefined),
    mttr: optional(orNull(duration('> 0')), undefined),
    crews: optional(integer(1), mostUnits as number),
    standby: optional(standby, 1 as number),
    coverage: optional(ratio, undefined),
    detection: optional(orNull(duration('> 0')), undefined),
    suspend: optional(boolean, false),
  })
  const { units, needed, crews, suspend, detection } = given
  if (needed > units) refuse('needed', `an integer from 1 to ${units}`, needed)
  const failureRate = rate('mtbf', 'failureRate', given)
  const repairRate = rate('mttr', 'repairRate', given)
  const coverage = given.coverage ?? (detection === undefined ? 1 : 0)
  if (coverage < 1 && detection === undefined)
    refuse('detection', 'a duration > 0 where coverage is below 1', detection)
  if (failureRate === null || repairRate === null || detection === null) return { units, chain: null }
  const chain = { units, needed, failureRate, repairRate, crews, standby: given.standby, coverage, suspend }
  return { units, chain: { ...chain, detection: (detection ?? 0) / hour } }
}

type RateOptions = { readonly [name in 'mtbf' | 'failureRate' | 'mttr' | 'repairRate']: number | null | undefined }

/** A rate per hour, from the mean time or the rate, whichever is given. */
function rate(time: 'mtbf' | 'mttr', perHour: 'failureRate' | 'repairRate', given: RateOptions): number | null {
  const [mean, direct] = [given[time], given[perHour]]
  if (mean !== undefined && direct !== undefined) refuse(time, `left out where ${perHour} is given`, mean)
  if (mean === undefined && direct === undefined) refuse(time, `a duration > 0 where ${perHour} is not given`, mean)
  return direct === undefined ? (mean == null ? null : hour / mean) : direct
}

const standby: Check<number> = (value, fail) => {
  if (value === 'hot') return 1
  return value === 'cold' ? 0 : ratio(value, () => fail("'hot', 'cold' or a number from 0 to 1"))
}

function refuse(name: string, expected: string, got: unknown): never {
  throw new TypeError(`repairable: ${name} must be ${expected}, got ${show(got)}`)
}
