/**
 * The last 90 days of components, by the calendar of a zone; today, which is not over, ends now.
 *
 * What is told late changes days that are over, so they are kept for a minute and no longer. Invariant: `#edges` are the
 * midnights of one day, and of every component in `#closed` those of that day.
 */
import type { AvailabilityTracker } from '../../../availability/availability-tracker.ts'
import { calendarWindow } from '../../../availability/window/calendar.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import type { Slice } from '../wire/facts.ts'
import { sliceOf } from './slice.ts'

const count = 90
const keep: Milliseconds = 60_000

interface Closed {
  readonly at: Milliseconds
  readonly slices: readonly Slice[]
}

export class Days {
  readonly #tracker: AvailabilityTracker
  readonly #clock: Clock
  readonly zone: string
  /** Beginnings of days, oldest first, today last. */
  #edges: readonly number[] = []
  /** The end of today. */
  #until = Number.NEGATIVE_INFINITY
  readonly #closed = new Map<string, Closed>()

  constructor(tracker: AvailabilityTracker, clock: Clock, zone: string) {
    this.#tracker = tracker
    this.#clock = clock
    this.zone = zone
  }

  of(name: string): readonly Slice[] {
    const now = this.#clock.wall()
    this.#turn(now)
    const today = this.#edges.at(-1) as number
    const [slice] = this.#tracker.slices(name, [new Date(today), new Date(now)])
    return [...this.#before(name, now), sliceOf(slice as NonNullable<typeof slice>)]
  }

  #before(name: string, now: Milliseconds): readonly Slice[] {
    const known = this.#closed.get(name)
    if (known !== undefined) return known.slices
    const edges = this.#edges.map((edge) => new Date(edge))
    const slices = this.#tracker.slices(name, edges).map(sliceOf)
    this.#closed.set(name, { at: now, slices })
    return slices
  }

  /** Forgets what is too old. */
  #turn(now: Milliseconds): void {
    const today = this.#edges.at(-1) ?? Number.POSITIVE_INFINITY
    if (now < today || now >= this.#until) {
      this.#closed.clear()
      const starts = Array.from({ length: count }, (_, back) => calendarWindow('day', this.zone, now, back))
      this.#until = (starts[0] as (typeof starts)[number])[1]
      this.#edges = starts.map(([from]) => from).reverse()
    }
    for (const [name, { at }] of this.#closed) if (Math.abs(now - at) >= keep) this.#closed.delete(name)
  }
}
