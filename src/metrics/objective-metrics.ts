/** The objectives of a tracker, read when the exporter collects. */

import { durationText } from '../core/duration.ts'
import type { AvailabilityTracker } from '../full-tracker/availability-tracker.ts'
import type { Objective } from '../objectives/objective-report.ts'
import { objectiveInstruments } from './catalogue.ts'
import type { ExporterErrors } from './exporter-errors.ts'
import { Series } from './series.ts'
import { type MetricSink, type OpenedInstruments, open } from './sink.ts'

export class ObjectiveMetrics {
  readonly #errors: ExporterErrors
  readonly #tracker: AvailabilityTracker
  readonly #families: OpenedInstruments<typeof objectiveInstruments>
  readonly #series = new Map<Objective, Series>()

  constructor(sink: MetricSink, errors: ExporterErrors, tracker: AvailabilityTracker) {
    this.#errors = errors
    this.#tracker = tracker
    this.#families = open(sink, objectiveInstruments)
  }

  collect(): void {
    const objectives = this.#errors.guard('objectives', () => this.#tracker.objectives) ?? []
    for (const [objective, series] of this.#series) {
      if (objectives.includes(objective)) continue
      this.#series.delete(objective)
      series.drop()
    }
    for (const objective of objectives) {
      const series = this.#series.get(objective) ?? new Series({ slo: objective.name })
      this.#series.set(objective, series)
      this.#errors.guard('objectives', () => series.refresh(() => this.#read(objective, series)))
    }
  }

  #read(objective: Objective, series: Series): void {
    const families = this.#families
    const { target, period, indicator, lifetime, errorBudget, burnRate, tiers } = objective.report()
    const window = period.calendar ?? durationText(period.duration)
    series.set(families.target, {}, target)
    series.set(families.remaining, { window }, errorBudget.remaining)
    series.set(families.burnRate, { lookback: window }, burnRate)
    const unit = indicator.unit === 'ms' ? 1000 : 1
    series.raise(families.events, { outcome: 'good' }, lifetime.good / unit)
    series.raise(families.events, { outcome: 'bad' }, lifetime.bad / unit)
    for (const { name: tier, severity, long, short, burnLong, burnShort, firing } of tiers) {
      series.set(families.burnRate, { lookback: durationText(long) }, burnLong)
      series.set(families.burnRate, { lookback: durationText(short) }, burnShort)
      series.set(families.alert, { tier, severity }, firing ? 1 : 0)
    }
  }
}
