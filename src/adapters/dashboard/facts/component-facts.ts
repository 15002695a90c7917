/** The components of a tracker: how each stands at every look, and its availability from time to time. */
import type { AvailabilityTracker } from '../../../availability/availability-tracker.ts'
import type { TimeSlice } from '../../../availability/report/slices.ts'
import type { Standing } from '../../../availability/report/standing.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import type { Events } from '../../../core/events.ts'
import type { ComponentFact } from '../wire/facts.ts'
import type { FactSource, Told } from './fact-store.ts'
import { Rota } from './rotating-cache.ts'
import { seen, share, steady } from './rounding.ts'

const day = 86_400_000
/** So seldom is a component's availability computed, in ms, and so long at once at most. */
const period = 5000
const budget = 3

type Past = Pick<ComponentFact, 'availability' | 'coverage' | 'failures'>

const nothing: Past = {
  availability: { day: null, month: null, quarter: null },
  coverage: { day: 0, month: 0, quarter: 0 },
  failures: 0,
}

export class ComponentFacts implements FactSource {
  readonly source = 'tracker'
  readonly #tracker: AvailabilityTracker
  readonly #clock: Clock
  readonly #events: Events
  readonly #past: Rota<string, Past>
  /** As they were told last. */
  #facts = new Map<string, ComponentFact>()

  constructor(tracker: AvailabilityTracker, clock: Clock, events: Events, every: Milliseconds) {
    this.#tracker = tracker
    this.#clock = clock
    this.#events = events
    this.#past = new Rota(clock, { every, period, budget })
  }

  facts(): readonly Told[] {
    const standings = this.#tracker.standings()
    this.#past.go(standings.keys(), (name) => this.#look(name))
    const before = this.#facts
    this.#facts = new Map(
      [...standings].map(([name, standing]) => [name, this.#fact(name, standing, before.get(name))]),
    )
    return [...this.#facts].map(([name, fact]) => [`component:${name}`, fact])
  }

  /** The one that was told, where nothing has changed. */
  #fact(name: string, { state, sinceAt }: Standing, told: ComponentFact | undefined): ComponentFact {
    const since = sinceAt === null ? null : steady(told?.since, sinceAt)
    const { availability, coverage, failures } = this.#past.get(name) ?? nothing
    const same = told?.state === state && told.since === since && told.availability === availability
    return same ? told : { kind: 'component', name, state, since, availability, coverage, failures }
  }

  #look(name: string): Past {
    try {
      return pastOf(this.#tracker.slices(name, this.#edges()))
    } catch (error) {
      this.#events.fault('tracker', error)
      return this.#past.get(name) ?? nothing
    }
  }

  #edges(): readonly Date[] {
    const now = this.#clock.wall()
    return [90, 30, 1, 0].map((days) => new Date(now - days * day))
  }
}

/** Slices add up: 60 days, 29 days and a day. */
function pastOf(slices: readonly TimeSlice[]): Past {
  const within = (first: number): number | null => {
    let [operating, lost] = [0, 0]
    for (const slice of slices.slice(first)) {
      operating += slice.operating
      lost += slice.lost
    }
    return operating + lost > 0 ? share(operating / (operating + lost)) : null
  }
  const coverage = (first: number): number => {
    let [known, whole] = [0, 0]
    for (const { times } of slices.slice(first)) {
      const lived = times.up + times.degraded + times.down + times.maintenance
      known += lived
      whole += lived + times.unknown
    }
    // Where all of it was outside the service hours, none was seen of nothing.
    return seen(known / Math.max(whole, 1))
  }
  return {
    coverage: { day: coverage(2), month: coverage(1), quarter: coverage(0) },
    availability: { day: within(2), month: within(1), quarter: within(0) },
    failures: slices.reduce((sum, { failures }) => sum + failures, 0),
  }
}
