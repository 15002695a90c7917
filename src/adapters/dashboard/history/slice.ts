/** A slice of a tracker, as the page gets it. */
import type { TimeSlice } from '../../../availability/report/slices.ts'
import { share } from '../facts/rounding.ts'
import type { Slice } from '../wire/facts.ts'

export function sliceOf({ fromAt, toAt, availability, times, failures }: TimeSlice): Slice {
  const { up, degraded, down, maintenance } = times
  return {
    from: Math.round(fromAt),
    to: Math.round(toAt),
    availability: share(availability),
    up: Math.round(up),
    degraded: Math.round(degraded),
    down: Math.round(down),
    maintenance: Math.round(maintenance),
    failures,
  }
}
