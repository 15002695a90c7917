/** What an exporter can be told. */
import type { AvailabilityTracker } from '../../availability/availability-tracker.ts'
import type { Duration } from '../../core/duration.ts'
import { type Check, duration, integer, isRecord, optional, resolveOptions } from '../../core/options.ts'
import type { AnyPolicy } from '../../core/policy.ts'
import { callBuckets } from './buckets.ts'
import type { MetricRegistry } from './exposition.ts'

export interface HoldfastMetricsOptions {
  /** Where the metrics go. Nothing goes anywhere else. */
  readonly registry: MetricRegistry
  /** Its components and objectives. */
  readonly tracker?: AvailabilityTracker
  /** Policies with all that is inside of them; each has a name of its own. Further ones by `watch`. */
  readonly policies?: readonly AnyPolicy[]
  /** Before every name: letters, digits and `_`. Default `'holdfast'`. */
  readonly prefix?: string
  /** What availability, coverage, MTBF and MTTR are computed for, each above 0. Default an hour, a day and 30 days. */
  readonly windows?: readonly Duration[]
  /** So many components have series, the first that came. An integer >= 0. Default 500. */
  readonly maxComponents?: number
  /** So many members of pools. An integer >= 0. Default 500. */
  readonly maxMembers?: number
  /**
   * A histogram of how long calls take: `true`, or the upper bounds of its buckets in seconds, rising. It costs an event and
   * two looks at the clock a call, and nothing else here does. Default false.
   */
  readonly callDuration?: boolean | readonly number[]
}

const registryCheck: Check<MetricRegistry> = (value, fail) =>
  hasMethods(value, ['registerMetric', 'getSingleMetric', 'removeSingleMetric'])
    ? (value as MetricRegistry)
    : fail('a Registry of prom-client')

const trackerCheck: Check<AvailabilityTracker> = (value, fail) =>
  hasMethods(value, ['report', 'standings', 'on', 'off'])
    ? (value as AvailabilityTracker)
    : fail('an availability tracker')

const policiesCheck: Check<readonly unknown[]> = (value, fail) => (Array.isArray(value) ? [...value] : fail('a list'))

const prefixCheck: Check<string> = (value, fail) =>
  typeof value === 'string' && /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(value) ? value : fail('letters, digits and _')

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

export type Resolved = ReturnType<typeof resolveMetricsOptions>

export function resolveMetricsOptions(given: unknown) {
  return resolveOptions('holdfastMetrics', given, {
    registry: registryCheck,
    tracker: optional(trackerCheck, undefined),
    policies: optional(policiesCheck, []),
    prefix: optional(prefixCheck, 'holdfast' as string),
    windows: optional(windowsCheck, [3_600_000, 86_400_000, 2_592_000_000] as readonly number[]),
    maxComponents: optional(integer(0), 500 as number),
    maxMembers: optional(integer(0), 500 as number),
    callDuration: optional(bucketsCheck, undefined),
  })
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  return isRecord(value) && methods.every((method) => typeof value[method] === 'function')
}
