/**
 * Records what people and other systems report: that a component is in a state from an instant on, or an incident with a
 * start and perhaps an end.
 *
 * A malformed event throws; one that is late or repeated never does. Lateness is for events of machines: an incident is
 * a person's account of what happened, and is taken whenever it is written.
 */
import type { Milliseconds } from '../../core/duration.ts'
import {
  type Check,
  finite,
  isRecord,
  oneOf,
  optional,
  refuseOption,
  resolveOptions,
  show,
  text,
} from '../../core/options.ts'
import type { Component } from '../components/component.ts'
import { ownTime } from '../components/incidents.ts'
import { type OutagePhase, type OutagePhases, phases } from '../outages/timestamps.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import type { Instant } from '../time/instant.ts'
import { type Code, type ComponentState, codeOf, states } from '../timeline/states.ts'
import { runOut } from './stale-after.ts'

/** What can be said of a state beside its name. */
export interface StateDetails extends OutagePhases {
  /** When it began, by the wall clock: a Date, or ms since the epoch. Default: now. */
  readonly at?: Date | Milliseconds
  /** The same by the monotonic clock; it goes before `at`. What can only be ms since the epoch is taken for that. */
  readonly time?: Milliseconds
  /** An event of the same id is taken once. */
  readonly id?: string
  /** Of events at one instant the greatest has the last word. Default: the latest recorded. */
  readonly seq?: number
  /** Who says so. Each source has its own word, and the worst holds. Default: all by hand are one. */
  readonly source?: string
  readonly reason?: string
}

/** From an instant on, a component is in a state. */
export interface StateEvent extends StateDetails {
  readonly component: string
  readonly state: ComponentState
}

/** A component was, or is, down, degraded or in maintenance. */
export interface Incident extends OutagePhases {
  readonly component: string
  /** Default `'down'`. */
  readonly state?: 'down' | 'degraded' | 'maintenance'
  readonly start: Instant
  /** Default: `restored`, else it is open. An incident recorded again with the same `id`, or the same start, is corrected. */
  readonly end?: Instant
  readonly id?: string
  readonly reason?: string
}

export type AvailabilityEvent = StateEvent | Incident

const instant: Check<Instant> = (value, fail) =>
  (value instanceof Date ? Number.isFinite(value.getTime()) : Number.isFinite(value))
    ? (value as Instant)
    : fail('a valid Date or a finite number')

const stampChecks = {
  detected: optional(instant, undefined),
  acknowledged: optional(instant, undefined),
  diagnosed: optional(instant, undefined),
  repairStarted: optional(instant, undefined),
  repaired: optional(instant, undefined),
  restored: optional(instant, undefined),
  resolved: optional(instant, undefined),
}

const sharedChecks = {
  component: text,
  id: optional(text, undefined),
  reason: optional(text, undefined),
  ...stampChecks,
}

const stateChecks = {
  ...sharedChecks,
  state: oneOf(...states),
  at: optional(instant, undefined),
  time: optional(finite(Number.NEGATIVE_INFINITY), undefined),
  seq: optional(finite(Number.NEGATIVE_INFINITY), undefined),
  source: optional(text, ''),
}

const incidentChecks = {
  ...sharedChecks,
  start: instant,
  end: optional(instant, undefined),
  state: optional(oneOf('down', 'degraded', 'maintenance'), 'down'),
}

/** An instant as it is given, in the tracker's own time. */
type InstantReader = (given: Instant, name: string) => number

/** Of ms since the epoch it is the year 5138: a greater number is one of microseconds, or worse. */
const latest = 1e14

/** Whether the event was taken: false where it was too late, or known already. `own` says how to read instants that are no user's. */
export function record(tracker: TrackerState, event: unknown, own?: InstantReader): boolean {
  const users: InstantReader = (given, name) => {
    if (!(given instanceof Date) && given >= latest) {
      refuseOption('availabilityTracker', name, 'a Date, ms since the epoch, or a time of the clock', given)
    }
    return tracker.time.instant(given)
  }
  const read = own ?? users
  if (!isRecord(event)) throw new TypeError(`availabilityTracker: event must be an object, got ${show(event)}`)
  return Object.hasOwn(event, 'start') ? recordIncident(tracker, event, read) : recordState(tracker, event, read)
}

/** The same as an event that says nothing but the state, from now on. */
export function recordNow(tracker: TrackerState, component: Component, code: Code): boolean {
  const now = tracker.now()
  const log = component.manualLog('')
  runOut(tracker, component, '', log, now)
  if (!log.add(now, code)) return false
  log.compact(now - tracker.settings.lateTolerance)
  tracker.sink?.onRecorded({ component: component.name, state: states[code] as ComponentState, time: now })
  component.sourceChanged(log, now, code)
  return true
}

function recordState(tracker: TrackerState, event: unknown, read: InstantReader): boolean {
  const given = resolveOptions('availabilityTracker', event, stateChecks)
  const { component: name, state, at, time, id, seq, source, reason } = given
  const now = tracker.now()
  const tick = time !== undefined ? read(time, 'time') : at === undefined ? now : tracker.time.fromWall(at.valueOf())
  const known = phasesIn(given, read)
  const component = tracker.component(name)
  const horizon = now - tracker.settings.lateTolerance
  if (tick < horizon) {
    component.rejected++
    return false
  }
  if (!component.isNew(id)) return false
  const log = component.manualLog(source)
  runOut(tracker, component, source, log, tick)
  if (!log.add(tick, codeOf(state), seq)) return false
  log.compact(horizon)
  if (tick > now) component.manualLogs.ahead = true
  component.stamp({ ...known, start: tick })
  component.explain(tick, reason)
  const told = { component: name, state, time: tick, id, seq, source: source || undefined, reason }
  tracker.sink?.onRecorded({ ...told, ...known })
  component.sourceChanged(log, tick, codeOf(state))
  return true
}

function recordIncident(tracker: TrackerState, event: unknown, read: InstantReader): boolean {
  const given = resolveOptions('availabilityTracker', event, incidentChecks)
  const { component: name, id, state, reason } = given
  tracker.now()
  const start = read(given.start, 'start')
  const ended = given.end ?? given.restored
  const end = ended === undefined ? Number.POSITIVE_INFINITY : read(ended, 'end')
  if (end < start) throw new TypeError(`availabilityTracker: end must be at or after start, got ${show(ended)}`)
  const known = phasesIn(given, read)
  const component = tracker.component(name)
  const incidents = component.incidents(state)
  const key = id ?? keyOf(tracker, given.start)
  const from = incidents.put(key, { start, end })
  component.stamp({ ...known, start })
  component.explain(start, reason)
  const told = { component: name, state, start, end: Number.isFinite(end) ? end : undefined, id: key, reason }
  tracker.sink?.onRecorded({ ...told, ...known })
  component.sourceChanged(incidents.log, from, codeOf(state))
  return true
}

/** What an incident without an id is known by: its start, as it was given. */
function keyOf({ time }: TrackerState, start: Instant): string {
  return start instanceof Date || time.isWall(start) ? `${start.valueOf()}` : `${ownTime}${start}`
}

function phasesIn(given: OutagePhases, read: InstantReader): OutagePhases<number> {
  const known: { -readonly [P in OutagePhase]?: number } = {}
  for (const phase of phases) {
    const at = given[phase]
    if (at !== undefined) known[phase] = read(at, phase)
  }
  return known
}
