/** This is the only file that imports OpenTelemetry's API. */
export {
  type Attributes,
  type BatchObservableCallback,
  type BatchObservableResult,
  type Context,
  context,
  type Histogram,
  type Meter,
  type Observable,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
