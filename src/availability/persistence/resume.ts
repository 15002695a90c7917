/**
 * A snapshot in the middle of a run, and how to go on from it as the same run: its sources go on writing their logs, where
 * a restart would have lost them.
 */

import { ownTime } from '../components/incidents.ts'
import { fill, snapshotOf } from '../snapshot/restore.ts'
import { SavedObjectives } from '../snapshot/saved-objectives.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import type { EventLog } from '../timeline/event-log.ts'
import type { StoreSnapshot } from './store.ts'

/** `numbers` has those of the sources by their logs. */
export function takeSnapshot(
  tracker: TrackerState,
  seq: number,
  numbers: ReadonlyMap<EventLog, number>,
): StoreSnapshot {
  const sources: [string, number, number][] = []
  const carried: [string, number][] = []
  for (const component of tracker.components.values()) {
    for (const [index, log] of component.logs.entries()) {
      const number = numbers.get(log)
      if (number !== undefined) sources.push([component.name, index, number])
      if (component.carries(log)) carried.push([component.name, index])
    }
  }
  return {
    format: 'holdfast.availability.store',
    version: 1,
    seq,
    history: snapshotOf(tracker),
    sources,
    carried,
  }
}

/** Fills a tracker whose time is that of the snapshot. Gives the logs of the sources, by component and number. */
export function resume(
  tracker: TrackerState,
  { history, sources, carried }: StoreSnapshot,
): ReadonlyMap<string, EventLog> {
  const logs = new Map<string, EventLog>()
  tracker.since = history.since
  tracker.time.behind = history.behind ?? 0
  tracker.asleep.restore(history.asleep, 0)
  tracker.extension(SavedObjectives).restore(history.objectives ?? [], 0, undefined)
  for (const part of history.components) {
    const component = tracker.component(part.name, part.member)
    const filled = fill(tracker, component, part, 0, undefined, ownTime)
    for (const [name, index, source] of sources) {
      const log = filled.get(index)
      if (name === part.name && log !== undefined) logs.set(sourceKey(name, source), log)
    }
    for (const [name, index] of carried) {
      const log = filled.get(index)
      if (name === part.name && log !== undefined) component.carry(log, history.time)
    }
    component.changed(Number.NEGATIVE_INFINITY)
  }
  return logs
}

export function sourceKey(component: string, source: number): string {
  return `${source} ${component}`
}
