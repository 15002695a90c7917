/** The factory of circuit breakers. */
import { warnOnce } from '../core/events.ts'
import { CircuitBreakerPolicy } from './breaker-policy.ts'
import type { CircuitBreaker } from './circuit.ts'
import { type CircuitBreakerOptions, idleOptions, resolveBreakerOptions } from './options.ts'

/**
 * Stops calling what keeps failing.
 *
 * ```ts
 * import { circuitBreaker } from 'holdfast/circuit-breaker'
 * const guarded = circuitBreaker({ consecutiveFailures: 5, openFor: '10s' })
 * guarded.on('open', ({ policy, cause }) => console.warn(policy, 'opened:', cause))
 * await guarded.execute(async ({ signal }) => {
 *   const response = await fetch('http://localhost/', { signal })
 *   if (!response.ok) throw new Error(`HTTP ${response.status}`)
 *   return response.text()
 * })
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function circuitBreaker<Accepts = unknown>(options?: CircuitBreakerOptions<Accepts>): CircuitBreaker<Accepts> {
  const resolved = resolveBreakerOptions(options)
  for (const name of idleOptions(options, resolved)) {
    warnOnce(`circuitBreaker: ${name} has no effect without failureRate or slowCallAfter`)
  }
  return new CircuitBreakerPolicy(resolved) as unknown as CircuitBreaker<Accepts>
}
