/** Events about one call: told to who hears the policy, and to who follows the call. */

import type { CallEnd, CallObserver } from './call-observer.ts'
import type { Milliseconds } from './duration.ts'
import type { Events } from './events.ts'
import type { Scope } from './scope.ts'

/** Whether an event about one call is to be told to anybody: to who hears the policy, or to who follows the call. */
export function hasListeners(events: Events, event: string, { root }: Scope): boolean {
  return events.wants(event) || root.extra?.follower !== undefined
}

/**
 * Tells an event about one call. Ask `hasListeners` first, so that nothing is built for nobody. The follower hears it first, as a
 * listener may give the call up; of a call that has ended nothing more is told to it.
 */
export function emitForCall(events: Events, event: string, scope: Scope, details: object, time?: Milliseconds): void {
  const payload = events.payload(details, time)
  const { root } = scope
  const follower = root.extra?.follower
  if (follower !== undefined && root.ok === undefined) contained(events, () => follower.told(event, payload, scope))
  events.relay(event, payload)
}

/** Tells a follower the end of its call. */
export function tellEnd(events: Events, follower: CallObserver, ending: CallEnd): void {
  contained(events, () => follower.ended(ending))
}

function contained(events: Events, work: () => void): void {
  try {
    work()
  } catch (error) {
    events.fault('follower', error)
  }
}
