/** Exports what policies and a tracker know to Prometheus: read when it is scraped, so that calls pay next to nothing. */
import type { AnyPolicy } from '../../core/policy.ts'
import { ComponentMetrics } from './component-metrics.ts'
import { Exposition } from './exposition.ts'
import { familiesOf } from './families.ts'
import { ObjectiveMetrics } from './objective-metrics.ts'
import { type HoldfastMetricsOptions, resolveMetricsOptions } from './options.ts'
import { Places } from './places.ts'
import { PolicyMetrics } from './policy-metrics.ts'

export interface HoldfastMetrics {
  /** Exports a policy, with all that is inside of it, until it is stopped; then its series are gone. */
  watch(policy: AnyPolicy): { stop(): void }
  /** Takes all metrics out of the registry, and lets go of every policy and of the tracker. Twice is once. */
  stop(): void
}

/**
 * Puts metrics of policies and of a tracker into a registry of prom-client.
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
  const {
    registry,
    tracker,
    policies: given,
    prefix,
    windows,
    maxComponents,
    maxMembers,
    callDuration,
  } = resolveMetricsOptions(options)
  const exposition = new Exposition(registry, prefix)
  const policies = new PolicyMetrics({
    exposition,
    families: familiesOf(exposition, callDuration),
    members: new Places('maxMembers', maxMembers, exposition),
  })
  const places = new Places('maxComponents', maxComponents, exposition)
  const components = tracker && new ComponentMetrics(exposition, tracker, windows, places)
  const objectives = tracker && new ObjectiveMetrics(exposition, tracker)
  const roots = policies.resolve(given)
  exposition.open()
  for (const root of roots) policies.watch(root)
  components?.start()
  for (const part of [components, objectives, policies]) {
    if (part !== undefined) exposition.onScrape(() => part.collect())
  }
  return {
    watch(policy) {
      const [root] = policies.resolve([policy])
      return { stop: policies.watch(root as NonNullable<typeof root>) }
    },
    stop() {
      exposition.close()
      policies.stop()
      components?.stop()
    },
  }
}
