/** A function under policies, its signature kept. */
import type { Policy } from '../core/policy.ts'
import { pipeline } from './pipeline.ts'

/**
 * The function under policies, first listed outermost: same parameters, same `this`. Predicates see its result type.
 * The function is not given the call: what takes a signal wants `pipeline(…).withCall((call, …) => …)`.
 *
 * ```ts
 * import { protect } from 'holdfast/pipeline'
 * import { retry } from 'holdfast/retry'
 * const load = async (id: string) => ({ id })
 * const loadSafely = protect(load, retry(2))
 * await loadSafely('a') // => { id: 'a' }
 * ```
 *
 * @throws TypeError where `fn` is no function or an argument is no policy.
 */
export function protect<This, Args extends readonly unknown[], R, Adds = never>(
  fn: (this: This, ...args: Args) => R,
  ...policies: readonly Policy<NoInfer<Awaited<R>>, Adds>[]
): (this: This, ...args: Args) => Promise<Awaited<R> | Adds> {
  const name = typeof fn === 'function' && fn.name !== '' ? fn.name : 'pipeline'
  return pipeline(name, ...policies).wrap(fn) as (this: This, ...args: Args) => Promise<Awaited<R> | Adds>
}
