// Traces of two calls, and metrics: the first fails over to the other member, a breaker rejects the second one's first try.
import { metrics, trace } from '@opentelemetry/api'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { circuitBreaker, failoverPool, ordered, pipeline, timeout } from 'holdfast'
import { holdfastTelemetry } from 'holdfast/opentelemetry'

/** The set-up of an application; `@opentelemetry/sdk-node` does all of it. */
class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
const reader = new Reader()
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
const exporter = new InMemorySpanExporter()
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))

const pool = failoverPool(['eu', 'us'], {
  name: 'stock',
  selection: ordered(),
  guard: ({ name }) => pipeline(circuitBreaker({ name: `to-${name}`, consecutiveFailures: 1 }), timeout('500ms')),
})
const telemetry = holdfastTelemetry({
  meter: metrics.getMeter('shop'),
  tracer: trace.getTracer('shop'),
  policies: [pool],
})

const ask = async (region: string): Promise<string> => {
  if (region === 'eu') throw new TypeError('fetch failed')
  return `from ${region}`
}
for (let call = 1; call <= 2; call++) console.log(await pool.execute(({ target }) => ask(target)))

for (const span of exporter.getFinishedSpans()) {
  const { 'error.type': error, 'holdfast.pool.member.name': member } = span.attributes
  console.log(span.name, member, error ?? 'fine', span.events.map(({ name }) => name).join(', '))
}
const { resourceMetrics } = await reader.collect()
for (const { descriptor, dataPoints } of resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)) {
  if (/calls|failovers|rejections/.test(descriptor.name)) {
    for (const { attributes, value } of dataPoints) console.log(descriptor.name, JSON.stringify(attributes), value)
  }
}
telemetry.stop()
metrics.disable()
trace.disable()
