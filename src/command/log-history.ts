/**
 * The components of a log, or of the saved history of a tracker, with their timelines, and reports on them.
 *
 * In a log of incidents a component is up between its entries; in a log with entries for `up`, and in a log of states, it is
 * unknown there. The clock is stopped at `until`, and its time is that of the wall clock.
 */

import type { AccountingOptions } from '../availability/accounting/accounting.ts'
import type { Component } from '../availability/components/component.ts'
import { type ComponentReport, estimatesOf } from '../availability/estimates/full-report.ts'
import { reportOn } from '../availability/report/report.ts'
import { restore } from '../availability/snapshot/restore.ts'
import type { AvailabilitySnapshot } from '../availability/snapshot/snapshot.ts'
import { TrackerState } from '../availability/state/tracker-state.ts'
import { windowOf } from '../availability/time/window.ts'
import {
  type Code,
  type ComponentState,
  DEGRADED,
  DOWN,
  MAINTENANCE,
  SILENT,
  UNKNOWN,
  UP,
} from '../availability/timeline/states.ts'
import { realClock } from '../core/clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import { Events } from '../core/events.ts'
import { resolveTrackerOptions } from '../full-tracker/options.ts'
import type { LogWindow } from './arguments.ts'
import type { LogContents } from './log-contents.ts'
import { LogSpan } from './log-span.ts'
import { writeSourceLogs } from './source-logs.ts'

/** The share of each state in a period; all 0 outside the log. */
export type StateShares = Readonly<Record<ComponentState, number>>

interface LogComponent {
  readonly component: Component
  readonly span: LogSpan
}

const logLabels = { all: 'whole log', each: 'its part of the log' }

const nothing = [0, 0, 0, 0, 0]
/** Keeps every outage of a log. */
const all = Number.MAX_SAFE_INTEGER

export class LogHistory {
  readonly #ledger: TrackerState
  readonly #known = new Map<string, LogComponent>()
  readonly #span = new LogSpan()
  readonly #until: Milliseconds

  private constructor(until: Milliseconds, accounting: AccountingOptions, restored: AvailabilitySnapshot | undefined) {
    this.#until = until
    const clock = { now: () => until, wall: () => until, schedule: realClock.schedule, cancel: realClock.cancel }
    const options = resolveTrackerOptions({ clock, accounting, keep: all })
    this.#ledger = new TrackerState(options, new Events({ name: 'report', kind: 'availabilityTracker', clock }))
    if (restored !== undefined) restore(this.#ledger, restored)
  }

  static ofLog(contents: LogContents, until: Milliseconds, accounting: AccountingOptions): LogHistory {
    const history = new LogHistory(until, accounting, undefined)
    for (const [name, entries] of contents.components) {
      const { component, span } = history.#add(name)
      writeSourceLogs(component, entries, [span, history.#span], contents.saysUp ? SILENT : UP)
      component.changed(Number.NEGATIVE_INFINITY)
    }
    return history
  }

  /** From the saved history of a tracker, in wall-clock time. */
  static ofHistory(snapshot: AvailabilitySnapshot, until: Milliseconds, accounting: AccountingOptions): LogHistory {
    const history = new LogHistory(until, accounting, snapshot)
    for (const { name } of snapshot.components) {
      const { span } = history.#add(name)
      for (const one of [span, history.#span]) {
        one.add(history.#ledger.since, snapshot.at, false)
      }
    }
    return history
  }

  get names(): readonly string[] {
    return [...this.#known.keys()]
  }

  report(name: string, window: LogWindow, zone: string): ComponentReport {
    const { component, span } = this.#known.get(name) as LogComponent
    const isLog = window === 'all' || window === 'each'
    const asked = isLog ? (window === 'all' ? this.#span : span).window(this.#until) : window
    const resolved = windowOf(this.#ledger, asked, zone, this.#until)
    const label = isLog ? logLabels[window] : resolved.shown.label
    const named = { ...resolved, shown: { ...resolved.shown, label } }
    return reportOn(this.#ledger, component, named, this.#ledger.accounting, estimatesOf).report
  }

  /** The time from `from` to `to` in `count` equal parts. */
  parts(name: string, from: Milliseconds, to: Milliseconds, count: number): readonly StateShares[] {
    const { timeline } = (this.#known.get(name) as LogComponent).component.history
    const length = (to - from) / count
    return Array.from({ length: count }, (_, index) => {
      const start = from + index * length
      const end = Math.min(start + length, this.#until)
      const totals = end > start ? timeline.totals(start, end) : nothing
      const share = (code: Code): number => (totals[code] as number) / length
      return {
        up: share(UP),
        degraded: share(DEGRADED),
        down: share(DOWN),
        maintenance: share(MAINTENANCE),
        unknown: share(UNKNOWN),
      }
    })
  }

  #add(name: string): LogComponent {
    const known = { component: this.#ledger.component(name), span: new LogSpan() }
    this.#known.set(name, known)
    return known
  }
}
