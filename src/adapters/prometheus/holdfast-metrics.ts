/** Exports policies and a tracker to Prometheus. Values are read at a scrape, so calls pay next to nothing. */
import type { AnyPolicy } from '../../core/policy.ts'
import { MetricsCollector } from '../../metrics/metrics-collector.ts'
import { policiesOf } from '../../metrics/options.ts'
import { Exposition } from './exposition.ts'
import { type HoldfastMetricsOptions, resolveMetricsOptions } from './options.ts'

export interface HoldfastMetrics {
  /**
   * Exports a policy, with all policies inside of it, until the returned `stop()` is called, which removes its series. Does
   * nothing after `stop()` of the whole.
   */
  watch(policy: AnyPolicy): { stop(): void }
  /** Removes all metrics from the registry, and unsubscribes from every policy and the tracker. May be called twice. */
  stop(): void
}

/**
 * Exports metrics of policies and of a tracker into a registry of prom-client.
 *
 * ```ts
 * import { availabilityTracker } from 'holdfast/availability'
 * import { circuitBreaker } from 'holdfast/circuit-breaker'
 * import { holdfastMetrics } from 'holdfast/prometheus'
 * import { Registry } from 'prom-client'
 * const registry = new Registry()
 * const stock = circuitBreaker({ name: 'stock' })
 * const tracker = availabilityTracker()
 * tracker.watch(stock)
 * holdfastMetrics({ registry, tracker, policies: [stock] })
 * const text = await registry.metrics()
 * text.includes('holdfast_circuit_breaker_status{breaker="stock",state="closed"} 1') // => true
 * ```
 *
 * @throws TypeError where an option is wrong, or the registry has a metric of one of the names.
 */
export function holdfastMetrics(options: HoldfastMetricsOptions): HoldfastMetrics {
  const { registry, prefix, policies: given, ...collected } = resolveMetricsOptions(options)
  const exposition = new Exposition(registry, prefix)
  const collector = new MetricsCollector(exposition, collected)
  const policies = policiesOf('holdfastMetrics', given, [])
  exposition.open(() => collector.collect())
  collector.start(policies)
  return {
    watch(given) {
      const [policy] = policiesOf('holdfastMetrics', [given], collector.names)
      return { stop: collector.watch(policy as NonNullable<typeof policy>) }
    },
    stop() {
      exposition.close()
      collector.stop()
    },
  }
}
