/**
 * Changes that were recorded ahead, and when they are due: the start and the end of a planned maintenance.
 *
 * No event arrives at that moment, and yet the state changes then. So the component is marked as changed, and those who
 * follow it, or listen to its outages, learn of it in time. Invariant: the alarm is set for the earliest instant of all, while
 * there is one.
 */

import type { Clock } from '../../core/clock.ts'
import type { Events } from '../../core/events.ts'
import { Alarm } from '../../core/timer.ts'

/** What may change by the mere passing of time. */
interface PlannedChange {
  changed(tick: number): void
}

interface ScheduleContext {
  readonly time: { readonly clock: Clock }
  readonly events: Pick<Events, 'fault'>
  now(): number
}

/** How soon it has another look where a clock has failed, in ms. */
const afterFault = 1000

export class ScheduledChanges {
  readonly #tracker: ScheduleContext
  readonly #due = new Map<PlannedChange, number>()
  #stopped = false
  readonly #alarm = new Alarm(() => this.#ring(), true)

  constructor(tracker: ScheduleContext) {
    this.#tracker = tracker
  }

  /** The state of a component changes next at `tick`, which is Infinity where it is not to change. */
  plan(component: PlannedChange, tick: number): void {
    if (this.#stopped || this.#due.get(component) === tick) return
    if (tick < Number.POSITIVE_INFINITY) this.#due.set(component, tick)
    else if (!this.#due.delete(component)) return
    this.#arm()
  }

  stop(): void {
    this.#stopped = true
    if (this.#due.size > 0) this.#tracker.time.clock.cancel(this.#alarm)
    this.#due.clear()
  }

  #arm(): void {
    const { clock } = this.#tracker.time
    clock.cancel(this.#alarm)
    if (this.#due.size === 0) return
    clock.schedule(this.#alarm, Math.max(0, Math.min(...this.#due.values()) - this.#tracker.now()))
  }

  /** Called by a timer, so nothing may come out of it. */
  #ring(): void {
    try {
      const now = this.#tracker.now()
      for (const [component, tick] of this.#due) {
        if (tick > now) continue
        this.#due.delete(component)
        // It plans what is next.
        component.changed(tick)
      }
      this.#arm()
    } catch (error) {
      this.#tracker.time.clock.schedule(this.#alarm, afterFault)
      this.#tracker.events.fault('agenda', error)
    }
  }
}
