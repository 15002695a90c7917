/** The tracker with all its methods: the core, and for each feature a method that calls the function of its entry. */
import { BaseTracker } from '../availability/core/tracker.ts'
import { type AvailabilityReport, fullReport } from '../availability/estimates/full-report.ts'
import { type MaintenanceHours, maintenance } from '../availability/maintenance/recurring-maintenance.ts'
import type { Journal } from '../availability/persistence/journal.ts'
import { attach } from '../availability/persistence/persist.ts'
import type { StoreState } from '../availability/persistence/store.ts'
import type { ProbeOptions } from '../availability/probe/options.ts'
import { type ProbeCheck, type Probing, probe } from '../availability/probe/probe.ts'
import type { ReportOptions } from '../availability/report/tracker-report.ts'
import type { AvailabilitySnapshot } from '../availability/snapshot/snapshot.ts'
import { restore, snapshot } from '../availability/snapshot/tracker-snapshot.ts'
import type { Watching } from '../availability/sources/watch.ts'
import { stateKey } from '../availability/state/tracked.ts'
import type { ComponentStatus } from '../availability/status/component-status.ts'
import type { TimeSlice } from '../availability/status/time-slices.ts'
import { componentState, statuses, timeSlices } from '../availability/status/tracker-status.ts'
import { type SystemOptions, system } from '../availability/system/system.ts'
import type { Instant } from '../availability/time/instant.ts'
import type { ComponentState } from '../availability/timeline/states.ts'
import { type ExportOptions, exportTimeline } from '../fleet/export-timeline.ts'
import type { ObservedTimeline } from '../fleet/observed-timeline.ts'
import type { Objective } from '../objectives/objective-report.ts'
import { objective, objectives } from '../objectives/objectives.ts'
import type { ObjectiveOptions } from '../objectives/options.ts'
import type { Block } from '../reliability/structures/block.ts'
import type { AvailabilityTracker } from './availability-tracker.ts'
import { type AvailabilityTrackerOptions, resolveTrackerOptions } from './options.ts'

/**
 * Makes a tracker of availability.
 *
 * ```ts
 * import { availabilityTracker } from 'holdfast/availability'
 * import { circuitBreaker } from 'holdfast/circuit-breaker'
 * const stock = circuitBreaker({ name: 'stock' })
 * const availability = availabilityTracker()
 * availability.watch(stock)
 * await stock.execute(() => 'fine')
 * availability.report({ window: '24h' }).failures // => 0
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function availabilityTracker(options?: AvailabilityTrackerOptions): AvailabilityTracker {
  return new FullTracker(resolveTrackerOptions(options))
}

class FullTracker extends BaseTracker implements AvailabilityTracker {
  readonly #journal: Journal | undefined

  constructor(options: ReturnType<typeof resolveTrackerOptions>) {
    super(options)
    if (options.restore !== undefined) restore(this, options.restore)
    this.#journal = options.store && attach(this[stateKey], options.store, options)
  }

  report(options?: ReportOptions): AvailabilityReport {
    return fullReport(this, options)
  }

  probe(name: string, check: ProbeCheck, options?: ProbeOptions): Probing {
    return probe(this, name, check, options)
  }

  maintenance(component: string, hours: MaintenanceHours): Watching {
    return maintenance(this, component, hours)
  }

  objective(options: ObjectiveOptions): Objective {
    return objective(this, options)
  }

  get objectives(): readonly Objective[] {
    return objectives(this)
  }

  system(name: string, block: Block, options?: SystemOptions): Watching {
    return system(this, name, block, options)
  }

  state(component: string): ComponentState {
    return componentState(this, component)
  }

  statuses(): ReadonlyMap<string, ComponentStatus> {
    return statuses(this)
  }

  standings(): ReadonlyMap<string, ComponentStatus> {
    return statuses(this)
  }

  slices(component: string, edges: readonly Instant[]): readonly TimeSlice[] {
    return timeSlices(this, component, edges)
  }

  exportTimeline(component: string, options: ExportOptions): ObservedTimeline {
    return exportTimeline(this, component, options)
  }

  snapshot(): AvailabilitySnapshot {
    return snapshot(this)
  }

  get persistence(): StoreState | null {
    return this.#journal?.state ?? null
  }

  ready(): Promise<void> {
    return this.#journal?.loaded() ?? Promise.resolve()
  }

  flush(): Promise<void> {
    return this.#journal?.flush() ?? Promise.resolve()
  }

  get closed(): Promise<void> {
    return this.#journal?.closed() ?? Promise.resolve()
  }
}
