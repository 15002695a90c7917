/** Events about one call, for the listeners of a policy and the observer of the call. */
import type { Milliseconds } from '../duration.ts'
import type { Events } from '../events.ts'
import type { Scope } from '../hooks.ts'

/** Whether an event about one call has a receiver: a listener of the policy, or the observer of the call. */
export function hasListeners(events: Events, event: string, scope: Scope): boolean {
  return events.hasListeners(event) || scope.observer !== undefined
}

/**
 * Emits an event about one call. Ask `hasListeners` first, so that nothing is built in vain. The observer gets it before the
 * listeners, because a listener may abort the call, and an observer gets nothing after the end of its call.
 */
export function emitForCall(events: Events, event: string, scope: Scope, details: object, time?: Milliseconds): void {
  const payload = events.payload(details, time)
  const { observer } = scope
  if (observer !== undefined && !scope.callEnded) contained(events, () => observer.onEvent(event, payload, scope))
  events.relay(event, payload)
}

/** Runs code of an observer. What it throws is a `fault`. */
export function contained(events: Events, work: () => void): void {
  try {
    work()
  } catch (error) {
    events.fault('observer', error)
  }
}
