/**
 * A log as components with their histories, and reports on them.
 *
 * In a log of incidents a component is up where the log says nothing; in a log of states it is unknown before the first.
 * The clock stands still at `until`, and its time is that of the wall clock.
 */
import type { Component } from '../availability/component.ts'
import { Ledger } from '../availability/ledger.ts'
import { resolveTrackerOptions } from '../availability/options.ts'
import type { AccountingOptions } from '../availability/report/accounting.ts'
import { reportOn } from '../availability/report/report.ts'
import type { ComponentReport } from '../availability/report/report-fields.ts'
import {
  type Code,
  codeOf,
  DEGRADED,
  DOWN,
  MAINTENANCE,
  type State,
  UNKNOWN,
  UP,
} from '../availability/timeline/states.ts'
import { windowOf } from '../availability/window/window.ts'
import { realClock } from '../core/clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import { Events } from '../core/events.ts'
import type { LogWindow } from './asked.ts'
import type { Entry } from './entries.ts'
import { Span } from './span.ts'

/** What share of a stretch each state had; all 0 where it lies outside the log. */
export type Shares = Readonly<Record<State, number>>

interface Known {
  readonly component: Component
  readonly span: Span
}

const logLabels = { all: 'whole log', each: 'its part of the log' }

const nothing = [0, 0, 0, 0, 0]
/** Before the times any log is about. */
const always = -8.64e15
/** Nothing of a log is thrown away. */
const all = Number.MAX_SAFE_INTEGER

export class Chronicle {
  readonly #ledger: Ledger
  readonly #known = new Map<string, Known>()
  readonly #span = new Span()
  readonly #until: Milliseconds

  constructor(entries: readonly Entry[], until: Milliseconds, accounting: AccountingOptions) {
    this.#until = until
    const clock = { now: () => until, wall: () => until, schedule: realClock.schedule, cancel: realClock.cancel }
    const options = resolveTrackerOptions({ clock, accounting, keep: all })
    this.#ledger = new Ledger(options, new Events({ name: 'report', kind: 'availabilityTracker', clock }), () => {})
    for (const [index, entry] of entries.entries()) this.#take(entry, index)
    for (const { component } of this.#known.values()) component.changed(Number.NEGATIVE_INFINITY)
  }

  get names(): readonly string[] {
    return [...this.#known.keys()]
  }

  report(name: string, window: LogWindow, zone: string): ComponentReport {
    const { component, span } = this.#known.get(name) as Known
    const isLog = window === 'all' || window === 'each'
    const asked = isLog ? (window === 'all' ? this.#span : span).window(this.#until) : window
    const resolved = windowOf(this.#ledger, asked, zone, this.#until)
    const label = isLog ? logLabels[window] : resolved.shown.label
    const named = { ...resolved, shown: { ...resolved.shown, label } }
    return reportOn(this.#ledger, component, named, this.#ledger.accounting).report
  }

  /** The stretch from `from` to `to` in so many equal parts. */
  parts(name: string, from: Milliseconds, to: Milliseconds, count: number): readonly Shares[] {
    const { timeline } = (this.#known.get(name) as Known).component.history
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

  #take(entry: Entry, index: number): void {
    const known = this.#at(entry.component)
    if ('at' in entry) {
      this.#seen(known, entry.at, entry.at, entry.state !== 'up' && entry.state !== 'unknown')
      known.component.toldBy('').add(entry.at, codeOf(entry.state as State))
      return
    }
    const { start, end } = entry
    this.#seen(known, start, end, end === Number.POSITIVE_INFINITY)
    const between = known.component.toldBy('between incidents')
    if (between.length === 0) between.add(always, UP)
    known.component.incidents(entry.state as 'down').put(`${index}`, entry)
  }

  #seen({ span }: Known, from: Milliseconds, to: Milliseconds, lasts: boolean): void {
    span.add(from, to, lasts)
    this.#span.add(from, to, lasts)
  }

  #at(name: string): Known {
    let known = this.#known.get(name)
    if (known === undefined) {
      known = { component: this.#ledger.component(name), span: new Span() }
      this.#known.set(name, known)
    }
    return known
  }
}
