/** What a tracker knows of itself and its components. Read when scraped, but for lengths of outages, which are told when they end. */

import type { AvailabilityTracker } from '../availability/availability-tracker.ts'
import type { OutageEvent } from '../availability/events.ts'
import type { ComponentReport, Report } from '../availability/report/report-fields.ts'
import type { Standing } from '../availability/report/standing.ts'
import { states } from '../availability/timeline/states.ts'
import { durationText, type Milliseconds } from '../core/duration.ts'
import { componentInstruments } from './component-instruments.ts'
import type { ExporterErrors } from './exporter-errors.ts'
import type { CardinalityLimit } from './cardinality-limit.ts'
import { Series } from './series.ts'
import { type Opened, open, type Sink } from './sink.ts'
import { trackerInstruments } from './tracker-instruments.ts'

type Reports = Readonly<Record<string, ComponentReport>>

/** All a tracker says at a scrape. */
interface Seen {
  readonly standings: ReadonlyMap<string, Standing>
  /** Since the tracking began. */
  readonly whole: Report
  readonly windows: readonly (readonly [label: string, Reports])[]
}

export class ComponentMetrics {
  readonly #errors: ExporterErrors
  readonly #tracker: AvailabilityTracker
  readonly #windows: readonly Milliseconds[]
  readonly #places: CardinalityLimit
  readonly #families: Opened<typeof componentInstruments>
  readonly #own: Opened<typeof trackerInstruments>
  readonly #ownSeries = new Series({})
  readonly #series = new Map<string, Series>()
  /** Outages whose detection has been told, by component. */
  readonly #detected = new Set<string>()
  readonly #began = (outage: OutageEvent): void => this.#take(outage, false)
  readonly #ended = (outage: OutageEvent): void => this.#take(outage, true)

  constructor(
    sink: Sink,
    errors: ExporterErrors,
    tracker: AvailabilityTracker,
    windows: readonly Milliseconds[],
    places: CardinalityLimit,
  ) {
    this.#errors = errors
    this.#tracker = tracker
    this.#windows = windows
    this.#places = places
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
    // All at once: a report on one component looks at all of them for what is to be announced.
    const seen = this.#errors.guard('tracker', () => this.#look())
    if (seen !== undefined) this.#showSteps(seen.whole)
    for (const name of seen?.standings.keys() ?? []) this.#of(name)
    for (const [name, series] of this.#series) {
      this.#errors.guard('tracker', () =>
        series.refresh(() => {
          if (seen !== undefined) this.#show(name, series, seen)
        }),
      )
    }
  }

  #look(): Seen {
    const tracker = this.#tracker
    return {
      standings: tracker.standings(),
      whole: tracker.report(),
      windows: this.#windows.map((window) => [durationText(window), tracker.report({ window }).components] as const),
    }
  }

  /** Its series, while there is room for it. */
  #of(name: string): Series | undefined {
    if (!this.#places.take(name)) return undefined
    let series = this.#series.get(name)
    if (series === undefined) {
      series = new Series({ component: name })
      this.#series.set(name, series)
    }
    return series
  }

  /** A report knows the last thousand of them; then the counters stand still. */
  #showSteps({ clockSteps }: Report): void {
    const forward = clockSteps.filter(({ by }) => by > 0).length
    this.#ownSeries.raise(this.#own.clockSteps, { direction: 'forward' }, forward)
    this.#ownSeries.raise(this.#own.clockSteps, { direction: 'backward' }, clockSteps.length - forward)
  }

  #show(name: string, series: Series, { standings, whole, windows }: Seen): void {
    const families = this.#families
    const { state, sinceAt, times } = standings.get(name) as Standing
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

  #take({ component, start, detected, net }: OutageEvent, ended: boolean): void {
    const series = this.#of(component)
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
