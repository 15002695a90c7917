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
import { codeOf, type State, UP } from '../availability/timeline/states.ts'
import { type WindowOption, windowOf } from '../availability/window/window.ts'
import { realClock } from '../core/clock.ts'
import type { Milliseconds } from '../core/duration.ts'
import { Events } from '../core/events.ts'
import type { Entry } from './entries.ts'

/** What share of a stretch each state had; all 0 where it lies outside the log. */
export type Shares = Readonly<Record<State, number>>

interface Known {
  readonly component: Component
  first: Milliseconds
  last: Milliseconds
}

/** Before the times any log is about. */
const always = -8.64e15
/** Nothing of a log is thrown away. */
const all = Number.MAX_SAFE_INTEGER

export class Chronicle {
  readonly #ledger: Ledger
  readonly #known = new Map<string, Known>()
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

  /** Without a window: from the first to the last that the log says of the component. */
  report(name: string, window: WindowOption | undefined, zone: string): ComponentReport {
    const { component, first, last } = this.#known.get(name) as Known
    const asked = window ?? { from: first, to: last }
    const resolved = windowOf(this.#ledger, asked, zone, this.#until)
    const shown = window === undefined ? { ...resolved.shown, label: 'whole log' } : resolved.shown
    return reportOn(this.#ledger, component, { ...resolved, shown }, this.#ledger.accounting).report
  }

  /** The stretch from `from` to `to` in so many equal parts. */
  parts(name: string, from: Milliseconds, to: Milliseconds, count: number): readonly Shares[] {
    const { timeline } = (this.#known.get(name) as Known).component.history
    const length = (to - from) / count
    return Array.from({ length: count }, (_, index) => {
      const [up = 0, degraded = 0, down = 0, maintenance = 0, unknown = 0] = timeline
        .totals(from + index * length, from + (index + 1) * length)
        .map((time) => time / length)
      return { up, degraded, down, maintenance, unknown }
    })
  }

  #take(entry: Entry, index: number): void {
    const known = this.#at(entry.component)
    if ('at' in entry) {
      known.first = Math.min(known.first, entry.at)
      known.last = Math.max(known.last, entry.at)
      known.component.toldBy('').add(entry.at, codeOf(entry.state as State))
      return
    }
    const { start, end } = entry
    known.first = Math.min(known.first, start)
    known.last = Math.max(known.last, Number.isFinite(end) ? end : this.#until)
    const between = known.component.toldBy('between incidents')
    if (between.length === 0) between.add(always, UP)
    known.component.incidents(entry.state as 'down').put(`${index}`, entry)
  }

  #at(name: string): Known {
    let known = this.#known.get(name)
    if (known === undefined) {
      const component = this.#ledger.component(name)
      known = { component, first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY }
      this.#known.set(name, known)
    }
    return known
  }
}
