/** The factory of circuit breakers. */
import { CircuitBreakerPolicy } from './breaker-policy.ts'
import type { CircuitBreaker } from './circuit.ts'
import { type CircuitBreakerOptions, resolveBreakerOptions } from './options.ts'

/**
 * Stops calling what keeps failing.
 *
 * ```ts
 * import { circuitBreaker } from 'holdfast/circuit-breaker'
 * const guarded = circuitBreaker({ consecutiveFailures: 5, openFor: '10s' })
 * guarded.on('open', ({ policy, cause }) => console.warn(policy, 'opened:', cause))
 * await guarded.execute(() => fetch('http://localhost/'))
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function circuitBreaker<Accepts = unknown>(options?: CircuitBreakerOptions<Accepts>): CircuitBreaker<Accepts> {
  return new CircuitBreakerPolicy(resolveBreakerOptions(options)) as unknown as CircuitBreaker<Accepts>
}
