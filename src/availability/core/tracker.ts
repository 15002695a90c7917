/**
 * Availability tracker: the availability you really got, computed from what policies and people report.
 *
 * One primitive: for each component a timeline of states. Everything in a report is derived from it, for any window; no
 * percentage is ever stored. Silence changes no state, and no data is no number. The rest (probes, systems, a store,
 * objectives) are functions over a tracker, in entries of their own.
 */
import { checkEvent } from '../../core/event-names.ts'
import { Events, type Listener } from '../../core/events.ts'
import { show } from '../../core/options.ts'
import type { AnyPolicy } from '../../core/policy.ts'
import { policyOf } from '../../core/policy-of.ts'
import { type ComponentHandle, type ComponentOptions, componentHandle } from '../record/component-handle.ts'
import { type AvailabilityEvent, record } from '../record/record.ts'
import type { ComponentFigures } from '../report/report-fields.ts'
import { type ReportOf, type ReportOptions, trackerReport } from '../report/tracker-report.ts'
import { type StateTransition, transitionsOf } from '../report/transitions.ts'
import { resolveWatchOptions, type WatchOptions } from '../sources/options.ts'
import { Watch, type Watching } from '../sources/watch.ts'
import { ScheduledChanges } from '../state/scheduled-changes.ts'
import { type AnyTracker, stateKey } from '../state/tracked.ts'
import { type TrackerSettings, TrackerState } from '../state/tracker-state.ts'
import { type AvailabilityEvents, eventNames } from './events.ts'
import { type CoreTrackerOptions, resolveCoreOptions } from './options.ts'

/** A report without estimates. */
export type CoreReport = ReportOf<ComponentFigures>

/** The smallest tracker: watches policies, takes events, and reports. */
export interface CoreTracker extends AnyTracker {
  /** Feeds a component from a policy's events. */
  watch(policy: AnyPolicy, options?: WatchOptions): Watching
  /** Sets the state of a component by hand. */
  component(name: string, options?: ComponentOptions): ComponentHandle
  /** Takes an event; false if it was too late, or known already. */
  record(event: AvailabilityEvent): boolean
  report(options?: ReportOptions): CoreReport
  /** How the state of a component changed, oldest first; unknown before. */
  timeline(component: string): readonly StateTransition[]
  /** Stops everything that runs for it, and unsubscribes from every policy. Reports can still be made. */
  close(): void
  on<E extends keyof AvailabilityEvents>(event: E, listener: Listener<AvailabilityEvents[E]>): this
  once<E extends keyof AvailabilityEvents>(event: E, listener: Listener<AvailabilityEvents[E]>): this
  off<E extends keyof AvailabilityEvents>(event: E, listener?: Listener<AvailabilityEvents[E]>): this
}

/**
 * Makes a tracker that watches policies, takes events, and reports.
 *
 * ```ts
 * import { availabilityTracker } from 'holdfast/availability/core'
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
export function availabilityTracker(options?: CoreTrackerOptions): CoreTracker {
  return new SlimTracker(resolveCoreOptions(options))
}

const noExtra = (): object => ({})

export abstract class BaseTracker {
  readonly name: string
  readonly kind = 'availabilityTracker'
  readonly [stateKey]: TrackerState

  constructor(settings: TrackerSettings) {
    this.name = settings.name ?? this.kind
    const state = (): TrackerState => this[stateKey]
    const events = new Events({
      name: this.name,
      kind: this.kind,
      get clock() {
        return state().time.clock
      },
      demand: (event, wanted) => state().demand(event, wanted),
    })
    this[stateKey] = new TrackerState(settings, events)
    const changes = new ScheduledChanges(this[stateKey])
    this[stateKey].schedule = changes
    this[stateKey].onClose(() => changes.stop())
    Object.defineProperty(this, stateKey, { enumerable: false })
  }

  watch(given: AnyPolicy, options?: WatchOptions): Watching {
    const policy = policyOf(given)
    if (policy === undefined) {
      throw new TypeError(`availabilityTracker: policy must be a policy, got ${show(given)}`)
    }
    const state = this[stateKey]
    const { component, consecutiveFailures, staleAfter } = resolveWatchOptions(options)
    state.start(policy.knownClock)
    const limit = consecutiveFailures ?? state.settings.consecutiveFailures
    return state.keep(new Watch(state, policy, state.component(component ?? policy.name), limit, staleAfter))
  }

  component(name: string, options?: ComponentOptions): ComponentHandle {
    return componentHandle(this[stateKey], name, options)
  }

  record(event: AvailabilityEvent): boolean {
    return record(this[stateKey], event)
  }

  timeline(component: string): readonly StateTransition[] {
    const state = this[stateKey]
    state.now()
    state.settle()
    return transitionsOf(state, state.known(component))
  }

  close(): void {
    this[stateKey].close()
  }

  on<E extends keyof AvailabilityEvents>(event: E, listener: Listener<AvailabilityEvents[E]>): this {
    this.#prepare(event)
    this[stateKey].events.on(event, listener as Listener<never>)
    return this
  }

  once<E extends keyof AvailabilityEvents>(event: E, listener: Listener<AvailabilityEvents[E]>): this {
    this.#prepare(event)
    this[stateKey].events.once(event, listener as Listener<never>)
    return this
  }

  off<E extends keyof AvailabilityEvents>(event: E, listener?: Listener<AvailabilityEvents[E]>): this {
    this[stateKey].events.off(event, listener as Listener<never> | undefined)
    return this
  }

  #prepare(event: keyof AvailabilityEvents): void {
    const state = this[stateKey]
    checkEvent(event, state.events, () => eventNames)
    if (event === 'outageStart' || event === 'outageEnd') state.ignoreOpenOutages()
  }
}

class SlimTracker extends BaseTracker implements CoreTracker {
  report(options?: ReportOptions): CoreReport {
    return trackerReport<object>(this[stateKey], options, noExtra)
  }
}
