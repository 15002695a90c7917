/** How an availability is given: with the unavailability beside it, which has the digits that matter. */
import type { Odds } from './node.ts'

export interface Shares<N extends number | null = number> {
  readonly availability: N
  readonly unavailability: N
}

export function sharesOf(odds: Odds | null): Shares<number | null> {
  return { availability: odds?.[0] ?? null, unavailability: odds?.[1] ?? null }
}
