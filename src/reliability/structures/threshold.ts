/**
 * The probability that at least `needed` of several independent parts are up.
 *
 * Adds one part at a time to the probabilities of each count: O(n · needed), whether the parts are alike or not. Up and
 * down are sums of positive products, so both keep their digits.
 */
import type { UpDown } from './node.ts'

export function threshold(needed: number, parts: readonly UpDown[]): UpDown {
  // The probability of each number of parts up so far; the last is for `needed` or more.
  const ways = new Array<number>(needed + 1).fill(0)
  ways[0] = 1
  const at = (count: number): number => ways[count] as number
  for (const [up, down] of parts) {
    ways[needed] = at(needed) + at(needed - 1) * up
    for (let count = needed - 1; count > 0; count--) ways[count] = at(count) * down + at(count - 1) * up
    ways[0] = at(0) * down
  }
  return whole(
    at(needed),
    ways.slice(0, needed).reduce((sum, way) => sum + way, 0),
  )
}

/** Scales both to the sum 1 again, after the rounding of many components. */
export function whole(up: number, down: number): UpDown {
  return [up / (up + down), down / (up + down)]
}
