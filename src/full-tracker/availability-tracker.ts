/** An availability tracker with all methods, as its users see it. */
import type { CoreTracker } from '../availability/core/tracker.ts'
import type { AvailabilityReport } from '../availability/estimates/full-report.ts'
import type { MaintenanceHours } from '../availability/maintenance/recurring-maintenance.ts'
import type { StoreState } from '../availability/persistence/store.ts'
import type { ProbeOptions } from '../availability/probe/options.ts'
import type { ProbeCheck, Probing } from '../availability/probe/probe.ts'
import type { ReportOptions } from '../availability/report/tracker-report.ts'
import type { AvailabilitySnapshot } from '../availability/snapshot/snapshot.ts'
import type { Watching } from '../availability/sources/watch.ts'
import type { ComponentStatus } from '../availability/status/component-status.ts'
import type { TimeSlice } from '../availability/status/time-slices.ts'
import type { SystemOptions } from '../availability/system/system.ts'
import type { Instant } from '../availability/time/instant.ts'
import type { ComponentState } from '../availability/timeline/states.ts'
import type { ExportOptions } from '../fleet/export-timeline.ts'
import type { ObservedTimeline } from '../fleet/observed-timeline.ts'
import type { Objective } from '../objectives/objective-report.ts'
import type { ObjectiveOptions } from '../objectives/options.ts'
import type { Block } from '../reliability/structures/block.ts'

/**
 * The core tracker, and a method for each feature. The methods that are marked as deprecated will be functions over a tracker
 * alone, so that a program carries only the features it uses.
 */
export interface AvailabilityTracker extends CoreTracker {
  report(options?: ReportOptions): AvailabilityReport
  /**
   * Checks a component in the background, from now on.
   *
   * @deprecated Use `probe` of `holdfast/availability/probe`.
   */
  probe(name: string, check: ProbeCheck, options?: ProbeOptions): Probing
  /**
   * A maintenance that recurs by the wall clock of a zone: nightly, weekly. It takes effect at once, also within one of the
   * periods. Each period is recorded as it begins. Stopped, no further one begins.
   *
   * @deprecated Use `maintenance` of `holdfast/availability/maintenance`.
   */
  maintenance(component: string, hours: MaintenanceHours): Watching
  /**
   * Watches over a service level objective, from now on: its error budget, and how fast it burns.
   *
   * @deprecated Use `objective` of `holdfast/objectives`.
   */
  objective(options: ObjectiveOptions): Objective
  /**
   * Its objectives that have not been stopped.
   *
   * @deprecated Use `objectives` of `holdfast/objectives`.
   */
  readonly objectives: readonly Objective[]
  /**
   * A component that is made of others, by a structure: its state follows theirs, also when news about them is late. The values
   * the parts have in the structure do not matter. Throws a `TypeError` if a part has no name, or a system is among its own
   * parts.
   *
   * @deprecated Use `system` of `holdfast/availability/system`.
   */
  system(name: string, block: Block, options?: SystemOptions): Watching
  /**
   * The present state of a component; one that is not known is `'unknown'`.
   *
   * @deprecated Use `componentState` of `holdfast/availability/status`.
   */
  state(component: string): ComponentState
  /**
   * The state of every component, and how long it was in each since the tracking began; by name, also members of pools, in the
   * order they were added. Costs little, however long the history.
   *
   * @deprecated Use `statuses` of `holdfast/availability/status`.
   */
  statuses(): ReadonlyMap<string, ComponentStatus>
  /** @deprecated Use `statuses`. */
  standings(): ReadonlyMap<string, ComponentStatus>
  /**
   * The time between each two of `edges`: how long in each state, availability by the tracker's accounting, failures. For
   * bars and charts: a slice costs a few binary searches, and no report is made. Edges are 2 to 10,000 instants in order,
   * as windows take them.
   *
   * @deprecated Use `timeSlices` of `holdfast/availability/status`.
   */
  slices(component: string, edges: readonly Instant[]): readonly TimeSlice[]
  /**
   * The timeline of a component as JSON, in wall time, to be merged with those of other processes.
   *
   * @deprecated Use `exportTimeline` of `holdfast/fleet`.
   */
  exportTimeline(component: string, options: ExportOptions): ObservedTimeline
  /** @deprecated Use `snapshot` of `holdfast/availability/snapshot`. */
  snapshot(): AvailabilitySnapshot
  /**
   * How its store does; null without one.
   *
   * @deprecated Use `persist` of `holdfast/availability/store`, and its `state`.
   */
  readonly persistence: StoreState | null
  /**
   * Resolves when the history of its store is loaded. Rejects if the store could not be read; it is tried again, and recording
   * goes on.
   *
   * @deprecated Use `persist` of `holdfast/availability/store`, and its `ready()`.
   */
  ready(): Promise<void>
  /**
   * Resolves when its store has all that was recorded so far. Rejects if that failed; it is tried again.
   *
   * @deprecated Use `persist` of `holdfast/availability/store`, and its `flush()`.
   */
  flush(): Promise<void>
  /**
   * Resolves when, after `close()`, its store is closed, too; at once without a store.
   *
   * @deprecated Use `persist` of `holdfast/availability/store`, and its `closed`.
   */
  readonly closed: Promise<void>
}
