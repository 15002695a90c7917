/**
 * What the parts of a tracker share: its time, its components, its events, and what runs for it.
 *
 * A suspend is one more source in every component, above all others. Features that only some programs use (a store, snapshots,
 * objectives, systems) attach here and are not known here: see `extension`, `onStart`, `sink` and `onDemand`.
 */
import { type Clock, realClock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import type { Events } from '../../core/events.ts'
import { type Random, systemRandom } from '../../core/random.ts'
import type { Accounting } from '../accounting/accounting.ts'
import { Component, type ComponentContext } from '../components/component.ts'
import type { EventSink } from '../components/event-sink.ts'
import { TrackerClock } from '../time/tracker-clock.ts'
import { EventLog } from '../timeline/event-log.ts'
import { ASLEEP, SILENT } from '../timeline/states.ts'
import { OutageAnnouncer } from './outage-announcer.ts'
import { type Stoppable, StoppableSet } from './running.ts'

/** Resolved options; their meaning and defaults are those of `AvailabilityTrackerOptions`. */
export interface TrackerSettings {
  readonly name?: string | undefined
  readonly clock?: Clock | undefined
  readonly random?: Random | undefined
  readonly accounting: Accounting
  readonly lateTolerance: Milliseconds
  readonly clockTolerance: Milliseconds
  readonly restartTolerance: Milliseconds
  readonly consecutiveFailures: number
  readonly keep: number
}

/** Gets noticed when the state of a component changes by the passing of time alone. */
interface Schedule {
  plan(component: Component, tick: number): void
}

type Extension<Part> = new (tracker: TrackerState) => Part

const keptSleeps = 1000

export class TrackerState implements ComponentContext {
  readonly settings: TrackerSettings
  readonly events: Events
  readonly random: Random
  readonly components = new Map<string, Component>()
  readonly asleep = new EventLog()
  /** Run before a report to apply what the passing of time has changed. */
  readonly timeDriven = new Set<() => void>()
  /** By the name of a system, those of the components it is made of: they are no roots. */
  readonly systems = new Map<string, readonly string[]>()
  /** When the tracking began. */
  since = 0
  /** Waits for the changes that were recorded ahead. */
  schedule: Schedule | undefined = undefined
  /** Receives all that is recorded, where it is to be kept. */
  sink: EventSink | undefined = undefined
  readonly #announcer: OutageAnnouncer
  readonly #extensions = new Map<Extension<unknown>, unknown>()
  readonly #demands = new Map<string, (wanted: boolean) => void>()
  readonly #running = new StoppableSet()
  readonly #closing: (() => void)[] = []
  #starting: (() => void)[] = []
  #time: TrackerClock | undefined = undefined

  constructor(settings: TrackerSettings, events: Events) {
    this.settings = settings
    this.events = events
    this.random = settings.random ?? systemRandom
    this.#announcer = new OutageAnnouncer(this)
    if (settings.clock !== undefined) this.start(settings.clock)
  }

  /** Fixes the clock, unless there is one already; the real one by default. */
  start(clock: Clock = realClock): void {
    if (this.#time !== undefined) return
    this.#time = new TrackerClock(clock, this.settings.clockTolerance, (from, to) => this.slept(from, to))
    this.since = this.#time.origin
    for (const started of this.#starting) started()
    this.#starting = []
  }

  /** Runs `started` once there is a clock: now, if there is one. */
  onStart(started: () => void): void {
    if (this.#time === undefined) this.#starting.push(started)
    else started()
  }

  /** The one instance of a feature that this tracker has; made when it is first asked for. */
  extension<Part>(make: Extension<Part>): Part {
    const known = this.#extensions.get(make) as Part | undefined
    if (known !== undefined) return known
    const made = new make(this)
    this.#extensions.set(make, made)
    return made
  }

  /** Calls `changed` when the first listener of an event comes, and when the last one leaves. */
  onDemand(event: string, changed: (wanted: boolean) => void): void {
    this.#demands.set(event, changed)
    if (this.events.hasListeners(event)) changed(true)
  }

  demand(event: string, wanted: boolean): void {
    this.#demands.get(event)?.(wanted)
  }

  /** Stops `running` when the tracker is closed. */
  keep(running: Stoppable): Stoppable {
    return this.#running.keep(running)
  }

  /** Runs `closed` when the tracker is closed, after all that runs was stopped. */
  onClose(closed: () => void): void {
    this.#closing.push(closed)
  }

  /** The sink first: what the others record as they stop is not kept, because they go on after a restart. */
  close(): void {
    this.sink?.close()
    this.#running.stop()
    for (const closed of this.#closing) closed()
  }

  /** The machine slept. */
  slept(from: number, to: number): void {
    this.asleep.rewrite(from, ASLEEP)
    this.asleep.rewrite(to, SILENT)
    if (this.asleep.length > keptSleeps) this.asleep.forget(this.asleep.timeAt(keptSleeps / 4))
    this.sink?.onSleep(from, to)
    for (const component of this.components.values()) {
      component.slept(from, to)
      component.changed(from)
    }
  }

  get time(): TrackerClock {
    if (this.#time === undefined) this.start()
    return this.#time as unknown as TrackerClock
  }

  now(): number {
    return this.time.now()
  }

  get accounting(): Accounting {
    return this.settings.accounting
  }

  get maxTransitions(): number {
    return this.settings.keep
  }

  /** How far the wall clock, as it is set now, is ahead of the tracker's own time. */
  ahead(): Milliseconds {
    return this.time.wall(0)
  }

  component(name: string, member = false): Component {
    const component = this.components.get(name) ?? new Component(name, member, this)
    this.components.set(name, component)
    // A member that is also watched for itself is a root.
    if (!member) component.member = false
    return component
  }

  /** The component of this name, or one without any history that is not added. */
  known(name: string): Component {
    return this.components.get(name) ?? new Component(name, false, this)
  }

  /** Applies and announces what became true by the passing of time alone. */
  settle(): void {
    this.advance()
    this.#announcer.announceAll()
  }

  /** The same without announcing, which looks at every component. */
  advance(): void {
    for (const apply of this.timeDriven) apply()
  }

  /** On the first listener: outages already open are not announced. */
  ignoreOpenOutages(): void {
    this.#announcer.ignoreOpen()
  }

  /** The start of the outage that is not over, as it was announced; undefined if there is none. */
  outageSince(component: Component): number | undefined {
    return this.#announcer.openSince(component)
  }

  changed(component: Component): void {
    if (component.planned) this.schedule?.plan(component, component.next(this.now()))
    this.#announcer.announce(component)
  }
}
