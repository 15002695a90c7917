/** Events about one call: for the listeners of a policy, and for the observer of the call. */
import type { Milliseconds } from '../duration.ts'
import type { Events } from '../events.ts'
import type { Scope } from '../hooks.ts'

/** Whether an event about one call has a listener: one of the policy's, or the observer of the call. */
export function hasListeners(events: Events, event: string, scope: Scope): boolean {
  return events.wants(event) || scope.observer !== undefined
}

/**
 * Emits an event about one call. Ask `hasListeners` first, so that nothing is built in vain. The observer gets it first, as a
 * listener may give the call up: an observer gets nothing more of a call that has ended.
 */
export function emitForCall(events: Events, event: string, scope: Scope, details: object, time?: Milliseconds): void {
  const payload = events.payload(details, time)
  const { observer } = scope
  if (observer !== undefined && !scope.callEnded) contained(events, () => observer.onEvent(event, payload, scope))
  events.relay(event, payload)
}

/** Runs code of an observer. What it throws is a fault. */
export function contained(events: Events, work: () => void): void {
  try {
    work()
  } catch (error) {
    events.fault('follower', error)
  }
}
