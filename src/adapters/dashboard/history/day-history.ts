/**
 * The last 90 days of components, in the days of a time zone. Today is not over: it ends now.
 *
 * A late report can change past days, so they are cached for a minute at most. Invariant: `#starts` are the starts of the 90
 * days up to one today, and every component in `#pastDays` has the days of that today.
 */
import type { TimeSlice } from '../../../availability/status/time-slices.ts'
import { calendarWindow } from '../../../availability/time/calendar.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import type { AvailabilityTracker } from '../../../full-tracker/availability-tracker.ts'
import { roundShare } from '../facts/rounding.ts'
import type { BarSlice } from '../wire/details.ts'

const count = 90
const keep: Milliseconds = 60_000

interface PastDays {
  readonly at: Milliseconds
  readonly slices: readonly BarSlice[]
}

export class DayHistory {
  readonly #tracker: AvailabilityTracker
  readonly #clock: Clock
  readonly zone: string
  /** Oldest first, today last. */
  #starts: readonly number[] = []
  #endOfToday = Number.NEGATIVE_INFINITY
  readonly #pastDays = new Map<string, PastDays>()

  constructor(tracker: AvailabilityTracker, clock: Clock, zone: string) {
    this.#tracker = tracker
    this.#clock = clock
    this.zone = zone
  }

  of(name: string): readonly BarSlice[] {
    const now = this.#clock.wall()
    this.#expire(now)
    const today = this.#starts.at(-1) as number
    const [slice] = this.#tracker.slices(name, [new Date(today), new Date(now)])
    return [...this.#past(name, now), barSlice(slice as NonNullable<typeof slice>)]
  }

  #past(name: string, now: Milliseconds): readonly BarSlice[] {
    const known = this.#pastDays.get(name)
    if (known !== undefined) return known.slices
    const edges = this.#starts.map((start) => new Date(start))
    const slices = this.#tracker.slices(name, edges).map(barSlice)
    this.#pastDays.set(name, { at: now, slices })
    return slices
  }

  /** Removes what is too old, and everything when the day has changed or the clock was set back. */
  #expire(now: Milliseconds): void {
    const today = this.#starts.at(-1) ?? Number.POSITIVE_INFINITY
    if (now < today || now >= this.#endOfToday) {
      this.#pastDays.clear()
      const days = Array.from({ length: count }, (_, back) => calendarWindow('day', this.zone, now, back))
      this.#endOfToday = (days[0] as (typeof days)[number])[1]
      this.#starts = days.map(([start]) => start).reverse()
    }
    for (const [name, { at }] of this.#pastDays) if (Math.abs(now - at) >= keep) this.#pastDays.delete(name)
  }
}

export function barSlice({ fromAt, toAt, availability, times, failures }: TimeSlice): BarSlice {
  const { up, degraded, down, maintenance } = times
  return {
    from: Math.round(fromAt),
    to: Math.round(toAt),
    availability: roundShare(availability),
    up: Math.round(up),
    degraded: Math.round(degraded),
    down: Math.round(down),
    maintenance: Math.round(maintenance),
    failures,
  }
}
