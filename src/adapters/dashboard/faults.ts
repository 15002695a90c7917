/** Reports contained failures as `fault` events. */
import type { Clock } from '../../core/clock.ts'
import { Events, type FaultEvent, type Listener } from '../../core/events.ts'
import { kind } from './options.ts'

/** The clock itself may be what fails, so an event whose time cannot be read carries NaN. */
export function faultsOf(name: string, clock: Clock, onFault: Listener<FaultEvent> | undefined): Events {
  const reading = (read: () => number): number => {
    try {
      return read()
    } catch {
      return Number.NaN
    }
  }
  // Events read the clock but schedule nothing.
  const safeClock = Object.assign(Object.create(clock) as Clock, {
    now: () => reading(() => clock.now()),
    wall: () => reading(() => clock.wall()),
  })
  const events = new Events({ name, kind, clock: safeClock })
  if (onFault !== undefined) events.on('fault', onFault)
  return events
}
