/**
 * What the parts of a tracker share: its time, its components, and the announcing of outages.
 *
 * A component is announced down once an outage and up once it serves again; time of neither kind in between announces
 * nothing, because it may be bridged. A suspend is one more source in every component, above all others.
 */
import { type Clock, realClock } from '../core/clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Events } from '../core/events.ts'
import { type Random, systemRandom } from '../core/random.ts'
import { Component, type Household } from './component.ts'
import type { Resolved } from './options.ts'
import type { Scribe } from './persistence/scribe.ts'
import type { Agenda } from './record/agenda.ts'
import type { Instant } from './record/stamps.ts'
import type { Accounting } from './report/accounting.ts'
import { type Outage, outageOf } from './report/outage.ts'
import type { Stretch } from './report/stretch.ts'
import { ObjectiveBook } from './snapshot/saved-objective.ts'
import type { AvailabilitySnapshot } from './snapshot/snapshot.ts'
import { Chronology } from './timeline/chronology.ts'
import { EventLog } from './timeline/event-log.ts'
import { ASLEEP, SILENT } from './timeline/states.ts'

const keptSleeps = 1000

export class Ledger implements Household {
  readonly options: Resolved
  readonly events: Events
  readonly random: Random
  readonly components = new Map<string, Component>()
  readonly asleep = new EventLog()
  readonly objectives = new ObjectiveBook()
  /** Asked before a report what the mere passing of time has changed. */
  readonly settlers = new Set<() => void>()
  /** When the tracking began. */
  since = 0
  /** Where what was told ahead is waited for. */
  agenda: Agenda | undefined = undefined
  /** Told all that is said, where it is to be kept. */
  scribe: Scribe | undefined = undefined
  readonly #filled: (ledger: Ledger, snapshot: AvailabilitySnapshot) => void
  #time: Chronology | undefined = undefined

  /** `filled` is given the snapshot to go on from, once there is a clock. */
  constructor(options: Resolved, events: Events, filled: (ledger: Ledger, snapshot: AvailabilitySnapshot) => void) {
    this.options = options
    this.events = events
    this.random = options.random ?? systemRandom
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
    if (this.asleep.length > keptSleeps) this.asleep.forget(this.asleep.timeAt(keptSleeps / 4))
    this.scribe?.slept(from, to)
    for (const component of this.components.values()) {
      component.slept(from, to)
      component.changed(from)
    }
  }

  get time(): Chronology {
    if (this.#time === undefined) this.take()
    return this.#time as unknown as Chronology
  }

  now(): number {
    return this.time.now()
  }

  get accounting(): Accounting {
    return this.options.accounting
  }

  get keep(): number {
    return this.options.keep
  }

  /** How far the wall clock, as it is set now, is ahead of the tracker's own time. */
  ahead(): Milliseconds {
    return this.time.wall(0)
  }

  /** An instant as users give it, in the tracker's own time. */
  instant(given: Instant): number {
    const isWall = given instanceof Date || this.time.isWall(given)
    return isWall ? this.time.fromWall(given.valueOf()) : this.time.from(given)
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
    this.ripen()
    if (this.#heard) for (const component of this.components.values()) this.#announce(component)
  }

  /** The same without announcing, which looks at every component: for who looks at one after the other. */
  ripen(): void {
    for (const settler of this.settlers) settler()
  }

  /** Somebody listens from now on: what is down already is no news. */
  hush(): void {
    if (this.#heard) return
    const now = this.now()
    for (const component of this.components.values()) component.announced = openOf(component, now)?.start
  }

  /** The start of the outage that is not over, as it was announced; undefined where there is none. */
  outageSince(component: Component): number | undefined {
    return this.#heard ? component.announced : openOf(component, this.now())?.start
  }

  changed(component: Component): void {
    if (component.planned) this.agenda?.plan(component, component.next(this.now()))
    if (this.#heard) this.#announce(component)
  }

  get #heard(): boolean {
    return this.events.wants('outageStart') || this.events.wants('outageEnd')
  }

  #made(name: string, member: boolean): Component {
    return new Component(name, member, this)
  }

  #announce(component: Component): void {
    const now = this.now()
    const open = openOf(component, now)
    const { announced } = component
    const known = announced === undefined ? undefined : outageAt(component, announced, now)
    const isOver = announced !== undefined && (known === undefined || !known.open)
    // One a correction took back altogether was never over.
    if (isOver) component.announced = undefined
    const isNew = component.announced === undefined && open !== undefined
    if (isNew) component.announced = open.start
    if (isOver && known !== undefined) this.#emit('outageEnd', component, known)
    if (isNew) this.#emit('outageStart', component, open)
  }

  #emit(event: string, component: Component, stretch: Stretch): void {
    if (!this.events.wants(event)) return
    const outage: Outage = outageOf(component, component.stamps, stretch, this.time)
    this.events.emit(event, outage)
  }
}

function openOf(component: Component, now: number): Stretch | undefined {
  const outages = component.history.outages(now)
  const last = outages.length === 0 ? undefined : outages.get(outages.length - 1)
  return last?.open ? last : undefined
}

/** The first outage that was not over at an instant. */
function outageAt(component: Component, time: number, now: number): Stretch | undefined {
  const outages = component.history.outages(now)
  const [first, end] = outages.touching(time, now)
  return first < end ? outages.get(first) : undefined
}
