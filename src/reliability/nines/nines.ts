/**
 * Nines and the downtime they allow.
 *
 * Both use the exact complement: 1 - 0.9999999 is 1e-7 here, and not 9.999999994736442e-8. Years, quarters and months
 * have no agreed length, so the window is always an argument.
 */
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { duration, ratio, resolveOptions } from '../../core/options.ts'
import { complement } from '../../stats/complement.ts'

/**
 * -log10(1 - availability): 3 for 0.999, 3.3 for 0.9995. Null for 1: without downtime there is nothing to count.
 *
 * Throws a `TypeError` for a number outside 0 to 1.
 */
export function nines(availability: number): number | null {
  const { availability: given } = resolveOptions('nines', { availability }, { availability: ratio })
  return given === 1 ? null : Math.abs(Math.log10(complement(given)))
}

/**
 * The number of nines after the point, 3 for 0.9995. Null for 1.
 *
 * Throws a `TypeError` for a number outside 0 to 1.
 */
export function countedNines(availability: number): number | null {
  const real = nines(availability)
  return real === null ? null : Math.floor(real + 1e-9)
}

/**
 * The downtime that a target allows in a window, in ms.
 *
 * `target` is a ratio from 0 to 1, `window` a duration above 0. Throws a `TypeError` for anything else.
 *
 * ```ts
 * import { downtimeBudget } from 'holdfast/availability'
 * downtimeBudget(0.9999, '365d') / 60_000 // => 52.56
 * ```
 */
export function downtimeBudget(target: number, window: Duration): Milliseconds {
  const given = resolveOptions('downtimeBudget', { target, window }, { target: ratio, window: duration('> 0') })
  return complement(given.target) * given.window
}
