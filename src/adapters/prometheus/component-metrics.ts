/** What a tracker knows of its components. Read when scraped, but for lengths of outages, which are told when they end. */

import type { AvailabilityTracker } from '../../availability/availability-tracker.ts'
import type { OutageEvent } from '../../availability/events.ts'
import type { ComponentReport } from '../../availability/report/report-fields.ts'
import type { Standing } from '../../availability/report/standing.ts'
import { states } from '../../availability/timeline/states.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { outageBuckets } from './buckets.ts'
import type { Exposition } from './exposition.ts'
import type { Places } from './places.ts'
import { Series } from './series.ts'
import { spanOf } from './span.ts'

const component = ['component']
const windowed = ['component', 'window']

function familiesOf(exposition: Exposition) {
  return {
    status: exposition.gauge('component_status', '1 for the state a component is in', ['component', 'state'], 'sum'),
    stateTime: exposition.counter('component_state_time_seconds_total', 'Time in each state', ['component', 'state']),
    failures: exposition.counter('component_failures_total', 'Outages whose beginning was seen', component),
    restorations: exposition.counter('component_restorations_total', 'Outages that ended', component),
    rejected: exposition.counter('component_rejected_events_total', 'Events that came too late', component),
    outages: exposition.histogram(
      'component_outage_duration_seconds',
      'Time down in outages that ended',
      component,
      outageBuckets,
    ),
    detection: exposition.histogram(
      'component_detection_duration_seconds',
      'From the start of an outage until it was noticed',
      component,
      outageBuckets,
    ),
    since: exposition.gauge(
      'component_last_transition_timestamp_seconds',
      'Unix time since which a component is in its state',
      component,
      'max',
    ),
    availability: exposition.gauge('component_availability_ratio', 'Uptime / (uptime + downtime)', windowed, 'omit'),
    coverage: exposition.gauge('component_coverage_ratio', 'Part of the window that is known', windowed, 'omit'),
    mtbf: exposition.gauge('component_mtbf_seconds', 'Mean operating time between failures', windowed, 'omit'),
    mttr: exposition.gauge(
      'component_mttr_seconds',
      'Mean time to one of its readings',
      [...windowed, 'reading'],
      'omit',
    ),
  }
}

type Reports = Readonly<Record<string, ComponentReport>>

/** All a tracker says at a scrape. */
interface Seen {
  readonly standings: ReadonlyMap<string, Standing>
  /** Since the tracking began. */
  readonly whole: Reports
  readonly windows: readonly (readonly [label: string, Reports])[]
}

export class ComponentMetrics {
  readonly #exposition: Exposition
  readonly #tracker: AvailabilityTracker
  readonly #windows: readonly Milliseconds[]
  readonly #places: Places
  readonly #families: ReturnType<typeof familiesOf>
  readonly #series = new Map<string, Series>()
  /** Outages whose detection has been told, by component. */
  readonly #detected = new Set<string>()
  readonly #began = (outage: OutageEvent): void => this.#take(outage, false)
  readonly #ended = (outage: OutageEvent): void => this.#take(outage, true)

  constructor(exposition: Exposition, tracker: AvailabilityTracker, windows: readonly Milliseconds[], places: Places) {
    this.#exposition = exposition
    this.#tracker = tracker
    this.#windows = windows
    this.#places = places
    this.#families = familiesOf(exposition)
  }

  start(): void {
    this.#tracker.on('outageStart', this.#began).on('outageEnd', this.#ended)
  }

  stop(): void {
    this.#tracker.off('outageStart', this.#began).off('outageEnd', this.#ended)
  }

  collect(): void {
    // All at once: a report on one component looks at all of them for what is to be announced.
    const seen = this.#exposition.guard('tracker', () => this.#look())
    for (const name of seen?.standings.keys() ?? []) this.#of(name)
    for (const [name, series] of this.#series) {
      this.#exposition.guard('tracker', () =>
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
      whole: tracker.report().components,
      windows: this.#windows.map((window) => [spanOf(window), tracker.report({ window }).components] as const),
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

  #show(name: string, series: Series, { standings, whole, windows }: Seen): void {
    const families = this.#families
    const { state, sinceAt, times } = standings.get(name) as Standing
    series.setState(families.status, states, state)
    for (const each of states) series.raise(families.stateTime, { state: each }, times[each] / 1000)
    series.set(families.since, {}, seconds(sinceAt))
    const { failures, restorations, rejectedEvents } = whole[name] as ComponentReport
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
