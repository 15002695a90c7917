/**
 * A dead man's switch: a state recorded by hand holds for `staleAfter`, and then the state is unknown.
 *
 * As a TTL check of Consul. It is checked before each reading and each new event, and dated to the instant it ran out; so it does not
 * matter when that is. Maintenance does not run out: people at work on a machine have switched off its reports.
 */
import type { Component } from '../components/component.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import type { EventLog } from '../timeline/event-log.ts'
import { MAINTENANCE, UNKNOWN } from '../timeline/states.ts'

/** From now on, states recorded by hand run out after `staleAfter`. */
export function expectWord(tracker: TrackerState, component: Component, staleAfter: number): void {
  const { manualLogs } = component
  if (manualLogs.staleAfter === undefined) {
    tracker.timeDriven.add(() => {
      const now = tracker.now()
      for (const [teller, log] of manualLogs.logs) runOut(tracker, component, teller, log, now)
    })
  }
  manualLogs.staleAfter = staleAfter
}

/** Where a source has been silent for too long by `time`, its state has run out. */
export function runOut(tracker: TrackerState, component: Component, teller: string, log: EventLog, time: number): void {
  const { staleAfter } = component.manualLogs
  if (staleAfter === undefined || log.length === 0 || log.last >= MAINTENANCE) return
  const end = log.timeAt(log.length - 1) + staleAfter
  if (time <= end) return
  log.add(end, UNKNOWN)
  tracker.sink?.onRecorded({ component: component.name, state: 'unknown', time: end, source: teller || undefined })
  component.sourceChanged(log, end, UNKNOWN)
}
