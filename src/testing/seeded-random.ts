/** A source of random numbers that is determined by its seed. */
import { show } from '../core/options.ts'
import { type Random, seededSource } from '../core/random.ts'

/**
 * Makes a `random` for tests: the same seed gives the same numbers. The generator is mulberry32 (T. Ettinger, public domain).
 *
 * ```ts
 * import { seededRandom } from 'holdfast/testing'
 * const random = seededRandom(1)
 * const again = seededRandom(1)
 * random() === again() // => true
 * ```
 */
export function seededRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new TypeError(`seededRandom: seed must be an integer, got ${show(seed)}`)
  return seededSource(seed)
}
