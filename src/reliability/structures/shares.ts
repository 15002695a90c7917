/** An availability together with its unavailability, which has the digits that matter. */
import type { UpDown } from './node.ts'

export interface AvailabilityShares<N extends number | null = number> {
  readonly availability: N
  readonly unavailability: N
}

export function sharesOf(upDown: UpDown | null): AvailabilityShares<number | null> {
  return { availability: upDown?.[0] ?? null, unavailability: upDown?.[1] ?? null }
}
