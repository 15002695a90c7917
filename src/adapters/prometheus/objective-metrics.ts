/** What the objectives of a tracker say, read when scraped. */
import type { AvailabilityTracker } from '../../availability/availability-tracker.ts'
import type { Objective } from '../../availability/objective/objective-report.ts'
import type { Exposition } from './exposition.ts'
import { Series } from './series.ts'
import { spanOf } from './span.ts'

function familiesOf(exposition: Exposition) {
  return {
    target: exposition.gauge('slo_objective_ratio', 'The part that has to be good', ['slo'], 'first'),
    remaining: exposition.gauge(
      'slo_error_budget_remaining_ratio',
      'Part of the error budget that is left: 1 all, 0 none, below 0 overspent',
      ['slo', 'window'],
      'omit',
    ),
    burnRate: exposition.gauge(
      'slo_burn_rate_ratio',
      'How many times faster than allowed the budget goes',
      ['slo', 'lookback'],
      'omit',
    ),
    events: exposition.counter('slo_events_total', 'Good and bad requests or slices; seconds for objectives of time', [
      'slo',
      'outcome',
    ]),
    alert: exposition.gauge(
      'slo_alert_active',
      '1 while a tier of the tracker fires',
      ['slo', 'tier', 'severity'],
      'sum',
    ),
  }
}

export class ObjectiveMetrics {
  readonly #exposition: Exposition
  readonly #tracker: AvailabilityTracker
  readonly #families: ReturnType<typeof familiesOf>
  readonly #series = new Map<Objective, Series>()

  constructor(exposition: Exposition, tracker: AvailabilityTracker) {
    this.#exposition = exposition
    this.#tracker = tracker
    this.#families = familiesOf(exposition)
  }

  collect(): void {
    const objectives = this.#exposition.guard('objectives', () => this.#tracker.objectives) ?? []
    for (const [objective, series] of this.#series) {
      if (objectives.includes(objective)) continue
      this.#series.delete(objective)
      series.drop()
    }
    for (const objective of objectives) {
      const series = this.#series.get(objective) ?? new Series({ slo: objective.name })
      this.#series.set(objective, series)
      this.#exposition.guard('objectives', () => series.refresh(() => this.#read(objective, series)))
    }
  }

  #read(objective: Objective, series: Series): void {
    const families = this.#families
    const { target, period, indicator, lifetime, errorBudget, burnRate, tiers } = objective.report()
    const window = period.calendar ?? spanOf(period.duration)
    series.set(families.target, {}, target)
    series.set(families.remaining, { window }, errorBudget.remaining)
    series.set(families.burnRate, { lookback: window }, burnRate)
    const unit = indicator.unit === 'ms' ? 1000 : 1
    series.raise(families.events, { outcome: 'good' }, lifetime.good / unit)
    series.raise(families.events, { outcome: 'bad' }, lifetime.bad / unit)
    for (const { name: tier, severity, long, short, burnLong, burnShort, firing } of tiers) {
      series.set(families.burnRate, { lookback: spanOf(long) }, burnLong)
      series.set(families.burnRate, { lookback: spanOf(short) }, burnShort)
      series.set(families.alert, { tier, severity }, firing ? 1 : 0)
    }
  }
}
