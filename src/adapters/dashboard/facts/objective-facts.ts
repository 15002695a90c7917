/** The facts of a tracker's objectives. They are read less often than the rest: a report walks through counts of a month. */
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import type { Events } from '../../../core/events.ts'
import type { AvailabilityTracker } from '../../../full-tracker/availability-tracker.ts'
import type { Objective } from '../../../objectives/objective-report.ts'
import type { ObjectiveFact } from '../wire/facts.ts'
import type { FactEntry, FactSource } from './fact-store.ts'
import { RotatingCache } from './rotating-cache.ts'
import { roundCoarsely, roundFinely, roundShare } from './rounding.ts'

/** Each objective is read once per period, all of them for at most this budget per reading, in ms. */
const period = 2000
const budget = 2
const minute = 60_000

export class ObjectiveFacts implements FactSource {
  readonly source = 'objectives'
  readonly #tracker: AvailabilityTracker
  readonly #events: Events
  readonly #facts: RotatingCache<Objective, ObjectiveFact | undefined>

  constructor(tracker: AvailabilityTracker, clock: Clock, events: Events, every: Milliseconds) {
    this.#tracker = tracker
    this.#events = events
    this.#facts = new RotatingCache(clock, { every, period, budget })
  }

  facts(): readonly FactEntry[] {
    const { objectives } = this.#tracker
    this.#facts.refresh(objectives, (objective) => this.#read(objective))
    return objectives.flatMap((objective): FactEntry[] => {
      const fact = this.#facts.get(objective)
      return fact === undefined ? [] : [[`objective:${objective.name}`, fact]]
    })
  }

  #read(objective: Objective): ObjectiveFact | undefined {
    try {
      return factOf(objective)
    } catch (error) {
      this.#events.fault('objectives', error)
      return this.#facts.get(objective)
    }
  }
}

function factOf(objective: Objective): ObjectiveFact {
  const { name, target, period, indicator, sli, coverage, errorBudget, burnRate, exhaustionIn, tiers } =
    objective.report()
  const { calendar, fromAt, toAt } = period
  // A rolling period moves all the time; once a minute is enough.
  const edge = (at: number): number => (calendar === null ? Math.floor(at / minute) * minute : Math.round(at))
  return {
    kind: 'objective',
    name,
    target,
    period: { from: edge(fromAt), to: edge(toAt), calendar },
    unit: indicator.unit,
    sli: roundShare(sli),
    coverage: Math.round(coverage * 1000) / 1000,
    remaining: errorBudget.remaining === null ? null : roundFinely(errorBudget.remaining),
    burnRate: roundCoarsely(burnRate),
    pace: roundCoarsely(tiers[0]?.burnLong),
    exhaustionIn: roundCoarsely(exhaustionIn),
    tiers: tiers.map((tier) => ({
      name: tier.name,
      severity: tier.severity,
      factor: tier.factor,
      firing: tier.firing,
    })),
  }
}
