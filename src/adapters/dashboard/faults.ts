/** What failed and was contained is told, whatever it was, be it the clock. */
import type { Clock } from '../../core/clock.ts'
import { Events, type FaultEvent, type Listener } from '../../core/events.ts'
import { kind } from './options.ts'

export function faultsOf(name: string, clock: Clock, onFault: Listener<FaultEvent> | undefined): Events {
  const reading = (read: () => number): number => {
    try {
      return read()
    } catch {
      return Number.NaN
    }
  }
  // Events schedule nothing.
  const labels = Object.assign(Object.create(clock) as Clock, {
    now: () => reading(() => clock.now()),
    wall: () => reading(() => clock.wall()),
  })
  const events = new Events({ name, kind, clock: labels })
  if (onFault !== undefined) events.on('fault', onFault)
  return events
}
