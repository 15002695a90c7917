/** Makes failover pools. */
import { show } from '../core/options.ts'
import type { AnyPolicy, Policy } from '../core/policy.ts'
import type { PoolOf, TargetOf } from './failover-pool.ts'
import type { FailoverOptions } from './options.ts'
import { FailoverPoolPolicy } from './pool.ts'
import { resolvePoolOptions } from './settings.ts'
import type { MemberSource } from './sources/source.ts'

/**
 * Makes a pool of members that can serve the same call. They are given as a list, or by a source that lists them.
 *
 * ```ts
 * import { failoverPool, weighted } from 'holdfast/failover'
 * import { circuitBreaker } from 'holdfast/circuit-breaker'
 * const api = failoverPool(
 *   [{ target: 'http://localhost:8001', weight: 5 }, 'http://localhost:8002'],
 *   { selection: weighted(), guard: () => circuitBreaker({ consecutiveFailures: 5 }) },
 * )
 * await api.execute(async ({ target, signal }) => {
 *   const response = await fetch(target, { signal })
 *   if (!response.ok) throw new Error(`HTTP ${response.status}`)
 *   return response.text()
 * })
 * ```
 *
 * @throws TypeError where an option or a member is wrong.
 */
export function failoverPool<M, Guard extends AnyPolicy = AnyPolicy & Policy, Accepts = unknown>(
  members: readonly M[] | MemberSource<M>,
  options?: FailoverOptions<TargetOf<M>, Guard, Accepts>,
): PoolOf<M, Guard, Accepts> {
  const source = sourceOf(members)
  if (source === undefined && !Array.isArray(members)) {
    throw new TypeError(`failoverPool: members must be an array or a source, got ${show(members)}`)
  }
  const settings = resolvePoolOptions(options)
  const pool: unknown = new FailoverPoolPolicy(source === undefined ? (members as readonly M[]) : [], source, settings)
  return pool as PoolOf<M, Guard, Accepts>
}

function sourceOf(value: unknown): MemberSource | undefined {
  const source = value as Partial<MemberSource> | null
  return typeof source === 'object' && typeof source?.watch === 'function' ? (source as MemberSource) : undefined
}
