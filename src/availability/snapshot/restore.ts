/**
 * Takes a snapshot of a tracker, and gives a later one what it knew: new, or begun already.
 *
 * Only the wall clock knows how long the restart took. A short one is bridged: what was said holds until there is
 * news. After a longer one nothing that was said holds any more, so the time since the snapshot is unknown up to the first
 * evidence; incidents hold, because they have not been taken back.
 *
 * A wall clock that is behind the snapshot is wrong, now or then, and how long the restart took is unknown. Nothing is
 * bridged then, and the difference is kept as `behind`: when the wall clock is set forward by that much at least, it has
 * been set right, and only the rest is time that passed.
 */
import type { Component } from '../components/component.ts'
import { ownTime } from '../components/incidents.ts'
import { sumOf } from '../components/request-counts.ts'
import { phases, type TimestampEntry } from '../outages/timestamps.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import type { EventLog } from '../timeline/event-log.ts'
import { SILENT } from '../timeline/states.ts'
import { resumeArchive, savedArchive } from './saved-archive.ts'
import { SavedObjectives } from './saved-objectives.ts'
import type { AvailabilitySnapshot, SavedComponent, SavedIncidents, SavedLog } from './snapshot.ts'

export function snapshotOf(tracker: TrackerState): AvailabilitySnapshot {
  const time = tracker.now()
  return {
    format: 'holdfast.availability',
    version: 1,
    at: tracker.time.wall(time),
    time,
    since: tracker.since,
    ...(tracker.time.behind > 0 && { behind: tracker.time.behind }),
    asleep: saved(tracker.asleep, null),
    components: [...tracker.components.values()].map((component) => savedComponent(tracker, component)),
    objectives: tracker.extension(SavedObjectives).save(),
  }
}

function saved(log: EventLog, teller: string | null): SavedLog {
  return { teller, ...log.save() }
}

function savedComponent(tracker: TrackerState, component: Component): SavedComponent {
  const { name, member, rejected } = component
  const sourceNames = new Map([...component.manualLogs.logs].map(([teller, log]) => [log, teller]))
  return {
    name,
    member,
    logs: component.logs.map((log) => saved(log, sourceNames.get(log) ?? null)),
    incidents: {
      down: savedIncidents(component, 'down'),
      degraded: savedIncidents(component, 'degraded'),
      maintenance: savedIncidents(component, 'maintenance'),
    },
    hushed: {
      down: hushedOf(component, 'down'),
      degraded: hushedOf(component, 'degraded'),
      maintenance: hushedOf(component, 'maintenance'),
    },
    stamps: component.stamps.all.map((stamps) => ({ ...stamps })),
    reasons: [...component.reasons],
    ids: [...component.ids],
    rejected,
    announced: tracker.outageSince(component) ?? null,
    requests: component.requests.save(),
    archive: savedArchive(component),
  }
}

function savedIncidents(component: Component, state: 'down' | 'degraded' | 'maintenance'): SavedIncidents {
  const spans = component.allIncidents.get(state)?.spans ?? []
  return spans.map(([id, { start, end }]) => [id, start, Number.isFinite(end) ? end : null])
}

function hushedOf(component: Component, state: 'down' | 'degraded' | 'maintenance'): readonly number[] {
  return [...(component.allIncidents.get(state)?.hushed ?? [])]
}

export interface RestoreOptions {
  /** What came after the snapshot was lost, so nothing is bridged. Default false. */
  readonly lost?: boolean
  /** Default: the tracker's. */
  readonly clockTolerance?: number
}

export function restore(
  tracker: TrackerState,
  snapshot: AvailabilitySnapshot,
  { lost = false, clockTolerance = tracker.settings.clockTolerance }: RestoreOptions = {},
): void {
  const now = tracker.now()
  const { passed, behind } = sinceSnapshot(snapshot, tracker.time.wall(now), clockTolerance)
  const isBehind = passed < 0
  const { origin } = tracker.time
  const lastSeen = isBehind ? origin : now - passed
  const shift = lastSeen - snapshot.time
  const bridged = !lost && !isBehind && origin - lastSeen <= tracker.settings.restartTolerance
  tracker.time.behind = isBehind ? behind + (now - origin) : behind
  if (isBehind) tracker.time.step(passed)
  tracker.since = snapshot.since + shift
  precede(tracker.asleep, snapshot.asleep, shift, undefined)
  tracker.extension(SavedObjectives).restore(snapshot.objectives ?? [], shift, bridged ? undefined : [lastSeen, now])
  for (const part of snapshot.components) {
    const component = tracker.component(part.name, part.member)
    const end = endOf(part, shift, lastSeen)
    const gone = fill(tracker, component, part, shift, bridged ? undefined : end, 'before ')
    for (const log of gone.values()) {
      if (bridged && log.last !== SILENT) component.carry(log, end)
      else component.retire(log, end)
    }
    if (!bridged) {
      for (const incidents of component.allIncidents.values()) incidents.hush(end)
      const { stopped } = snapshot
      if (lost) component.explain(end, 'records lost')
      else if (stopped !== undefined) component.explain(end, stopped ? 'tracker stopped' : 'tracker gone')
    }
    component.changed(Number.NEGATIVE_INFINITY)
  }
}

