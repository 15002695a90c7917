/** The facts of a tracker's components: their states at every reading, their availability less often. */
import type { ComponentStatus } from '../../../availability/status/component-status.ts'
import type { TimeSlice } from '../../../availability/status/time-slices.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import type { Events } from '../../../core/events.ts'
import type { AvailabilityTracker } from '../../../full-tracker/availability-tracker.ts'
import type { ComponentFact } from '../wire/facts.ts'
import type { FactEntry, FactSource } from './fact-store.ts'
import { RotatingCache } from './rotating-cache.ts'
import { keepInstant, roundCoverage, roundShare } from './rounding.ts'

const day = 86_400_000
/** Availability is computed once per period for each component, for at most this budget per reading, in ms. */
const period = 5000
const budget = 3

type AvailabilityFigures = Pick<ComponentFact, 'availability' | 'coverage' | 'failures'>

const unread: AvailabilityFigures = {
  availability: { day: null, month: null, quarter: null },
  coverage: { day: 0, month: 0, quarter: 0 },
  failures: 0,
}

export class ComponentFacts implements FactSource {
  readonly source = 'tracker'
  readonly #tracker: AvailabilityTracker
  readonly #clock: Clock
  readonly #events: Events
  readonly #figures: RotatingCache<string, AvailabilityFigures>
  /** As returned last. */
  #facts = new Map<string, ComponentFact>()

  constructor(tracker: AvailabilityTracker, clock: Clock, events: Events, every: Milliseconds) {
    this.#tracker = tracker
    this.#clock = clock
    this.#events = events
    this.#figures = new RotatingCache(clock, { every, period, budget })
  }

  facts(): readonly FactEntry[] {
    const statuses = this.#tracker.statuses()
    this.#figures.refresh(statuses.keys(), (name) => this.#read(name))
    const before = this.#facts
    this.#facts = new Map([...statuses].map(([name, status]) => [name, this.#fact(name, status, before.get(name))]))
    return [...this.#facts].map(([name, fact]) => [`component:${name}`, fact])
  }

  /** The same object as before if nothing has changed. */
  #fact(name: string, { state, sinceAt }: ComponentStatus, before: ComponentFact | undefined): ComponentFact {
    const since = sinceAt === null ? null : keepInstant(before?.since, sinceAt)
    const { availability, coverage, failures } = this.#figures.get(name) ?? unread
    const same = before?.state === state && before.since === since && before.availability === availability
    return same ? before : { kind: 'component', name, state, since, availability, coverage, failures }
  }

  #read(name: string): AvailabilityFigures {
    try {
      return figuresOf(this.#tracker.slices(name, this.#edges()))
    } catch (error) {
      this.#events.fault('tracker', error)
      return this.#figures.get(name) ?? unread
    }
  }

  #edges(): readonly Date[] {
    const now = this.#clock.wall()
    return [90, 30, 1, 0].map((days) => new Date(now - days * day))
  }
}

/** The slices are 60 days, 29 days and one day; sums from the first, second and third on are 90 days, 30 days and a day. */
function figuresOf(slices: readonly TimeSlice[]): AvailabilityFigures {
  const availability = (first: number): number | null => {
    let [operating, lost] = [0, 0]
    for (const slice of slices.slice(first)) {
      operating += slice.operating
      lost += slice.lost
    }
    return operating + lost > 0 ? roundShare(operating / (operating + lost)) : null
  }
  const coverage = (first: number): number => {
    let [known, whole] = [0, 0]
    for (const { times } of slices.slice(first)) {
      const observed = times.up + times.degraded + times.down + times.maintenance
      known += observed
      whole += observed + times.unknown
    }
    // Outside the service hours there is nothing to observe: coverage is 0, not NaN.
    return roundCoverage(known / Math.max(whole, 1))
  }
  return {
    coverage: { day: coverage(2), month: coverage(1), quarter: coverage(0) },
    availability: { day: availability(2), month: availability(1), quarter: availability(0) },
    failures: slices.reduce((sum, { failures }) => sum + failures, 0),
  }
}
