/**
 * What a circuit breaker says of what it guards: open is down since the first failure that tripped it, half-open is still
 * down, closed by its probes is up. Isolated is maintenance, disabled is unknown. A breaker that is closed because it was
 * made so, or new, says nothing before its first success.
 */
import type { EventBase } from '../../core/events.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { DOWN, MAINTENANCE, SILENT, UNKNOWN, UP } from '../timeline/states.ts'
import type { Source } from './source.ts'

/** The fields of a breaker's events, as far as they are there. */
export interface BreakerEvent extends EventBase {
  readonly cause?: unknown
  readonly since?: unknown
  readonly from?: unknown
  readonly state?: unknown
}

/** The events it needs; `success` only while the breaker says nothing. */
export const breakerEvents = ['open', 'close', 'isolate', 'disable', 'reject'] as const

/** How long before the event itself its `since` was. */
export function age({ time, since }: { readonly time: number; readonly since?: unknown }): number {
  return typeof since === 'number' && since < time ? time - since : 0
}

export function feedBreaker(tracker: TrackerState, source: Source, event: string, payload: BreakerEvent): void {
  const now = tracker.now()
  if (event === 'open' && source.state !== DOWN) {
    const reason = typeof payload.cause === 'string' ? `${payload.policy}: ${payload.cause}` : payload.policy
    source.setState(tracker.time.back(now, age(payload)), DOWN, { detected: now }, reason)
  } else if (event === 'close') {
    const forced = payload.from === 'isolated' || payload.from === 'disabled'
    source.setState(now, forced ? SILENT : UP)
  } else if (event === 'isolate') source.setState(now, MAINTENANCE, undefined, `${payload.policy}: isolated`)
  else if (event === 'disable') source.setState(now, UNKNOWN, undefined, `${payload.policy}: disabled`)
  else if (event === 'success' && source.silent) source.setState(now, UP)
  else if (event === 'reject' && source.silent) {
    // It refused calls before its first event was seen.
    source.setState(now, payload.state === 'isolated' ? MAINTENANCE : DOWN)
  }
}
