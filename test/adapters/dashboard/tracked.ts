import { availabilityTracker, type ComponentHandle } from 'holdfast/availability'
import { type DashboardOptions, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour
/** Not at the start of a day. */
export const morning = Date.UTC(2026, 5, 10, 6, 15)

export function watched(options: DashboardOptions = {}, wall = morning) {
  const clock = virtualClock({ wall })
  const tracker = availabilityTracker({ clock })
  return { clock, tracker, board: dashboard({ tracker, clock, ...options }) }
}

/** Up for 23 hours of each day, down for one. */
export async function flapping({ up, down }: ComponentHandle, clock: ReturnType<typeof virtualClock>, days: number) {
  for (let round = 0; round < days; round++) {
    up()
    await clock.advance(23 * hour)
    down({ reason: `outage ${round}` })
    await clock.advance(hour)
  }
  up()
}
