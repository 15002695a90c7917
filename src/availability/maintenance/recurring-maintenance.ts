/**
 * A maintenance that comes again: each night, each Sunday, by the wall clock of a zone.
 *
 * Each time it begins it is recorded as an incident with its end, so history keeps it as it was, whatever the rule says later,
 * and if another run of the process records the same one, it counts once. Days and clock changes are those of service hours, of which
 * this is the inverse. Invariant: the alarm is set for the next beginning, or for a day from now, whichever is first.
 */
import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { optional, resolveOptions, show, text } from '../../core/options.ts'
import { Alarm } from '../../core/timer.ts'
import { record } from '../record/record.ts'
import type { Watching } from '../sources/watch.ts'
import { type AnyTracker, stateOf } from '../state/tracked.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { hoursOf, type ServiceHours, serviceSpans } from '../time/service-hours.ts'

/** When it comes: the fields of service hours, and why. */
export interface MaintenanceHours extends ServiceHours {
  /** The reason of outages that it turns into. Default: none. */
  readonly reason?: string
}

const day = 86_400_000
/** How soon it has another look where a clock has failed, in ms. */
const afterFault = 1000

export class RecurringMaintenance {
  readonly #tracker: TrackerState
  readonly #component: string
  readonly #hours: ServiceHours
  readonly #reason: string | undefined
  readonly #alarm = new Alarm(() => this.#ring(), true)
  readonly #settler = (): void => {
    this.#look()
  }
  /** Up to here, by the wall clock, all that began is recorded. */
  #until: Milliseconds | undefined = undefined

  constructor(tracker: TrackerState, component: string, { reason, ...hours }: ReturnType<typeof maintenanceHours>) {
    this.#tracker = tracker
    this.#component = component
    this.#hours = hours
    this.#reason = reason
    tracker.component(component)
    tracker.timeDriven.add(this.#settler)
    this.#ring()
  }

  /** No further one begins; one that is under way lasts to its end. */
  stop(): void {
    this.#tracker.timeDriven.delete(this.#settler)
    this.#clock.cancel(this.#alarm)
  }

  get #clock(): Clock {
    return this.#tracker.time.clock
  }

  /** Called by a timer, so nothing may come out of it. */
  #ring(): void {
    try {
      const wall = this.#look()
      const [next] = serviceSpans(this.#hours, wall, wall + day).filter(([start]) => start > wall)
      this.#clock.cancel(this.#alarm)
      this.#clock.schedule(this.#alarm, Math.min(day, (next?.[0] ?? Number.POSITIVE_INFINITY) - wall))
    } catch (error) {
      this.#clock.schedule(this.#alarm, afterFault)
      this.#tracker.events.fault('maintenance', error)
    }
  }

  /** Records all that began since it looked last; gives the time of the wall clock. */
  #look(): Milliseconds {
    const wall = this.#tracker.time.wall(this.#tracker.now())
    const until = this.#until
    // A wall clock that was set back comes to the same beginnings again.
    this.#until = wall
    for (const [start, end] of serviceSpans(this.#hours, Math.min(until ?? wall, wall), wall + 1)) {
      if (until === undefined || start > until) this.#record(start, this.#extended(start, end))
    }
    return wall
  }

  /** Where the next one begins as this one ends, there is no gap between them. */
  #extended(start: Milliseconds, end: Milliseconds): Milliseconds {
    return (serviceSpans(this.#hours, start, end + 1)[0] as readonly [number, number])[1]
  }

  #record(start: Milliseconds, end: Milliseconds): void {
    const id = `maintenance ${new Date(start).toISOString()} to ${this.#hours.to}`
    const event = { component: this.#component, state: 'maintenance', start: new Date(start), end: new Date(end), id }
    record(this.#tracker, this.#reason === undefined ? event : { ...event, reason: this.#reason })
  }
}

/**
 * A maintenance that recurs by the wall clock of a zone: nightly, weekly. It takes effect at once, also within one of the
 * periods. Each period is recorded as it begins. After `stop()` no further one begins.
 *
 * @throws TypeError where an option is wrong.
 */
export function maintenance(given: AnyTracker, component: string, hours: MaintenanceHours): Watching {
  const tracker = stateOf('maintenance', given)
  text(component, (expected) => {
    throw new TypeError(`availabilityTracker: component must be ${expected}, got ${show(component)}`)
  })
  return tracker.keep(new RecurringMaintenance(tracker, component, maintenanceHours(hours)))
}

function maintenanceHours(given: unknown) {
  const { reason, ...hours } = resolveOptions('availabilityTracker', given, {
    from: (value) => value,
    to: (value) => value,
    days: (value) => value,
    except: (value) => value,
    zone: (value) => value,
    reason: optional(text, undefined),
  })
  return { ...hoursOf('maintenance', hours), reason }
}
