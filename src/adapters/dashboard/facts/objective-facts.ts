/** The objectives of a tracker, looked at from time to time: a report walks through counts of a month. */
import type { AvailabilityTracker } from '../../../availability/availability-tracker.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import type { Events } from '../../../core/events.ts'
import type { Objective } from '../../../objectives/objective-report.ts'
import type { ObjectiveFact } from '../wire/facts.ts'
import type { FactSource, Told } from './fact-store.ts'
import { Rota } from './rotating-cache.ts'
import { coarse, fine, share } from './rounding.ts'

/** So seldom is one looked at, in ms, and so long at once at most. */
const period = 2000
const budget = 2
const minute = 60_000

export class ObjectiveFacts implements FactSource {
  readonly source = 'objectives'
  readonly #tracker: AvailabilityTracker
  readonly #events: Events
  readonly #seen: Rota<Objective, ObjectiveFact | undefined>

  constructor(tracker: AvailabilityTracker, clock: Clock, events: Events, every: Milliseconds) {
    this.#tracker = tracker
    this.#events = events
    this.#seen = new Rota(clock, { every, period, budget })
  }

  facts(): readonly Told[] {
    const { objectives } = this.#tracker
    this.#seen.go(objectives, (objective) => this.#look(objective))
    return objectives.flatMap((objective): Told[] => {
      const fact = this.#seen.get(objective)
      return fact === undefined ? [] : [[`objective:${objective.name}`, fact]]
    })
  }

  #look(objective: Objective): ObjectiveFact | undefined {
    try {
      return factOf(objective)
    } catch (error) {
      this.#events.fault('objectives', error)
      return this.#seen.get(objective)
    }
  }
}

function factOf(objective: Objective): ObjectiveFact {
  const { name, target, period, indicator, sli, coverage, errorBudget, burnRate, exhaustionIn, tiers } =
    objective.report()
  const { calendar, fromAt, toAt } = period
  // A rolling period moves all the time.
  const edge = (at: number): number => (calendar === null ? Math.floor(at / minute) * minute : Math.round(at))
  return {
    kind: 'objective',
    name,
    target,
    period: { from: edge(fromAt), to: edge(toAt), calendar },
    unit: indicator.unit,
    sli: share(sli),
    coverage: Math.round(coverage * 1000) / 1000,
    remaining: errorBudget.remaining === null ? null : fine(errorBudget.remaining),
    burnRate: coarse(burnRate),
    pace: coarse(tiers[0]?.burnLong),
    exhaustionIn: coarse(exhaustionIn),
    tiers: tiers.map((tier) => ({
      name: tier.name,
      severity: tier.severity,
      factor: tier.factor,
      firing: tier.firing,
    })),
  }
}
