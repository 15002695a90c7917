/**
 * Availability tracker: what you really got, computed from what policies, probes and people tell.
 *
 * One primitive: for each component a timeline of states. Everything in a report is derived from it, for any window; no
 * percentage is ever stored. Silence changes no state, and no data is no number.
 */
import { Events, type Listener } from '../core/events.ts'
import { callable, optional, resolveOptions, show, text } from '../core/options.ts'
import { type AnyPolicy, policyOf } from '../core/policy.ts'
import type { AvailabilityTracker, ComponentHandle, ReportOptions } from './availability-tracker.ts'
import type { Component } from './component.ts'
import type { AvailabilityEvents } from './events.ts'
import { Watch, type Watching } from './feeds/watch.ts'
import { Ledger } from './ledger.ts'
import { type Check, Probe, type Probing } from './monitor/probe.ts'
import {
  type AvailabilityTrackerOptions,
  type ProbeOptions,
  resolveProbeOptions,
  resolveTrackerOptions,
  resolveWatchOptions,
  type WatchOptions,
} from './options.ts'
import { Journal } from './persistence/journal.ts'
import type { Persistence } from './persistence/store.ts'
import { type AvailabilityEvent, record, type StateDetails } from './record/record.ts'
import { reportOn } from './report/report.ts'
import type { ComponentReport, Report } from './report/report-fields.ts'
import { type Transition, transitionsOf } from './report/transitions.ts'
import { restore, snapshotOf } from './snapshot/restoring.ts'
import type { AvailabilitySnapshot } from './snapshot/snapshot.ts'
import { type State, states } from './timeline/states.ts'
import { windowOf } from './window/window.ts'

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
  readonly #journal: Journal | undefined
  readonly #running = new Set<{ stop(): void }>()

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
    })
    this.#ledger = new Ledger(options, this.#events, restore)
    this.#journal = options.store && new Journal(this.#ledger, options.store, options)
    this.#ledger.scribe = this.#journal
    if (options.clock !== undefined) this.#journal?.begin()
  }

  watch(given: AnyPolicy, options?: WatchOptions): Watching {
    const policy = policyOf(given)
    if (policy === undefined) refuse('policy', 'a policy', given)
    const { component, consecutiveFailures } = resolveWatchOptions(options)
    this.#ledger.take(policy.knownClock)
    const limit = consecutiveFailures ?? this.#ledger.options.consecutiveFailures
    return this.#keep(new Watch(this.#ledger, policy, this.#ledger.component(component ?? policy.name), limit))
  }

  component(name: string): ComponentHandle {
    text(name, (expected) => refuse('name', expected, name))
    this.#ledger.component(name)
    const tell = (state: State) => (details?: StateDetails) => this.record({ ...details, component: name, state })
    return Object.freeze(Object.fromEntries(states.map((state) => [state, tell(state)]))) as ComponentHandle
  }

  probe(name: string, check: Check, options?: ProbeOptions): Probing {
    text(name, (expected) => refuse('name', expected, name))
    callable(check, (expected) => refuse('check', expected, check))
    const resolved = resolveProbeOptions(options)
    return this.#keep(new Probe(this.#ledger, this.#ledger.component(name), check, resolved))
  }

  record(event: AvailabilityEvent): boolean {
    return record(this.#ledger, event)
  }

  report(options?: ReportOptions): Report {
    const asked = resolveOptions('availabilityTracker', options, {
      component: optional(text, undefined),
      window: (value) => value,
      zone: (value, fail) => (value === undefined || value === 'UTC' ? value : fail("'UTC'")),
    })
    const window = windowOf(this.#ledger, asked.window, this.#ledger.now())
    this.#ledger.settle()
    const of = (component: Component): ComponentReport => reportOn(this.#ledger, component, window)
    if (asked.component !== undefined) {
      const report = of(this.#ledger.known(asked.component))
      return { ...report, components: Object.fromEntries([[asked.component, report]]) }
    }
    const all = [...this.#ledger.components.values()]
    const reports = new Map(all.map((component) => [component, of(component)]))
    const roots = all.filter(({ member }) => !member).map((root) => reports.get(root) as ComponentReport)
    const components = Object.fromEntries([...reports].map(([{ name }, report]) => [name, report]))
    return { ...(worst(roots) ?? of(this.#ledger.known(''))), components }
  }

  timeline(component: string): readonly Transition[] {
    this.#ledger.now()
    this.#ledger.settle()
    return transitionsOf(this.#ledger, this.#ledger.known(component))
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
  }

  on<E extends keyof AvailabilityEvents>(event: E, listener: Listener<AvailabilityEvents[E]>): this {
    this.#events.on(event, listener as Listener<never>)
    return this
  }

  once<E extends keyof AvailabilityEvents>(event: E, listener: Listener<AvailabilityEvents[E]>): this {
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

/** The one with the least availability; where nothing is known of any, the first. */
function worst(roots: readonly ComponentReport[]): ComponentReport | undefined {
  const rank = ({ availability }: ComponentReport): number => availability ?? 2
  return roots.reduce<ComponentReport | undefined>(
    (found, root) => (found === undefined || rank(root) < rank(found) ? root : found),
    undefined,
  )
}

function refuse(what: string, expected: string, given: unknown): never {
  throw new TypeError(`availabilityTracker: ${what} must be ${expected}, got ${show(given)}`)
}
