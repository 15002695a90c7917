/** Time in the account: how much of a window was up, down, or neither. */
import { DEGRADED, DOWN, MAINTENANCE, OUTSIDE, UNKNOWN, UP } from '../timeline/states.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Accounting } from './accounting.ts'

export interface Sums {
  readonly uptime: number
  readonly downtime: number
  readonly degraded: number
  readonly maintenance: number
  readonly unknown: number
  /** Outside service hours. */
  readonly outside: number
  /** Uptime, with degraded time in so far as it counts. */
  readonly operating: number
  /** Time of the account that was not operating. */
  readonly lost: number
  /** Unknown time, however it counts. */
  readonly unseen: number
}

/** What is after `now` is unknown, or outside service hours, and counts as nothing. */
export function sumsOf(timeline: Timeline, accounting: Accounting, from: number, to: number, now: number): Sums {
  const lived = timeline.totals(Math.min(from, now), Math.min(to, now))
  const time = (code: number): number => lived[code] as number
  const shut = to > now ? (timeline.totals(Math.max(from, now), to)[OUTSIDE] as number) : 0
  const future = to > now ? to - Math.max(from, now) - shut : 0
  const { degraded, maintenance, unknown } = accounting
  const weight = typeof degraded === 'number' ? degraded : 0
  const weighed = typeof degraded === 'number' ? time(DEGRADED) : 0
  let uptime = time(UP)
  let downtime = time(DOWN)
  if (degraded === 'up') uptime += time(DEGRADED)
  if (degraded === 'down') downtime += time(DEGRADED)
  if (maintenance === 'up') uptime += time(MAINTENANCE)
  if (maintenance === 'down') downtime += time(MAINTENANCE)
  if (unknown === 'up') uptime += time(UNKNOWN)
  if (unknown === 'down') downtime += time(UNKNOWN)
  const counts = maintenance === 'up' || maintenance === 'down'
  return {
    uptime,
    downtime,
    degraded: time(DEGRADED),
    maintenance: counts ? 0 : time(MAINTENANCE),
    unknown: (unknown === 'exclude' ? time(UNKNOWN) : 0) + future,
    outside: time(OUTSIDE) + shut,
    operating: uptime + weight * weighed,
    lost: downtime + (1 - weight) * weighed,
    unseen: time(UNKNOWN) + future,
  }
}

export interface Ratios {
  readonly coverage: number | null
  readonly availability: number | null
  readonly availabilityIfUnknownDown: number | null
  readonly availabilityIfUnknownUp: number | null
  readonly nines: number | null
}

/** The nines come from what was lost: 1 - availability would lose their digits. */
export function ratiosOf({ operating, lost, unknown, outside, unseen }: Sums, length: number): Ratios {
  const observed = operating + lost
  const asked = length - outside
  const of = (part: number, whole: number): number | null => (observed > 0 ? part / whole : null)
  return {
    coverage: asked > 0 ? (asked - unseen) / asked : null,
    availability: of(operating, observed),
    availabilityIfUnknownDown: of(operating, observed + unknown),
    availabilityIfUnknownUp: of(operating + unknown, observed + unknown),
    nines: observed > 0 && lost > 0 ? -Math.log10(lost / observed) : null,
  }
}
