/**
 * Availability tracker: what you really got, computed from what policies, probes and people tell.
 *
 * One primitive: for each component a timeline of states. Everything in a report is derived from it, for any window; no
 * percentage is ever stored. Silence changes no state, and no data is no number.
 */
import { checkEvent } from '../core/event-names.ts'
import { Events, type Listener } from '../core/events.ts'
import { callable, isRecord, optional, resolveOptions, show, text } from '../core/options.ts'
import { type AnyPolicy, policyOf } from '../core/policy.ts'
import { type ExportOptions, exported } from '../fleet/export-timeline.ts'
import type { ObservedTimeline } from '../fleet/observed-timeline.ts'
import type { Objective } from '../objectives/objective-report.ts'
import { Objectives } from '../objectives/objectives.ts'
import type { ObjectiveOptions } from '../objectives/options.ts'
import type { Block } from '../reliability/structures/block.ts'
import type { AvailabilityTracker, ComponentHandle, ReportOptions } from './availability-tracker.ts'
import type { Component } from './component.ts'
import { type AvailabilityEvents, eventNames } from './events.ts'
import { Watch, type Watching } from './feeds/watch.ts'
import { Ledger } from './ledger.ts'
import { type Check, Probe, type Probing } from './monitor/probe.ts'
import {
  type AvailabilityTrackerOptions,
  type ComponentOptions,
  type ProbeOptions,
  resolveComponentOptions,
  resolveProbeOptions,
  resolveTrackerOptions,
  resolveWatchOptions,
  type WatchOptions,
} from './options.ts'
import { Journal } from './persistence/journal.ts'
import type { Persistence } from './persistence/store.ts'
import { Agenda } from './record/agenda.ts'
import { type AvailabilityEvent, record, recordNow, type StateDetails } from './record/record.ts'
import { type MaintenanceHours, maintenanceHours, RecurringMaintenance } from './record/recurring.ts'
import { expectWord } from './record/silence.ts'
import type { Instant } from './record/stamps.ts'
import { accountingCheck } from './report/accounting.ts'
import { availabilityOf, type Draft, reportOn } from './report/report.ts'
import type { Report } from './report/report-fields.ts'
import { edgesOf, slicesOf, type TimeSlice } from './report/slices.ts'
import { type Standing, standingOf } from './report/standing.ts'
import { type Transition, transitionsOf } from './report/transitions.ts'
import { restore, snapshotOf } from './snapshot/restoring.ts'
import type { AvailabilitySnapshot } from './snapshot/snapshot.ts'
import { type SystemOptions, Systems } from './system/systems.ts'
import { codeOf, type State, states } from './timeline/states.ts'
import { windowOf } from './window/window.ts'
import { zoneCheck } from './window/zone.ts'