/** How long ago a snapshot was taken, below 0 where the wall clock is behind it, and how far the clock is behind now. */
function sinceSnapshot(
  { at, behind = 0 }: AvailabilitySnapshot,
  wall: number,
  tolerance: number,
): { readonly passed: number; readonly behind: number } {
  const passed = wall - at
  if (passed < -tolerance) return { passed, behind: behind - passed }
  // Set right while the tracker was away.
  if (behind > 0 && passed >= behind - tolerance) return { passed: Math.max(0, passed - behind), behind: 0 }
  return { passed: Math.max(0, passed), behind }
}

/**
 * Until when what was said counts. What was said in the very last instant is known, too: it would leave no trace if it
 * lasted for no time, so the component is known for a millisecond more.
 */
function endOf({ logs, incidents }: SavedComponent, shift: number, lastSeen: number): number {
  const spoken = logs.filter(({ states }) => Number(states.at(-1)) !== SILENT).map(({ times }) => times.at(-1))
  const declared = Object.values(incidents).flatMap((spans) => spans.map(([, start, end]) => end ?? start))
  const latest = [...spoken, ...declared]
    .map((time) => (time ?? Number.NaN) + shift)
    .filter((time) => time >= lastSeen && time < lastSeen + 1)
  return latest.length === 0 ? lastSeen : Math.max(...latest) + 1
}

/**
 * Adds what is saved. What was recorded by hand holds until `until`; incidents known by a start in the time of the process get
 * the prefix `ownKey`. Gives the logs of policies and probes, by their index in `part.logs`.
 */
export function fill(
  tracker: TrackerState,
  component: Component,
  part: SavedComponent,
  shift: number,
  until: number | undefined,
  ownKey: string,
): ReadonlyMap<number, EventLog> {
  const found = new Map<number, EventLog>()
  for (const [index, log] of part.logs.entries()) {
    if (log.teller !== null) precede(component.manualLog(log.teller), log, shift, until)
    else if (log.times.length > 0) {
      const source = component.source()
      source.restore(log, shift)
      found.set(index, source)
    }
  }
  if (part.archive !== undefined) resumeArchive(component, part.archive, shift, tracker.ahead())
  for (const kind of ['down', 'degraded', 'maintenance'] as const) {
    for (const [id, start, end] of part.incidents[kind]) {
      const key = id.startsWith(ownTime) ? `${ownKey}${start + shift}` : id
      // One that was corrected since is known better.
      if (component.incidents(kind).has(key)) continue
      component
        .incidents(kind)
        .put(key, { start: start + shift, end: end === null ? Number.POSITIVE_INFINITY : end + shift })
    }
    for (const time of part.hushed?.[kind] ?? []) component.incidents(kind).hush(time + shift)
  }
  for (const stamps of part.stamps) component.stamp(moved(stamps, shift))
  for (const [time, reason] of part.reasons) component.explain(time + shift, reason)
  for (const id of part.ids) component.isNew(id)
  component.rejected += part.rejected
  if (part.announced !== null) component.announced = part.announced + shift
  component.requests.restore(sumOf(part.requests, component.requests.save()))
  return found
}

/** What was said before, until `until`, and on top of it what the log says itself. */
function precede(log: EventLog, saved: SavedLog, shift: number, until: number | undefined): void {
  const { times, states, seqs } = log.save()
  log.restore(saved, shift)
  if (until !== undefined) log.rewrite(until, SILENT)
  for (const [index, time] of times.entries()) log.add(time, Number(states[index]), seqs[index])
}

function moved(stamps: TimestampEntry, shift: number): TimestampEntry {
  const known = phases.flatMap((phase) => {
    const at = stamps[phase]
    return typeof at === 'number' ? [[phase, at + shift]] : []
  })
  return { ...Object.fromEntries(known), start: stamps.start + shift }
}
