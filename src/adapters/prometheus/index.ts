export type { MetricRegistry } from './exposition.ts'
export { type HoldfastMetrics, holdfastMetrics } from './holdfast-metrics.ts'
export type { HoldfastMetricsOptions } from './options.ts'
