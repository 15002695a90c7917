/** The options of `holdfastTelemetry`. */
import { type Check, optional, resolveOptions, show } from '../../core/options.ts'
import { hasMethods, type MetricsOptions, metricsChecks } from '../../metrics/options.ts'
import type { Meter, Tracer } from './api.ts'

export interface HoldfastTelemetryOptions extends MetricsOptions {
  /** Gets the metrics; without it there are none. */
  readonly meter?: Meter
  /** Gets the spans of calls; without it there are none. */
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
