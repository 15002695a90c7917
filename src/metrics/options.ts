/** The options that all exporters of metrics have. */

import type { Duration } from '../core/duration.ts'
import { type Check, duration, integer, isRecord, optional, show } from '../core/options.ts'
import type { AnyPolicy, BasePolicy } from '../core/policy.ts'
import { policyOf } from '../core/policy-of.ts'
import type { AvailabilityTracker } from '../full-tracker/availability-tracker.ts'
import { callBuckets } from './buckets.ts'

export interface MetricsOptions {
  /** The tracker whose components and objectives are exported. */
  readonly tracker?: AvailabilityTracker
  /** Policies, with all policies inside of them; their names must differ. `watch` adds more later. */
  readonly policies?: readonly AnyPolicy[]
  /** The windows of availability, coverage, MTBF and MTTR, each above 0. Default an hour, a day and 30 days. */
  readonly windows?: readonly Duration[]
  /** How many components get series: the first ones. An integer >= 0. Default 500. */
  readonly maxComponents?: number
  /** How many members of pools get series: the first ones. An integer >= 0. Default 500. */
  readonly maxMembers?: number
  /**
   * A histogram of how long calls take: `true`, or the upper bounds of its buckets in seconds, rising. It costs an event and
   * two readings of the clock a call; the other metrics cost neither. Default false.
   */
  readonly callDuration?: boolean | readonly number[]
}

export const trackerCheck: Check<AvailabilityTracker> = (value, fail) =>
  hasMethods(value, ['report', 'statuses', 'on', 'off'])
    ? (value as AvailabilityTracker)
    : fail('an availability tracker')

export const policiesCheck: Check<readonly unknown[]> = (value, fail) =>
  Array.isArray(value) ? [...value] : fail('a list')

const windowsCheck: Check<readonly number[]> = (value, fail) => {
  const wrong = () => fail('a list of durations > 0')
  return Array.isArray(value) ? [...new Set(value.map((window) => duration('> 0')(window, wrong)))] : wrong()
}

const bucketsCheck: Check<readonly number[] | undefined> = (value, fail) => {
  if (typeof value === 'boolean') return value ? callBuckets : undefined
  const rising =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((bound, index) => Number.isFinite(bound) && bound > (index === 0 ? 0 : value[index - 1]))
  return rising ? [...value] : fail('a boolean, or bounds in seconds, rising')
}

/** The checks of `MetricsOptions`, to be spread into an exporter's own. */
export const metricsChecks = {
  tracker: optional(trackerCheck, undefined),
  policies: optional(policiesCheck, []),
  windows: optional(windowsCheck, [3_600_000, 86_400_000, 2_592_000_000] as readonly number[]),
  maxComponents: optional(integer(0), 500 as number),
  maxMembers: optional(integer(0), 500 as number),
  callDuration: optional(bucketsCheck, undefined),
}

export function hasMethods(value: unknown, methods: readonly string[]): boolean {
  return isRecord(value) && methods.every((method) => typeof value[method] === 'function')
}

/** The policies given to `exporter` (its name in errors), which watches policies with the names `taken` already. */
export function policiesOf(
  exporter: string,
  given: readonly unknown[],
  taken: Iterable<string>,
): readonly BasePolicy[] {
  const names = new Set(taken)
  return given.map((value) => {
    const policy = policyOf(value)
    if (policy === undefined) throw new TypeError(`${exporter}: policies must be policies, got ${show(value)}`)
    if (names.has(policy.name)) {
      throw new TypeError(`${exporter}: policies must have names of their own, got ${show(policy.name)} again`)
    }
    names.add(policy.name)
    return policy
  })
}
