/** A source of random numbers that is determined by its seed. */
import { show } from '../core/options.ts'
import type { Random } from '../core/random.ts'

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
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
