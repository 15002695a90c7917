/** Exports policies and a tracker to OpenTelemetry: metrics, read when the meter asks, and spans of calls. */
import type { AnyPolicy, BasePolicy } from '../../core/policy.ts'
import { MetricsCollector } from '../../metrics/metrics-collector.ts'
import { policiesOf } from '../../metrics/options.ts'
import type { Tracer } from './api.ts'
import { MeterSink } from './meter-sink.ts'
import { type HoldfastTelemetryOptions, resolveTelemetryOptions } from './options.ts'
import { PolicyTracing } from './policy-tracing.ts'

export interface HoldfastTelemetry {
  /** Exports a policy, with all policies inside of it, until the returned `stop()` is called. Does nothing after `stop()` of the whole. */
  watch(policy: AnyPolicy): { stop(): void }
  /** Stops exporting every policy and the tracker: no value is observed and no span begins after it. May be called twice. */
  stop(): void
}

/**
 * Exports metrics of policies and of a tracker to a meter, and spans of calls to a tracer.
 *
 * ```ts
 * import { metrics, trace } from '@opentelemetry/api'
 * import { circuitBreaker } from 'holdfast/circuit-breaker'
 * import { holdfastTelemetry } from 'holdfast/opentelemetry'
 * const stock = circuitBreaker({ name: 'stock' })
 * const telemetry = holdfastTelemetry({
 *   meter: metrics.getMeter('holdfast'),
 *   tracer: trace.getTracer('holdfast'),
 *   policies: [stock],
 * })
 * ```
 *
 * @throws TypeError where an option is wrong, or a policy is traced already.
 */
export function holdfastTelemetry(options: HoldfastTelemetryOptions): HoldfastTelemetry {
  const { meter, tracer, policies: given, ...collected } = resolveTelemetryOptions(options)
  const watched = new Map<string, () => void>()
  let stopped = false
  const resolve = (values: readonly unknown[]) =>
    untraced(policiesOf('holdfastTelemetry', values, watched.keys()), tracer)
  const policies = resolve(given)
  const sink = meter && new MeterSink(meter)
  const collector = sink && new MetricsCollector(sink, collected)
  const watch = (policy: BasePolicy) => {
    const ends = [collector?.watch(policy), tracer && new PolicyTracing(tracer, policy).start()]
    const stop = () => {
      if (watched.get(policy.name) !== stop) return
      watched.delete(policy.name)
      for (const end of ends) end?.()
    }
    watched.set(policy.name, stop)
    return { stop }
  }
  sink?.open(() => collector?.collect())
  collector?.start([])
  for (const policy of policies) watch(policy)
  return {
    watch(policy) {
      const [resolved] = resolve([policy])
      return stopped ? { stop() {} } : watch(resolved as NonNullable<typeof resolved>)
    },
    stop() {
      stopped = true
      for (const stop of [...watched.values()]) stop()
      sink?.close()
      collector?.stop()
    },
  }
}

function untraced(policies: readonly BasePolicy[], tracer: Tracer | undefined): readonly BasePolicy[] {
  const traced = tracer && policies.find(({ intercepted }) => intercepted)
  if (traced === undefined) return policies
  throw new TypeError(`holdfastTelemetry: policies must not be traced yet, got ${JSON.stringify(traced.name)}`)
}
