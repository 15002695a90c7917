/** The options of `holdfastMetrics`. */
import { type Check, optional, resolveOptions } from '../../core/options.ts'
import { hasMethods, type MetricsOptions, metricsChecks } from '../../metrics/options.ts'
import type { MetricRegistry } from './exposition.ts'

export interface HoldfastMetricsOptions extends MetricsOptions {
  /** Gets the metrics; no other registry is touched. */
  readonly registry: MetricRegistry
  /** The beginning of every name: letters, digits and `_`. Default `'holdfast'`. */
  readonly prefix?: string
}

const registryCheck: Check<MetricRegistry> = (value, fail) =>
  hasMethods(value, ['registerMetric', 'getSingleMetric', 'removeSingleMetric'])
    ? (value as MetricRegistry)
    : fail('a Registry of prom-client')

const prefixCheck: Check<string> = (value, fail) =>
  typeof value === 'string' && /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(value) ? value : fail('letters, digits and _')

export function resolveMetricsOptions(given: unknown) {
  return resolveOptions('holdfastMetrics', given, {
    ...metricsChecks,
    registry: registryCheck,
    prefix: optional(prefixCheck, 'holdfast' as string),
  })
}
