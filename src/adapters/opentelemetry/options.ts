/** What telemetry can be told. */
import { type Check, optional, resolveOptions, show } from '../../core/options.ts'
import { hasMethods, type MetricsOptions, metricsChecks } from '../../metrics/options.ts'
import type { Meter, Tracer } from './api.ts'

export interface HoldfastTelemetryOptions extends MetricsOptions {
  /** Where metrics go; without one there are none. */
  readonly meter?: Meter
  /** Where spans of calls go; without one there are none. */
  readonly tracer?: Tracer
}

const meterCheck: Check<Meter> = (value, fail) =>
  hasMethods(value, ['createHistogram', 'createObservableCounter', 'addBatchObservableCallback'])
    ? (value as Meter)
    : fail('a Meter of OpenTelemetry')

const tracerCheck: Check<Tracer> = (value, fail) =>
  hasMethods(value, ['startSpan']) ? (value as unknown as Tracer) : fail('a Tracer of OpenTelemetry')

export function resolveTelemetryOptions(given: unknown) {
  const options = resolveOptions('holdfastTelemetry', given, {
    meter: optional(meterCheck, undefined),
    tracer: optional(tracerCheck, undefined),
    ...metricsChecks,
  })
  if (options.meter === undefined && options.tracer === undefined) {
    throw new TypeError(`holdfastTelemetry: meter or tracer must be given, got ${show(undefined)} for both`)
  }
  return options
}
