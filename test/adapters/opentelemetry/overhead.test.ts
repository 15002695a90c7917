import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { type HoldfastTelemetryOptions, holdfastTelemetry } from 'holdfast/opentelemetry'
import { expect, it } from 'vitest'
import { fivePolicies, overheadOf } from '../../support/overhead.ts'
import { Readings } from './readings.ts'

function watched(name: string, options: HoldfastTelemetryOptions) {
  const policy = fivePolicies(name)
  return { policy, telemetry: holdfastTelemetry({ ...options, policies: [policy] }) }
}

// Wall time: another run of a busy machine may do better.
it('costs little while metrics are exported, and nothing after that', { retry: 2 }, async () => {
  const tracer = new BasicTracerProvider({ sampler: new AlwaysOffSampler() }).getTracer('test')
  const { meter } = new Readings()
  const metrics = watched('metrics', { meter })
  const freed = watched('freed', { meter, tracer })
  const dropped = watched('dropped', { tracer })
  freed.telemetry.stop()

  const [on, off, traced] = await overheadOf(metrics.policy, freed.policy, dropped.policy)

  // On a quiet machine 1.1, 1.0 and 5.
  expect(on).toBeLessThan(2.4)
  expect(off).toBeLessThan(1.5)
  expect(traced).toBeLessThan(12)
})
