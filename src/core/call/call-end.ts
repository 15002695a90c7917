/** The end of a whole call: settles its promise, emits `call`, notifies counters and the observer. */
import { contained } from './call-events.ts'
import type { CallOwner } from './call-owner.ts'
import { settlePromise } from './call-promise.ts'
import type { ScopeState } from './scope.ts'

/** The whole call has its outcome; `top` is the scope it ended in. */
export function endCall(top: ScopeState, ok: boolean, value: unknown, ignored: boolean): void {
  const { root } = top
  root.ok = ok
  root.value = value
  const { extras } = root
  if (extras?.unlisten !== undefined) extras.unlisten()
  const { events } = root.owner
  if (events.reportsCallEnds || extras?.observer !== undefined) reportCallEnd(top, ok && !root.failed, ignored)
  settlePromise(root)
}

/** `ok` is false also for a value that a policy judged a failure. */
function reportCallEnd(top: ScopeState, ok: boolean, ignored: boolean): void {
  const { root } = top
  const { owner, attempts, extras } = root
  const savedBy = ok ? root.savedBy : undefined
  // The first try succeeded: no policy had to help.
  const first = ok && savedBy === undefined
  if (extras?.startedAt !== undefined) emitCallEvent(top, extras.startedAt, ok, ignored, first, savedBy)
  countCall(owner, ok, ignored, attempts, first, savedBy, extras?.injected === 'excluded')
  const observer = extras?.observer
  if (observer === undefined) return
  const resolved = root.ok as boolean
  const { value } = root
  contained(owner.events, () => observer.ended({ resolved, value, ok, ignored, attempts, savedBy }))
}

function emitCallEvent(
  top: ScopeState,
  startedAt: number,
  ok: boolean,
  ignored: boolean,
  first: boolean,
  savedBy: string | undefined,
): void {
  const { owner, attempts } = top.root
  const { name: policy, kind, clock, events } = owner
  const time = top.now(clock)
  const at = clock.wall(time)
  const event = { policy, kind, at, time, duration: time - startedAt, ok, ignored, attempts, first, savedBy }
  events.call?.emit(top.root.extras?.injected === undefined ? event : { ...event, injected: true })
}

/** Notifies the counters of calls. A counter that throws is a `fault`. */
export function countCall(
  { events }: CallOwner,
  ok: boolean,
  ignored: boolean,
  attempts: number,
  first: boolean,
  savedBy: string | undefined,
  excluded = false,
): void {
  const { counters } = events
  if (counters === undefined) return
  try {
    for (const count of counters) count(ok, ignored, attempts, first, savedBy, excluded)
  } catch (error) {
    events.fault('counter', error)
  }
}
