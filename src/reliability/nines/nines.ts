/**
 * Nines and the downtime they allow.
 *
 * Both are made from the unavailability, of which 0.9999999 is 1e-7 and not 9.999999994736442e-8. A year, a quarter, a
 * month are of different lengths to different people, so the window is always given.
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
 * The nines one can boast of: the run of them after the point, 3 for 0.9995. Null for 1.
 *
 * Throws a `TypeError` for a number outside 0 to 1.
 */
export function countedNines(availability: number): number | null {
  const real = nines(availability)
  return real === null ? null : Math.floor(real + 1e-9)
}

/**
 * How long a target allows to be down in a window, in ms.
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
