/** A call through four policies that somebody reads: metrics, spans and channels, set up as their pages say. */
import { subscribe } from 'node:diagnostics_channel'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { Registry } from 'prom-client'
import { publishDiagnostics } from '../../dist/diagnostics.js'
import { holdfastTelemetry } from '../../dist/opentelemetry.js'
import { holdfastMetrics } from '../../dist/prometheus.js'
import { stackOf } from './holdfast.mjs'

class Reader extends MetricReader {
  async onForceFlush() {}
  async onShutdown() {}
}

const meter = () => new MeterProvider({ readers: [new Reader()] }).getMeter('bench')
/** Spans are made and ended, and go nowhere. */
const dropping = { onStart() {}, onEnd() {}, async forceFlush() {}, async shutdown() {} }
const tracer = (sampler) => new BasicTracerProvider({ sampler, spanProcessors: [dropping] }).getTracer('bench')

const readers = {
  none: () => {},
  metrics: (policies) => holdfastMetrics({ registry: new Registry(), policies }),
  durations: (policies) => holdfastMetrics({ registry: new Registry(), policies, callDuration: true }),
  meter: (policies) => holdfastTelemetry({ meter: meter(), policies }),
  meterDurations: (policies) => holdfastTelemetry({ meter: meter(), policies, callDuration: true }),
  spansDropped: (policies) => holdfastTelemetry({ tracer: tracer(new AlwaysOffSampler()), policies }),
  spans: (policies) => holdfastTelemetry({ tracer: tracer(), policies }),
  channels: (policies) => publishDiagnostics({ policies }),
  channelsHeard(policies) {
    let heard = 0
    subscribe('holdfast:call', () => heard++)
    publishDiagnostics({ policies })
  },
}

export function read(by, work) {
  const policy = stackOf(4)
  readers[by]([policy])
  return () => policy.execute(work)
}
