/** An availability tracker as its users see it. */
import type { Listener } from '../core/events.ts'
import type { AnyPolicy } from '../core/policy.ts'
import type { ExportOptions } from '../fleet/export-timeline.ts'
import type { ObservedTimeline } from '../fleet/observed-timeline.ts'
import type { Objective } from '../objectives/objective-report.ts'
import type { ObjectiveOptions } from '../objectives/options.ts'
import type { Block } from '../reliability/structures/block.ts'
import type { AvailabilityEvents } from './events.ts'
import type { Watching } from './feeds/watch.ts'
import type { Check, Probing } from './monitor/probe.ts'
import type { ComponentOptions, ProbeOptions, WatchOptions } from './options.ts'
import type { Persistence } from './persistence/store.ts'
import type { AvailabilityEvent, StateDetails } from './record/record.ts'
import type { MaintenanceHours } from './record/recurring.ts'
import type { Instant } from './record/stamps.ts'
import type { AccountingOptions, AccountingPreset } from './report/accounting.ts'
import type { Report } from './report/report-fields.ts'
import type { TimeSlice } from './report/slices.ts'
import type { Standing } from './report/standing.ts'
import type { Transition } from './report/transitions.ts'
import type { AvailabilitySnapshot } from './snapshot/snapshot.ts'
import type { SystemOptions } from './system/systems.ts'
import type { State } from './timeline/states.ts'
import type { WindowOption } from './window/window.ts'

/** What a report is about. */
export interface ReportOptions {
  /** Default: the only one, else the one with the least availability; members of pools stand behind their pool, parts of systems behind their system. */
  readonly component?: string
  /** Default: since the tracking began. */
  readonly window?: WindowOption
  /** The IANA zone of a calendar window, such as `'Europe/Berlin'`. Default `'UTC'`. */
  readonly zone?: string
  /** What counts as what in this report. Default: the tracker's. */
  readonly accounting?: AccountingPreset | AccountingOptions
}

/** Tells the state of one component by hand. Each gives false where the event was too late, or known already. */
export type ComponentHandle = Readonly<Record<State, (details?: StateDetails) => boolean>>

export interface AvailabilityTracker {
  readonly name: string
  readonly kind: 'availabilityTracker'
  /** Its objectives that have not been stopped. */
  readonly objectives: readonly Objective[]
  /** Feeds a component from a policy's events. */
  watch(policy: AnyPolicy, options?: WatchOptions): Watching
  /** Tells the state of a component by hand. */
  component(name: string, options?: ComponentOptions): ComponentHandle
  /** Asks a component itself, in the background, from now on. */
  probe(name: string, check: Check, options?: ProbeOptions): Probing
  /**
   * A maintenance that comes again, by the wall clock of a zone: nightly, weekly. From now on, the one under way included; each
   * is recorded as it begins. Stopped, no further one begins.
   */
  maintenance(component: string, hours: MaintenanceHours): Watching
  /** Watches over a service level objective, from now on: its error budget, and how fast it burns. */
  objective(options: ObjectiveOptions): Objective
  /**
   * A component that is made of others, by a structure of the planner: its state follows theirs, late news included. What
   * the parts are measured at in the structure does not matter. Throws a `TypeError` where a part has no name, and where a
   * system is among its own parts.
   */
  system(name: string, block: Block, options?: SystemOptions): Watching
  /** The present state of a component; one nobody has heard of is unknown. */
  state(component: string): State
  /** Takes an event; false where it was too late, or known already. */
  record(event: AvailabilityEvent): boolean
  report(options?: ReportOptions): Report
  /**
   * The state of every component, and how long it was in each since the tracking began; by name, members of pools too, in the
   * order they came. Costs little, whatever has happened.
   */
  standings(): ReadonlyMap<string, Standing>
  /**
   * The time between each two of `edges`: how long in each state, availability by the tracker's accounting, failures. For
   * bars and charts: it costs a few binary searches a slice, and no report is made. Edges are 2 to 10,000 instants in order,
   * as windows take them.
   */
  slices(component: string, edges: readonly Instant[]): readonly TimeSlice[]
  /** How the state of a component changed, oldest first; unknown before. */
  timeline(component: string): readonly Transition[]
  /** The same as JSON, in wall time, to be merged with what other processes saw. */
  exportTimeline(component: string, options: ExportOptions): ObservedTimeline
  snapshot(): AvailabilitySnapshot
  /** How its store does; null without one. */
  readonly persistence: Persistence | null
  /**
   * Resolves when what its store had is in. Rejects where the store could not be read; it is tried again, and recording
   * goes on meanwhile.
   */
  ready(): Promise<void>
  /** Resolves when its store has all that was recorded so far. Rejects where that failed; it is tried again. */
  flush(): Promise<void>
  /**
   * Stops every probe and objective, and lets go of every policy; writes what is left to its store. Reports can still be
   * made.
   */
  close(): void
  /** Resolves when, after `close()`, its store is closed, too. Without one there is nothing to wait for. */
  readonly closed: Promise<void>
  on<E extends keyof AvailabilityEvents>(event: E, listener: Listener<AvailabilityEvents[E]>): this
  once<E extends keyof AvailabilityEvents>(event: E, listener: Listener<AvailabilityEvents[E]>): this
  off<E extends keyof AvailabilityEvents>(event: E, listener?: Listener<AvailabilityEvents[E]>): this
}
