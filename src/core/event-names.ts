/** Names of events: a listener to one that nobody emits hears nothing, for ever. */
import type { Events } from './events.ts'
import { nearest } from './unknown-name.ts'

/** What policies emit. A pipeline may be listened to for any, whatever its members are today. */
const names =
  'call fault retry giveUp timeout fallback open halfOpen close isolate disable reject success failure ignored enqueue dequeue select failover reconnect eject restore state admin exhausted membersChanged'.split(
    ' ',
  )

/** Reports, as `fault`, a listener to an event that neither this policy (`own`) nor any other emits. */
export function checkEvent(event: unknown, events: Events, own: () => readonly string[]): void {
  if (names.includes(event as string)) return
  const known = [...own(), ...names]
  if (known.includes(event as string)) return
  const near = nearest(String(event), known)
  const hint = near === undefined ? '' : `, did you mean ${near}?`
  events.fault('on', new TypeError(`${JSON.stringify(String(event))} is not an event${hint}`))
}
