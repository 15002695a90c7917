/**
 * What the parts of a tracker share: its time, its components, and the announcing of outages.
 *
 * A component is announced down once an outage and up once it serves again; time of neither kind in between announces
 * nothing, because it may be bridged. A suspend is one more source in every component, above all others.
 */
import { type Clock, realClock } from '../core/clock.ts'
import type { Events } from '../core/events.ts'
import { Component } from './component.ts'
import type { Resolved } from './options.ts'
import type { Scribe } from './persistence/scribe.ts'
import type { Instant } from './record/stamps.ts'
import { type Outage, outageOf } from './report/outage.ts'
import { outagesIn, type Stretch } from './report/outages.ts'
import type { AvailabilitySnapshot } from './snapshot/snapshot.ts'
import { Chronology } from './timeline/chronology.ts'
import { EventLog } from './timeline/event-log.ts'
import { ASLEEP, SILENT } from './timeline/states.ts'

export class Ledger {
  readonly options: Resolved
  readonly events: Events
  readonly components = new Map<string, Component>()
  readonly asleep = new EventLog()
  /** Asked before a report what the mere passing of time has changed. */
  readonly settlers = new Set<() => void>()
  /** When the tracking began. */
  since = 0
  /** Told all that is said, where it is to be kept. */
  scribe: Scribe | undefined = undefined
  readonly #filled: (ledger: Ledger, snapshot: AvailabilitySnapshot) => void
  #time: Chronology | undefined = undefined

  /** `filled` is given the snapshot to go on from, once there is a clock. */
  constructor(options: Resolved, events: Events, filled: (ledger: Ledger, snapshot: AvailabilitySnapshot) => void) {
    this.options = options
    this.events = events
    this.#filled = filled
    if (options.clock !== undefined) this.take(options.clock)
  }

  /** Takes a clock, where it has none yet; the real one, where none is given. */
  take(clock: Clock = realClock): void {
    if (this.#time !== undefined) return
    this.#time = new Chronology(clock, this.options.clockTolerance, (from, to) => this.slept(from, to))
    this.since = this.#time.origin
    if (this.options.restore !== undefined) this.#filled(this, this.options.restore)
    this.scribe?.begin()
  }

  /** The machine slept. */
  slept(from: number, to: number): void {
    this.asleep.rewrite(from, ASLEEP)
    this.asleep.rewrite(to, SILENT)
    this.asleep.compact(from)
    this.scribe?.slept(from, to)
    for (const component of this.components.values()) component.changed(from)
  }

  get time(): Chronology {
    if (this.#time === undefined) this.take()
    return this.#time as unknown as Chronology
  }

  now(): number {
    return this.time.now()
  }

  /** An instant as users give it, in the tracker's own time. */
  instant(given: Instant): number {
    return given instanceof Date ? this.time.fromWall(given.getTime()) : this.time.from(given)
  }

  /** The instant `age` of the monotonic clock before the latest reading `now`. */
  back(now: number, age: number): number {
    return age > 0 ? this.time.from(this.time.time(now) - age) : now
  }

  component(name: string, member = false): Component {
    const component = this.components.get(name) ?? this.#made(name, member)
    this.components.set(name, component)
    // What is watched for itself too is a root.
    if (!member) component.member = false
    return component
  }

  /** One nobody has heard of is one nothing is known about. */
  known(name: string): Component {
    return this.components.get(name) ?? this.#made(name, false)
  }

  /** What became true by the passing of time alone is seen, and announced, when somebody looks. */
  settle(): void {
    for (const settler of this.settlers) settler()
    for (const component of this.components.values()) this.#announce(component)
  }

  #made(name: string, member: boolean): Component {
    const made = new Component(name, member, this.options.accounting, this.asleep, (changed) => this.#announce(changed))
    made.scribe = this.scribe
    return made
  }

  #announce(component: Component): void {
    const now = this.now()
    const from = component.announced ?? now
    const stretches = outagesIn(component.counted, this.options.accounting, from, now, now)
    const open = stretches.find((outage) => outage.open)
    const [first] = stretches
    const isOver = component.announced !== undefined && first !== open
    // One a correction took back altogether was never over.
    if (isOver || first === undefined) component.announced = undefined
    const isNew = component.announced === undefined && open !== undefined
    if (isNew) component.announced = open.start
    if (isOver && first !== undefined) this.#emit('outageEnd', component, first)
    if (isNew) this.#emit('outageStart', component, open)
  }

  #emit(event: string, component: Component, stretch: Stretch): void {
    if (!this.events.wants(event)) return
    const outage: Outage = outageOf(component, stretch, this.time)
    this.events.emit(event, outage)
  }
}
