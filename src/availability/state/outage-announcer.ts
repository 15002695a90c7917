/**
 * Emits `outageStart` and `outageEnd`.
 *
 * A component is announced down once an outage and up once it serves again; unknown time and maintenance in between announce
 * nothing, because they may be bridged.
 */
import type { Events } from '../../core/events.ts'
import type { Component } from '../components/component.ts'
import { outageOf } from '../outages/outage.ts'
import type { TrackedOutage } from '../outages/tracked-outage.ts'
import type { TrackerClock } from '../time/tracker-clock.ts'

interface AnnouncedOutage {
  readonly events: Events
  readonly time: TrackerClock
  readonly components: ReadonlyMap<string, Component>
  now(): number
}

export class OutageAnnouncer {
  readonly #tracker: AnnouncedOutage

  constructor(tracker: AnnouncedOutage) {
    this.#tracker = tracker
  }

  announceAll(): void {
    if (!this.#heard) return
    for (const component of this.#tracker.components.values()) this.announce(component)
  }

  announce(component: Component): void {
    if (!this.#heard) return
    const now = this.#tracker.now()
    const open = openOf(component, now)
    const { announced } = component
    const known = announced === undefined ? undefined : outageAt(component, announced, now)
    const isOver = announced !== undefined && (known === undefined || !known.open)
    // An outage that a correction removed altogether does not end.
    if (isOver) component.announced = undefined
    const isNew = component.announced === undefined && open !== undefined
    if (isNew) component.announced = open.start
    if (isOver && known !== undefined) this.#emit('outageEnd', component, known)
    if (isNew) this.#emit('outageStart', component, open)
  }

  ignoreOpen(): void {
    if (this.#heard) return
    const now = this.#tracker.now()
    for (const component of this.#tracker.components.values()) component.announced = openOf(component, now)?.start
  }

  openSince(component: Component): number | undefined {
    return this.#heard ? component.announced : openOf(component, this.#tracker.now())?.start
  }

  get #heard(): boolean {
    return this.#tracker.events.hasListeners('outageStart') || this.#tracker.events.hasListeners('outageEnd')
  }

  #emit(event: string, component: Component, outage: TrackedOutage): void {
    if (!this.#tracker.events.hasListeners(event)) return
    this.#tracker.events.emit(event, outageOf(component, component.stamps, outage, this.#tracker.time))
  }
}

function openOf(component: Component, now: number): TrackedOutage | undefined {
  const outages = component.history.outages(now)
  const last = outages.length === 0 ? undefined : outages.get(outages.length - 1)
  return last?.open ? last : undefined
}

/** The first outage that was not over at an instant. */
function outageAt(component: Component, time: number, now: number): TrackedOutage | undefined {
  const outages = component.history.outages(now)
  const [first, end] = outages.touching(time, now)
  return first < end ? outages.get(first) : undefined
}
