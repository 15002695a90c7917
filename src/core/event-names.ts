/** Names of events, to report a listener for an event that no policy emits. */
import type { Events } from './events.ts'
import { nearest } from './unknown-name.ts'

/** All events of policies. A pipeline accepts listeners for each of them, whatever its policies emit. */
const names =
  'call fault retry giveUp timeout fallback open halfOpen close isolate disable reject success failure ignored enqueue dequeue select failover reconnect eject restore state admin exhausted membersChanged inject'.split(
    ' ',
  )

/** Reports, as `fault`, a listener for an event that neither this policy (`own`) nor any other emits. */
export function checkEvent(event: unknown, events: Events, own: () => readonly string[]): void {
  if (names.includes(event as string)) return
  const known = [...own(), ...names]
  if (known.includes(event as string)) return
  const near = nearest(String(event), known)
  const hint = near === undefined ? '' : `, did you mean ${near}?`
  events.fault('on', new TypeError(`${JSON.stringify(String(event))} is not an event${hint}`))
}
