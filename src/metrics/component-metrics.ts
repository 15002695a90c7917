/**
 * A tracker's components, and the steps of its clocks.
 *
 * They are read when the exporter collects, except the durations of outages: these are recorded when an outage ends.
 */

import type { OutageEvent } from '../availability/core/events.ts'
import type { AvailabilityReport, ComponentReport } from '../availability/estimates/full-report.ts'
import type { ComponentStatus } from '../availability/status/component-status.ts'
import { states } from '../availability/timeline/states.ts'
import { durationText, type Milliseconds } from '../core/duration.ts'
import type { AvailabilityTracker } from '../full-tracker/availability-tracker.ts'
import type { CardinalityLimit } from './cardinality-limit.ts'
import { componentInstruments, trackerInstruments } from './catalogue.ts'
import type { ExporterErrors } from './exporter-errors.ts'
import { Series } from './series.ts'
import { type MetricSink, type OpenedInstruments, open } from './sink.ts'

type ComponentReports = Readonly<Record<string, ComponentReport>>

/** What is read of a tracker at one instant. */
interface TrackerReading {
  readonly standings: ReadonlyMap<string, ComponentStatus>
  /** From the beginning of the tracking. */
  readonly whole: AvailabilityReport
  readonly windows: readonly (readonly [label: string, ComponentReports])[]
}

export class ComponentMetrics {
  readonly #errors: ExporterErrors
  readonly #tracker: AvailabilityTracker
  readonly #windows: readonly Milliseconds[]
  readonly #limit: CardinalityLimit
  readonly #families: OpenedInstruments<typeof componentInstruments>
  readonly #own: OpenedInstruments<typeof trackerInstruments>
  readonly #ownSeries = new Series({})
  readonly #series = new Map<string, Series>()
  /** Components with an open outage whose detection time is recorded already. */
  readonly #detected = new Set<string>()
  readonly #began = (outage: OutageEvent): void => this.#record(outage, false)
  readonly #ended = (outage: OutageEvent): void => this.#record(outage, true)

  constructor(
    sink: MetricSink,
    errors: ExporterErrors,
    tracker: AvailabilityTracker,
    windows: readonly Milliseconds[],
    limit: CardinalityLimit,
  ) {
    this.#errors = errors
    this.#tracker = tracker
    this.#windows = windows
    this.#limit = limit
    this.#families = open(sink, componentInstruments)
    this.#own = open(sink, trackerInstruments)
  }

  start(): void {
    this.#tracker.on('outageStart', this.#began).on('outageEnd', this.#ended)
  }

  stop(): void {
    this.#tracker.off('outageStart', this.#began).off('outageEnd', this.#ended)
  }

  collect(): void {
    // One report for all: even a report on one component goes through every component.
    const reading = this.#errors.guard('tracker', () => this.#read())
    if (reading !== undefined) this.#showSteps(reading.whole)
    for (const name of reading?.standings.keys() ?? []) this.#seriesOf(name)
    for (const [name, series] of this.#series) {
      this.#errors.guard('tracker', () =>
        series.refresh(() => {
          if (reading !== undefined) this.#show(name, series, reading)
        }),
      )
    }
  }

  #read(): TrackerReading {
    const tracker = this.#tracker
    return {
      standings: tracker.statuses(),
      whole: tracker.report(),
      windows: this.#windows.map((window) => [durationText(window), tracker.report({ window }).components] as const),
    }
  }

  /** Undefined where the limit is reached. */
  #seriesOf(name: string): Series | undefined {
    if (!this.#limit.admit(name)) return undefined
    let series = this.#series.get(name)
    if (series === undefined) {
      series = new Series({ component: name })
      this.#series.set(name, series)
    }
    return series
  }

  /** A report keeps the last thousand steps; after that the counters stay where they are. */
  #showSteps({ clockSteps }: AvailabilityReport): void {
    const forward = clockSteps.filter(({ by }) => by > 0).length
    this.#ownSeries.raise(this.#own.clockSteps, { direction: 'forward' }, forward)
    this.#ownSeries.raise(this.#own.clockSteps, { direction: 'backward' }, clockSteps.length - forward)
  }

  #show(name: string, series: Series, { standings, whole, windows }: TrackerReading): void {
    const families = this.#families
    const { state, sinceAt, times } = standings.get(name) as ComponentStatus
    series.setState(families.status, states, state)
    for (const each of states) series.raise(families.stateTime, { state: each }, times[each] / 1000)
    series.set(families.since, {}, seconds(sinceAt))
    const { failures, restorations, rejectedEvents } = whole.components[name] as ComponentReport
    series.raise(families.failures, {}, failures)
    series.raise(families.restorations, {}, restorations)
    series.raise(families.rejected, {}, rejectedEvents)
    for (const [window, reports] of windows) {
      const { availability, coverage, mtbf, mttr } = reports[name] as ComponentReport
      series.set(families.availability, { window }, availability)
      series.set(families.coverage, { window }, coverage)
      series.set(families.mtbf, { window }, seconds(mtbf))
      for (const reading of ['recovery', 'repair', 'respond', 'resolve'] as const) {
        series.set(families.mttr, { window, reading }, seconds(mttr[reading]))
      }
    }
  }

  #record({ component, start, detected, net }: OutageEvent, ended: boolean): void {
    const series = this.#seriesOf(component)
    if (series === undefined) return
    const { detection, outages } = this.#families
    if (detected !== null && !this.#detected.has(component)) {
      this.#detected.add(component)
      series.observe(detection, {}, Math.max(0, detected - start) / 1000)
    }
    if (!ended) return
    this.#detected.delete(component)
    series.observe(outages, {}, net / 1000)
  }
}

function seconds(time: Milliseconds | null): number | null {
  return time === null ? null : time / 1000
}