/**
 * Tracks the availability of components.
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
  return new Tracker(options)
}

class Tracker implements AvailabilityTracker {
  readonly name: string
  readonly kind = 'availabilityTracker'
  readonly #events: Events
  readonly #ledger: Ledger
  readonly #systems = new Systems()
  readonly #journal: Journal | undefined
  readonly #running = new Set<{ stop(): void }>()
  readonly #objectives: Objectives
  readonly #agenda: Agenda

  constructor(given: unknown) {
    const options = resolveTrackerOptions(given)
    this.name = options.name ?? this.kind
    const clock = () => this.#ledger.time.clock
    this.#events = new Events({
      name: this.name,
      kind: this.kind,
      get clock() {
        return clock()
      },
      demand: (event, wanted) => {
        if (event === 'burn') this.#objectives.demand(wanted)
      },
    })
    this.#ledger = new Ledger(options, this.#events, restore)
    this.#agenda = new Agenda(this.#ledger)
    this.#ledger.agenda = this.#agenda
    this.#objectives = new Objectives(this.#ledger)
    this.#journal = options.store && new Journal(this.#ledger, options.store, options)
    this.#ledger.scribe = this.#journal
    if (options.clock !== undefined) this.#journal?.begin()
  }

  watch(given: AnyPolicy, options?: WatchOptions): Watching {
    const policy = policyOf(given)
    if (policy === undefined) refuse('policy', 'a policy', given)
    const { component, consecutiveFailures, staleAfter } = resolveWatchOptions(options)
    this.#ledger.take(policy.knownClock)
    const limit = consecutiveFailures ?? this.#ledger.options.consecutiveFailures
    const fed = this.#ledger.component(component ?? policy.name)
    return this.#keep(new Watch(this.#ledger, policy, fed, limit, staleAfter))
  }

  component(name: string, options?: ComponentOptions): ComponentHandle {
    text(name, (expected) => refuse('name', expected, name))
    const { staleAfter } = resolveComponentOptions(options)
    const component = this.#ledger.component(name)
    if (staleAfter !== undefined) expectWord(this.#ledger, component, staleAfter)
    const tell = (state: State) => {
      const code = codeOf(state)
      return (details?: StateDetails): boolean => {
        if (details === undefined) return recordNow(this.#ledger, component, code)
        if (!isRecord(details)) refuse('details', "an object, such as { reason: 'why' }", details)
        return this.record({ ...details, component: name, state })
      }
    }
    return Object.freeze(Object.fromEntries(states.map((state) => [state, tell(state)]))) as ComponentHandle
  }

  probe(name: string, check: Check, options?: ProbeOptions): Probing {
    text(name, (expected) => refuse('name', expected, name))
    callable(check, (expected) => refuse('check', expected, check))
    const resolved = resolveProbeOptions(options)
    return this.#keep(new Probe(this.#ledger, this.#ledger.component(name), check, resolved))
  }

  maintenance(component: string, hours: MaintenanceHours): Watching {
    text(component, (expected) => refuse('component', expected, component))
    return this.#keep(new RecurringMaintenance(this.#ledger, component, maintenanceHours(hours)))
  }

  objective(options: ObjectiveOptions): Objective {
    return this.#objectives.add(options)
  }

  system(name: string, block: Block, options?: SystemOptions): Watching {
    text(name, (expected) => refuse('name', expected, name))
    return this.#keep(this.#systems.open(this.#ledger, name, block, options))
  }

  state(component: string): State {
    this.#ledger.settle()
    return states[this.#ledger.known(component).timeline.at(this.#ledger.now())] as State
  }

  record(event: AvailabilityEvent): boolean {
    return record(this.#ledger, event)
  }

  report(options?: ReportOptions): Report {
    const asked = resolveOptions('availabilityTracker', options, {
      component: optional(text, undefined),
      window: (value) => value,
      zone: optional(zoneCheck, 'UTC' as string),
      accounting: optional(accountingCheck, this.#ledger.options.accounting),
    })
    const { accounting } = asked
    const window = windowOf(this.#ledger, asked.window, asked.zone, this.#ledger.now())
    this.#ledger.settle()
    const of = (component: Component) => reportOn(this.#ledger, component, window, accounting)
    if (asked.component !== undefined) {
      const draft = of(this.#ledger.known(asked.component))
      return draft.with(() => partsOf([draft]))
    }
    const all = [...this.#ledger.components.values()]
    const { parts } = this.#systems
    const roots = all.filter(({ member, name }) => !member && !parts.has(name))
    const root = worst(roots, (component) => availabilityOf(this.#ledger, component, window, accounting))
    const draft = of(root ?? this.#ledger.known(''))
    const drafts = all.map((component) => (component === root ? draft : of(component)))
    return draft.with(() => partsOf(drafts))
  }

  get objectives(): readonly Objective[] {
    return this.#objectives.running
  }

  standings(): ReadonlyMap<string, Standing> {
    const now = this.#ledger.now()
    this.#ledger.settle()
    const all = [...this.#ledger.components.values()]
    return new Map(all.map((component) => [component.name, standingOf(this.#ledger, component, now)]))
  }

  slices(component: string, given: readonly Instant[]): readonly TimeSlice[] {
    text(component, (expected) => refuse('component', expected, component))
    const now = this.#ledger.now()
    const edges = edgesOf(this.#ledger, given)
    this.#ledger.ripen()
    return slicesOf(this.#ledger, this.#ledger.known(component), edges, now)
  }

  timeline(component: string): readonly Transition[] {
    this.#ledger.now()
    this.#ledger.settle()
    return transitionsOf(this.#ledger, this.#ledger.known(component))
  }

  exportTimeline(component: string, options: ExportOptions): ObservedTimeline {
    text(component, (expected) => refuse('component', expected, component))
    this.#ledger.settle()
    return exported(this.#ledger, this.#ledger.known(component), options)
  }

  snapshot(): AvailabilitySnapshot {
    this.#ledger.settle()
    return snapshotOf(this.#ledger)
  }

  get persistence(): Persistence | null {
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

  close(): void {
    // First, so that what the policies' leaving says is not kept: after a restart they go on.
    this.#journal?.close()
    for (const running of this.#running) running.stop()
    this.#objectives.stop()
    this.#agenda.stop()
  }

  on<E extends keyof AvailabilityEvents>(event: E, listener: Listener<AvailabilityEvents[E]>): this {
    checkEvent(event, this.#events, () => eventNames)
    if (event === 'outageStart' || event === 'outageEnd') this.#ledger.hush()
    this.#events.on(event, listener as Listener<never>)
    return this
  }

  once<E extends keyof AvailabilityEvents>(event: E, listener: Listener<AvailabilityEvents[E]>): this {
    checkEvent(event, this.#events, () => eventNames)
    if (event === 'outageStart' || event === 'outageEnd') this.#ledger.hush()
    this.#events.once(event, listener as Listener<never>)
    return this
  }

  off<E extends keyof AvailabilityEvents>(event: E, listener?: Listener<AvailabilityEvents[E]>): this {
    this.#events.off(event, listener as Listener<never> | undefined)
    return this
  }

  #keep(running: { stop(): void }): { stop(): void } {
    const kept = {
      stop: () => {
        if (this.#running.delete(kept)) running.stop()
      },
    }
    this.#running.add(kept)
    return kept
  }
}

/** The root with the least availability; where nothing is known of any, the first. */
function worst(
  roots: readonly Component[],
  availability: (component: Component) => number | null,
): Component | undefined {
  let found: Component | undefined
  let least = 0
  for (const component of roots) {
    const rank = availability(component) ?? 2
    if (found === undefined || rank < least) [found, least] = [component, rank]
  }
  return found
}

/** By name, be it such as `__proto__`. */
function partsOf(drafts: readonly Draft[]): Report['components'] {
  return Object.fromEntries(drafts.map(({ report }) => [report.component, report]))
}

function refuse(what: string, expected: string, given: unknown): never {
  throw new TypeError(`availabilityTracker: ${what} must be ${expected}, got ${show(given)}`)
}
